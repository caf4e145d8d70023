//! Posting what people do to an account by hand: locked, judged, booked, audited, told.

use chrono::NaiveDate;
use pensipro_kernel::{
    Actor, AuditEntry, Faults, FieldFault, LoanId, Moment, Money, Permission, clean_text,
};

use crate::{
    account::Account,
    error::ServicingError,
    input::{Input, InputKind},
    loan::{LoanBalances, LoanStatus},
    open_loan::OpenLoan,
    posting::PostingBatch,
    reading::with_history,
    records::Transaction,
    refund::{follow_refunds, tell_refunds},
    repository::AccountWork,
    rules::ServicingPolicy,
    usecases::{audit_view, next_id},
};

/// An act on one loan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act<'a> {
    /// Its name in the audit trail.
    pub(crate) action: &'static str,
    /// The right that it takes.
    pub(crate) right: Permission,
    /// The loan.
    pub(crate) loan: LoanId,
    /// The value date.
    pub(crate) on: NaiveDate,
    /// Why.
    pub(crate) reason: &'a str,
    /// Which loans it is for.
    pub(crate) takes: Takes,
}

/// Which loans an act is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Those that are owed on its day.
    Open,
    /// All that were disbursed by then.
    Disbursed,
}

/// Posts the input that an act comes to by what the account says on its day.
pub(crate) fn post_act<Tx: AccountWork>(
    tx: &mut Tx,
    by: &Actor,
    act: Act<'_>,
    policy: &ServicingPolicy,
    at: Moment,
    decide: impl FnOnce(&OpenLoan, &Account) -> Result<InputKind, ServicingError>,
) -> Result<Transaction, ServicingError> {
    tx.recheck(by, act.right)?;
    let mut loan = OpenLoan::new(tx.lock_loan(act.loan, by.scope)?, policy);
    tx.book_on(at.today)?;
    if loan.needs_history_on(act.on) {
        loan = with_history(tx, loan)?;
    }
    let account = match act.takes {
        Takes::Open => open_account(&loan, act.on)?,
        Takes::Disbursed => account_since_disbursement(&loan, act.on)?,
    };
    let kind = decide(&loan, &account)?;
    let (id, effective_on, booked_on) = (next_id(tx)?, act.on, at.today);
    let input = Input { id, effective_on, booked_on, kind };
    if loan.needs_history_for(&input.order()) {
        loan = with_history(tx, loan)?;
    }
    let before = loan.balances();
    let mut batch = PostingBatch::new();
    let reason = Some(act.reason.to_owned());
    let posted = loan.post_because(input.clone(), reason.clone(), &mut batch)?;
    tx.store_postings(&batch, by.user_id)?;
    let refunds = follow_refunds(tx, by, &posted.refunds)?;
    tx.audit(by, audit_entry(&loan, &before, &input, act))?;
    tell_refunds(tx, by, &refunds)?;
    Ok(Transaction {
        id,
        loan_id: act.loan,
        kind: input.kind.transaction_kind(),
        effective_on,
        booked_on,
        amount: input.kind.amount(),
        reverses: None,
        reason,
        reversed_by: None,
        allocations: posted.allocations,
        created_at: at.now,
        created_by: by.user_id,
    })
}

/// The account on a day on which the loan is owed.
pub(crate) fn open_account(loan: &OpenLoan, on: NaiveDate) -> Result<Account, ServicingError> {
    let account = account_since_disbursement(loan, on)?;
    match loan.status_of(&account) {
        status if status.is_open() => Ok(account),
        status => Err(ServicingError::LoanNotOpen { status }),
    }
}

/// The account on a day that does not lie before the disbursement.
pub(crate) fn account_since_disbursement(
    loan: &OpenLoan,
    on: NaiveDate,
) -> Result<Account, ServicingError> {
    let status = loan.loan().status;
    let Some(dates) = loan.account().state().dates.filter(|_| status != LoanStatus::Cancelled)
    else {
        return Err(ServicingError::LoanNotOpen { status });
    };
    let disbursed_on = dates.disbursed_on;
    if on < disbursed_on {
        return Err(ServicingError::BeforeDisbursement { disbursed_on });
    }
    loan.account_on(on)
}

/// An amount above zero.
pub(crate) fn read_amount(faults: &mut Faults, amount: Option<Money>) -> Option<Money> {
    let amount = faults.take(amount.ok_or_else(|| FieldFault::required("amount")));
    let positive = amount.is_none_or(Money::is_positive);
    faults.require(positive, "amount", "not_positive", "must be above zero");
    let possible = amount.is_none_or(|amount| amount <= Money::MAX_INPUT);
    faults.require(possible, "amount", "out_of_range", "is more than an amount can be");
    amount
}

/// A reason, which is required.
pub(crate) fn read_reason(faults: &mut Faults, reason: Option<&str>) -> Option<String> {
    faults.take(clean_text("reason", reason.unwrap_or_default(), 500))
}

fn audit_entry(loan: &OpenLoan, before: &LoanBalances, input: &Input, act: Act<'_>) -> AuditEntry {
    let mut after = audit_view(&loan.balances())
        .text("loan_id", loan.loan().id)
        .text("effective_on", input.effective_on)
        .with("reason", act.reason);
    if let Some(amount) = input.kind.amount() {
        after = after.text("amount", amount);
    }
    AuditEntry::new(act.action, "loan_transactions", input.id.get())
        .of_member(loan.loan().member_id)
        .was(audit_view(before))
        .is(after)
}
