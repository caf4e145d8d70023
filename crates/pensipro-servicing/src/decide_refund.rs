//! Approving, paying out and refusing refunds: two inputs of the account, and the request's status.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Event, Expected, Faults, FieldFault,
    Moment, Outbox, Permission, RefundId, optional_text, read_code,
};

use crate::{
    error::ServicingError,
    input::{Input, InputKind, RefundPaid, RefundRefused},
    open_loan::OpenLoan,
    posting::PostingBatch,
    reading::with_history,
    refund::{RefundRequest, RefundStatus, follow_refunds, tell_refunds},
    repository::{AccountingPeriods, LoanRepository, RefundRepository},
    rules::ServicingPolicy,
    usecases::next_id,
};

/// A decision on a refund request whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideRefund {
    to: RefundStatus,
    notes: Option<String>,
}

impl DecideRefund {
    /// Checks the fields: `approved`, `paid` or `rejected`, the last with notes that say why.
    pub fn check(status: Option<&str>, notes: Option<&str>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let status = status.ok_or_else(|| FieldFault::required("status"));
        let to: Option<RefundStatus> =
            faults.take(status.and_then(|code| read_code("status", code)));
        let by_hand = [RefundStatus::Approved, RefundStatus::Paid, RefundStatus::Rejected];
        let possible = to.is_none_or(|to| by_hand.contains(&to));
        faults.require(possible, "status", "not_by_hand", "must be approved, paid or rejected");
        let notes = faults.take(optional_text("notes", notes, 500));
        let says_why = to != Some(RefundStatus::Rejected) || notes != Some(None);
        faults.require(says_why, "notes", "required", "a refusal says why");
        let command = || Some(Self { to: to?, notes: notes? });
        let command = command();
        faults.finish(command)
    }
}

impl RefundStatus {
    /// Refuses a step that no request takes.
    fn step_to(self, to: Self) -> Result<(), ServicingError> {
        let allowed = matches!(
            (self, to),
            (Self::Requested, Self::Approved | Self::Rejected)
                | (Self::Approved, Self::Paid | Self::Rejected)
        );
        if allowed { Ok(()) } else { Err(ServicingError::RefundTransition { from: self, to }) }
    }
}

/// Decides a refund. Who approved it does not pay it out. Paid out, the money has left the account;
/// refused, it prepays.
pub fn decide_refund<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: RefundId,
    expected: Expected,
    command: &DecideRefund,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<RefundRequest, ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority,
{
    by.whole_house()?;
    tx.recheck(by, Permission::ReconcileBilling)?;
    let loan_id = tx.refund(id)?.loan_id;
    let loan = OpenLoan::new(tx.lock_loan(loan_id, by.scope)?, policy);
    let before = tx.refund(id)?;
    expected.check("refund request", before.version)?;
    before.status.step_to(command.to)?;
    if command.to == RefundStatus::Paid && by.is_user(before.approved_by) {
        return Err(ServicingError::SamePerson);
    }
    let approved_by =
        if command.to == RefundStatus::Approved { by.user_id } else { before.approved_by };
    let notes = command.notes.clone().or_else(|| before.notes.clone());
    let mut after = RefundRequest { status: command.to, notes, approved_by, ..before.clone() };
    after.version = tx.save_refund(&after)?;
    after.updated_at = at.now;
    if let Some(kind) = input_of(&after) {
        post(tx, by, loan, kind, command.notes.clone(), at)?;
    }
    tx.audit(by, audit_entry(&before, &after))?;
    tx.emit(event(&after))?;
    Ok(after)
}

fn input_of(request: &RefundRequest) -> Option<InputKind> {
    let (payment, amount) = (request.transaction_id, request.amount);
    match request.status {
        RefundStatus::Paid => Some(InputKind::RefundPaid(RefundPaid { payment, amount })),
        RefundStatus::Rejected => Some(InputKind::RefundRefused(RefundRefused { payment })),
        RefundStatus::Requested | RefundStatus::Approved | RefundStatus::Withdrawn => None,
    }
}

fn post<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan: OpenLoan,
    kind: InputKind,
    reason: Option<String>,
    at: Moment,
) -> Result<(), ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox,
{
    tx.book_on(at.today)?;
    let mut loan = with_history(tx, loan)?;
    let input = Input { id: next_id(tx)?, effective_on: at.today, booked_on: at.today, kind };
    let mut batch = PostingBatch::new();
    let posted = loan.post_because(input, reason, &mut batch)?;
    tx.store_postings(&batch, by.user_id)?;
    let refunds = follow_refunds(tx, by, &posted.refunds)?;
    tell_refunds(tx, by, &refunds)
}

fn audit_entry(before: &RefundRequest, after: &RefundRequest) -> AuditEntry {
    let view = |request: &RefundRequest| {
        AuditValue::new()
            .text("status", request.status)
            .text("amount", request.amount)
            .personal("notes", request.notes.clone())
    };
    AuditEntry::new("refund.decide", "refund_requests", after.id.get())
        .of_member(after.member_id)
        .was(view(before))
        .is(view(after))
}

fn event(request: &RefundRequest) -> Event {
    let name = match request.status {
        RefundStatus::Approved => "refund.approved",
        RefundStatus::Paid => "refund.paid",
        _ => "refund.rejected",
    };
    Event::new(name, "refund_requests", request.id.get())
        .of_member(request.member_id)
        .with("loan_id", request.loan_id)
        .with("amount", request.amount)
}
