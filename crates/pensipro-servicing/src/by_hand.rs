//! Setting a loan's status or its way of collecting by hand.

use chrono::NaiveDate;
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Expected, Faults, LoanId, Moment, Money,
    Outbox, Permission, clean_text, read_code,
};

use crate::{
    account::AccountState,
    error::ServicingError,
    input::{Input, InputKind, Setting, StatusByHand},
    loan::{Collection, LoanBalances, LoanStatus},
    open_loan::OpenLoan,
    outstanding::Outstanding,
    posting::PostingBatch,
    reading::with_history,
    refund::{follow_refunds, tell_refunds},
    repository::{AccountingPeriods, LoanRepository, RefundRepository},
    rules::ServicingPolicy,
    usecases::{audit_view, next_id},
};

/// What is to be set, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawLoanSetting {
    /// A code of [`StatusByHand`].
    pub status: Option<String>,
    /// A code of [`Collection`].
    pub collection: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// What is to be set, whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetLoan {
    status: Option<StatusByHand>,
    collection: Option<Collection>,
    reason: String,
}

impl SetLoan {
    /// Checks the fields, all at once: a reason, and a status or a way of collecting.
    pub fn check(raw: RawLoanSetting) -> Result<Self, Faults> {
        let RawLoanSetting { status, collection, reason } = raw;
        let mut faults = Faults::new();
        let something = status.is_some() || collection.is_some();
        faults.require(something, "status", "required", "a status or a collection is needed");
        let status = faults.take(status.map(|code| read_code("status", &code)).transpose());
        let collection =
            faults.take(collection.map(|code| read_code("collection", &code)).transpose());
        let reason = faults.take(clean_text("reason", reason.as_deref().unwrap_or_default(), 500));
        let command = || Some(Self { status: status?, collection: collection?, reason: reason? });
        let command = command();
        faults.finish(command)
    }

    /// The inputs that it takes, or why not. Nothing where all stands as asked for.
    fn decide(&self, loan: &OpenLoan, today: NaiveDate) -> Result<Vec<InputKind>, ServicingError> {
        let account = loan.account_on(today)?;
        let (status, state) = (loan.status_of(&account), account.state());
        let mut kinds = Vec::new();
        if let Some(to) = self.status {
            let owed = Outstanding::of(&account, loan.rules(), &Default::default(), today);
            if status_steps(status, state, owed.owed(), to)? {
                kinds.push(InputKind::Status(Setting { to, of_death: None }));
            }
        }
        match self.collection {
            Some(to) if to != state.collection => {
                if !status.is_open() {
                    return Err(ServicingError::LoanNotOpen { status });
                }
                if to == Collection::PensionCut && state.deceased_on.is_some() {
                    return Err(ServicingError::MemberDeceased);
                }
                kinds.push(InputKind::Collection(Setting { to, of_death: None }));
            }
            _ => {}
        }
        Ok(kinds)
    }
}

/// True if the step changes something, an error if nobody may take it.
fn status_steps(
    from: LoanStatus,
    state: &AccountState,
    outstanding: Money,
    to: StatusByHand,
) -> Result<bool, ServicingError> {
    let by_hand = state.default_by_hand_since.is_some();
    match to {
        StatusByHand::Default if from.is_open() => Ok(!by_hand),
        StatusByHand::Active if from == LoanStatus::Default && by_hand => Ok(true),
        StatusByHand::Active if from == LoanStatus::Default => {
            Err(ServicingError::DefaultByArrears)
        }
        StatusByHand::Closed if from.is_open() => {
            Err(ServicingError::OutstandingNotZero { outstanding })
        }
        StatusByHand::Default => Err(from.not_to(LoanStatus::Default)),
        StatusByHand::Active => Err(from.not_to(LoanStatus::Active)),
        StatusByHand::Closed => Err(from.not_to(LoanStatus::Closed)),
    }
}

/// Sets a loan's status or collection by hand, today. A loan on which nothing is owed is closed
/// already, so that `closed` is refused wherever something is.
pub fn set_loan<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: LoanId,
    expected: Expected,
    command: SetLoan,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<(), ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority,
{
    tx.recheck(by, Permission::EditLoan)?;
    let mut loan = OpenLoan::new(tx.lock_loan(id, by.scope)?, policy);
    expected.check("loan", loan.loan().version)?;
    tx.book_on(at.today)?;
    let before = loan.balances();
    let kinds = command.decide(&loan, at.today)?;
    let mut batch = PostingBatch::new();
    let mut due = Vec::new();
    for kind in kinds {
        let (id, today) = (next_id(tx)?, at.today);
        let input = Input { id, effective_on: today, booked_on: today, kind };
        if loan.needs_history_for(&input.order()) {
            loan = with_history(tx, loan)?;
        }
        let posted = loan.post_because(input, Some(command.reason.clone()), &mut batch)?;
        due.extend(posted.refunds);
    }
    if batch.is_empty() {
        return Ok(());
    }
    tx.store_postings(&batch, by.user_id)?;
    let refunds = follow_refunds(tx, by, &due)?;
    tx.audit(by, audit_entry(&loan, &before, &command))?;
    tell_refunds(tx, by, &refunds)
}

fn audit_entry(loan: &OpenLoan, before: &LoanBalances, command: &SetLoan) -> AuditEntry {
    let view = |balances: &LoanBalances| -> AuditValue {
        audit_view(balances).text("collection", balances.state.collection)
    };
    let after = view(&loan.balances()).with("reason", command.reason.as_str());
    AuditEntry::new("loan.set", "loans", loan.loan().id.get())
        .of_member(loan.loan().member_id)
        .was(view(before))
        .is(after)
}
