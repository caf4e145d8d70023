//! Reading members and what belongs to them, within the caller's scope.

use pensipro_kernel::{Actor, MemberId, Page, PageRequest};

use crate::{
    BankAccount, BankAccountRepository, Contact, ContactRepository, Member, MemberDocument,
    MemberDocumentRepository, MemberError, MemberFilter, MemberRepository,
};

/// A member.
pub fn get_member<Tx>(tx: &mut Tx, by: &Actor, id: MemberId) -> Result<Member, MemberError>
where
    Tx: MemberRepository,
{
    Ok(tx.member(id, by.scope)?)
}

/// A page of members.
pub fn list_members<Tx>(
    tx: &mut Tx,
    by: &Actor,
    filter: &MemberFilter,
    page: &PageRequest,
) -> Result<Page<Member>, MemberError>
where
    Tx: MemberRepository,
{
    Ok(tx.members(filter, page, by.scope)?)
}

/// All contacts of a member.
pub fn list_contacts<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
) -> Result<Vec<Contact>, MemberError>
where
    Tx: MemberRepository + ContactRepository,
{
    tx.member(member, by.scope)?;
    Ok(tx.contacts(member)?)
}

/// All bank accounts of a member.
pub fn list_bank_accounts<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
) -> Result<Vec<BankAccount>, MemberError>
where
    Tx: MemberRepository + BankAccountRepository,
{
    tx.member(member, by.scope)?;
    Ok(tx.bank_accounts(member)?)
}

/// All documents of a member.
pub fn list_documents<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
) -> Result<Vec<MemberDocument>, MemberError>
where
    Tx: MemberRepository + MemberDocumentRepository,
{
    tx.member(member, by.scope)?;
    Ok(tx.member_documents(member)?)
}
