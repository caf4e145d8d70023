//! Requests to restructure a loan: made with a preview by one person, decided by another.

use chrono::{DateTime, Days, NaiveDate, Utc};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, Event, Faults, FieldFault, LoanId, Moment, Outbox,
    Permission, RestructureId, Scope, TransactionId, UserId, clean_text, codes, read_code,
};

use crate::{
    error::ServicingError,
    hand::read_reason,
    input::{Input, InputKind},
    loan::LoanBalances,
    open_loan::OpenLoan,
    posting::PostingBatch,
    reading::with_history,
    refund::{follow_refunds, tell_refunds},
    repository::{AccountWork, LoanRepository, RestructureRepository},
    restructuring::{RawRestructure, RestructurePreview, RestructureTerms},
    rules::{RestructurePolicy, ServicingPolicy},
    usecases::{audit_view, next_id},
};

codes! {
    /// How far a request is.
    pub enum RestructureStatus {
        /// It waits for a decision.
        Requested = "requested",
        /// Agreed: the account took it.
        Approved = "approved",
        /// Refused.
        Rejected = "rejected",
        /// Nobody decided in time, or the account changed and another request took its place.
        Lapsed = "lapsed",
    }
}

/// A request with what it would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restructure {
    /// Its id.
    pub id: RestructureId,
    /// The loan.
    pub loan_id: LoanId,
    /// How far it is.
    pub status: RestructureStatus,
    /// What was asked for.
    pub terms: RestructureTerms,
    /// Why.
    pub reason: String,
    /// What it comes to.
    pub preview: RestructurePreview,
    /// The business day of the request.
    pub requested_on: NaiveDate,
    /// Who asked for it; another person decides.
    pub requested_by: Option<UserId>,
    /// The business day of the decision.
    pub decided_on: Option<NaiveDate>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// What was noted with the decision.
    pub notes: Option<String>,
    /// The transaction that it became.
    pub transaction_id: Option<TransactionId>,
    /// The reversal that took that back.
    pub reversed_by: Option<TransactionId>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// A request to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRestructure {
    /// The loan.
    pub loan_id: LoanId,
    /// What is asked for.
    pub terms: RestructureTerms,
    /// Why.
    pub reason: String,
    /// What it comes to.
    pub preview: RestructurePreview,
    /// The business day.
    pub requested_on: NaiveDate,
}

impl Restructure {
    /// Its status on a day: nobody decides on a request that is too old.
    #[must_use]
    pub fn on(self, today: NaiveDate, policy: &RestructurePolicy) -> Self {
        let last = self.requested_on.checked_add_days(Days::new(policy.valid_days.into()));
        let is_late = last.is_some_and(|last| last < today);
        match self.status {
            RestructureStatus::Requested if is_late => {
                Self { status: RestructureStatus::Lapsed, ..self }
            }
            _ => self,
        }
    }
}

/// A request whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRestructure {
    terms: RestructureTerms,
    reason: String,
}

impl RequestRestructure {
    /// Checks the fields, all at once.
    pub fn check(
        raw: &RawRestructure,
        reason: Option<&str>,
        today: NaiveDate,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let terms = RestructureTerms::check(raw, today, &mut faults);
        let reason = read_reason(&mut faults, reason);
        let command = terms.zip(reason).map(|(terms, reason)| Self { terms, reason });
        faults.finish(command)
    }
}

/// A decision whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecideRestructure {
    to: RestructureStatus,
    notes: String,
}

codes! {
    enum Verdict {
        Approve = "approve",
        Reject = "reject",
    }
}

impl DecideRestructure {
    /// Checks the fields: `approve` or `reject`, with notes.
    pub fn check(decision: Option<&str>, notes: Option<&str>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let decision = decision.ok_or_else(|| FieldFault::required("decision"));
        let verdict = faults.take(decision.and_then(|code| read_code("decision", code)));
        let to = verdict.map(|verdict| match verdict {
            Verdict::Approve => RestructureStatus::Approved,
            Verdict::Reject => RestructureStatus::Rejected,
        });
        let notes = faults.take(clean_text("notes", notes.unwrap_or_default(), 500));
        let command = to.zip(notes).map(|(to, notes)| Self { to, notes });
        faults.finish(command)
    }
}

/// The requests of a loan, as they stand today.
pub fn list_restructures<Tx: LoanRepository + RestructureRepository>(
    tx: &mut Tx,
    scope: Scope,
    loan: LoanId,
    policy: &ServicingPolicy,
    today: NaiveDate,
) -> Result<Vec<Restructure>, ServicingError> {
    tx.stored_loan(loan, scope)?;
    let requests = tx.restructures(loan)?.into_iter();
    Ok(requests.map(|request| request.on(today, &policy.restructure)).collect())
}

/// Asks for a restructure, with what it would come to. One request waits at a time; a request that is
/// too old, or whose preview no longer holds, makes room for another.
pub fn request_restructure<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan_id: LoanId,
    command: RequestRestructure,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Restructure, ServicingError>
