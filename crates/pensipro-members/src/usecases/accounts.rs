//! Bank accounts of a member: the first is the default.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, BankAccountId, MemberId, StorageError,
};

use crate::{
    AccountDetails, BankAccount, BankAccountRepository, MemberError, MemberRepository, Preference,
};

/// Adds a bank account. The same account twice is [`MemberError::DuplicateAccount`].
pub fn add_bank_account<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    details: &AccountDetails,
    preference: Preference,
) -> Result<BankAccount, MemberError>
where
    Tx: MemberRepository + BankAccountRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let others = tx.bank_accounts(member)?;
    if others.iter().any(|other| other.details.is_same_account(details)) {
        return Err(MemberError::DuplicateAccount);
    }
    let mut account = tx.add_bank_account(member, details, by.user_id)?;
    if others.is_empty() || preference == Preference::Preferred {
        tx.set_default_account(member, account.id)?;
        account.is_default = true;
    }
    tx.audit(by, entry("member.bank_account.add", &account).is(view(&account)))?;
    Ok(account)
}

/// Makes an account of the member the default.
pub fn make_default_account<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    id: BankAccountId,
) -> Result<BankAccount, MemberError>
where
    Tx: MemberRepository + BankAccountRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let accounts = tx.bank_accounts(member)?;
    let found = accounts.into_iter().find(|account| account.id == id);
    let before = found.ok_or(StorageError::not_found("bank account", id.get()))?;
    if before.is_default {
        return Ok(before);
    }
    tx.set_default_account(member, id)?;
    let after = BankAccount { is_default: true, ..before.clone() };
    let entry = entry("member.bank_account.default", &after);
    tx.audit(by, entry.was(view(&before)).is(view(&after)))?;
    Ok(after)
}

fn entry(action: &'static str, account: &BankAccount) -> AuditEntry {
    AuditEntry::new(action, "member_bank_accounts", account.id.get()).of_member(account.member_id)
}

fn view(account: &BankAccount) -> AuditValue {
    account.details.audit_view().with("is_default", account.is_default)
}