where
    Tx: LoanRepository + RestructureRepository + AuditLog + Outbox + Authority,
{
    tx.recheck(by, Permission::RequestRestructure)?;
    let loan = OpenLoan::new(tx.lock_loan(loan_id, by.scope)?, policy);
    let loan = with_history(tx, loan)?;
    let preview = RestructurePreview::of(&command.terms, &loan, &policy.restructure)?;
    make_room(tx, &loan, policy, at.today)?;
    let RequestRestructure { terms, reason } = command;
    let new = NewRestructure { loan_id, terms, reason, preview, requested_on: at.today };
    let request = tx.add_restructure(new, by.user_id)?;
    tx.audit(by, audit_entry("loan.restructure_request", &loan, None, &request))?;
    tx.emit(event("restructure.requested", &loan, &request))?;
    Ok(request)
}

fn make_room<Tx: RestructureRepository>(
    tx: &mut Tx,
    loan: &OpenLoan,
    policy: &ServicingPolicy,
    today: NaiveDate,
) -> Result<(), ServicingError> {
    let requests = tx.restructures(loan.loan().id)?.into_iter();
    for waiting in requests.filter(|it| it.status == RestructureStatus::Requested) {
        let id = waiting.id;
        let waiting = waiting.on(today, &policy.restructure);
        if waiting.status == RestructureStatus::Requested && holds(&waiting, loan, policy) {
            return Err(ServicingError::RestructurePending(id));
        }
        tx.save_restructure(&Restructure { status: RestructureStatus::Lapsed, ..waiting })?;
    }
    Ok(())
}

fn holds(request: &Restructure, loan: &OpenLoan, policy: &ServicingPolicy) -> bool {
    let now = RestructurePreview::of(&request.terms, loan, &policy.restructure);
    now.is_ok_and(|now| now == request.preview)
}

/// Decides on a request: not by whom it is. What was agreed is computed again, and taken only if it is
/// what the preview says.
pub fn decide_restructure<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (loan_id, id): (LoanId, RestructureId),
    command: &DecideRestructure,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Restructure, ServicingError>
where
    Tx: AccountWork + RestructureRepository,
{
    tx.recheck(by, Permission::ApproveRestructure)?;
    let mut loan = OpenLoan::new(tx.lock_loan(loan_id, by.scope)?, policy);
    let request = tx.restructure(loan_id, id)?.on(at.today, &policy.restructure);
    if request.status != RestructureStatus::Requested {
        let (from, to) = (request.status, command.to);
        return Err(ServicingError::RestructureTransition { from, to });
    }
    if by.is_user(request.requested_by) {
        return Err(ServicingError::SamePerson);
    }
    let before = loan.balances();
    let mut after = Restructure {
        status: command.to,
        decided_on: Some(at.today),
        decided_by: by.user_id,
        notes: Some(command.notes.clone()),
        ..request
    };
    if command.to == RestructureStatus::Approved {
        tx.book_on(at.today)?;
        loan = with_history(tx, loan)?;
        after.transaction_id = Some(approve(tx, by, &mut loan, &after, policy, at)?);
    }
    tx.save_restructure(&after)?;
    tx.audit(by, audit_entry("loan.restructure_decide", &loan, Some(&before), &after))?;
    let name = match after.status {
        RestructureStatus::Approved => "restructure.approved",
        _ => "restructure.rejected",
    };
    tx.emit(event(name, &loan, &after))?;
    Ok(after)
}

fn approve<Tx: AccountWork>(
    tx: &mut Tx,
    by: &Actor,
    loan: &mut OpenLoan,
    request: &Restructure,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<TransactionId, ServicingError> {
    let now = RestructurePreview::of(&request.terms, loan, &policy.restructure)?;
    if now != request.preview {
        return Err(ServicingError::PreviewOutdated);
    }
    let id = next_id(tx)?;
    let input = Input {
        id,
        effective_on: request.terms.effective_on,
        booked_on: at.today,
        kind: InputKind::Restructure(Box::new(now.agreed)),
    };
    let mut batch = PostingBatch::new();
    let posted = loan.post_because(input, Some(request.reason.clone()), &mut batch)?;
    tx.store_postings(&batch, by.user_id)?;
    let refunds = follow_refunds(tx, by, &posted.refunds)?;
    tell_refunds(tx, by, &refunds)?;
    Ok(id)
}

fn audit_entry(
    action: &'static str,
    loan: &OpenLoan,
    before: Option<&LoanBalances>,
    request: &Restructure,
) -> AuditEntry {
    let Restructure { terms, preview, .. } = request;
    let after = audit_view(&loan.balances())
        .text("loan_id", loan.loan().id)
        .text("status", request.status)
        .text("effective_on", terms.effective_on)
        .text("arrears", terms.arrears)
        .text("rows", preview.agreed.repayment.rows)
        .text("rate", preview.agreed.repayment.rules.interest_rate)
        .text("instalment", preview.instalment)
        .text("capitalised", preview.capitalised)
        .text("waived", preview.waived)
        .with("reason", request.reason.as_str())
        .with("notes", request.notes.clone());
    let entry = AuditEntry::new(action, "loan_restructures", request.id.get())
        .of_member(loan.loan().member_id)
        .is(after);
    match before {
        Some(before) => entry.was(audit_view(before)),
        None => entry,
    }
}

fn event(name: &'static str, loan: &OpenLoan, request: &Restructure) -> Event {
    Event::new(name, "loan_restructures", request.id.get())
        .of_member(loan.loan().member_id)
        .with("loan_id", loan.loan().id)
        .with("loan_number", loan.loan().number())
        .with("effective_on", request.terms.effective_on)
        .with("instalment", request.preview.instalment)
}
