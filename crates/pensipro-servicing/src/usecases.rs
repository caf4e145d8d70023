//! Recording a payment and taking a transaction back.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Event, LoanId, Moment, Money, Outbox,
    PaymentId, Permission, TransactionId,
};

use crate::{
    allocation::Allocation,
    error::ServicingError,
    input::{Input, InputKind, PaymentInput},
    loan::{LoanBalances, StoredLoan},
    netting::refuse_netted,
    open_loan::{OpenLoan, RefundDue},
    payment::{Channel, RecordPayment},
    posting::{NewPayment, PostingBatch, TransactionKind},
    reading::with_history,
    records::Payment,
    refund::{RefundRequest, RefundStatus, follow_refunds, tell_refunds},
    repository::{AccountingPeriods, LoanRepository, RefundRepository},
    reversal::Reverse,
    rules::ServicingPolicy,
};

/// What recording a payment did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedPayment {
    /// The payment with what it pays.
    pub payment: Payment,
}

/// What taking a transaction back did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversed {
    /// The reversal.
    pub reversal: TransactionId,
    /// What was taken back. A disbursement's application, commission and allocations follow it.
    pub kind: TransactionKind,
}

/// Records a payment at the counter: checked, booked, audited, told.
pub fn record_payment<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan_id: LoanId,
    command: RecordPayment,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<RecordedPayment, ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority,
{
    tx.recheck(by, Permission::RecordPayment)?;
    let mut loan = OpenLoan::new(tx.lock_loan(loan_id, by.scope)?, policy);
    tx.book_on(at.today)?;
    if loan.needs_history_on(command.paid_on()) {
        loan = with_history(tx, loan)?;
    }
    let accepted = command.accept(&loan, policy)?;
    refuse_taken_reference(tx, command.channel(), command.reference())?;
    let id = next_id(tx)?;
    let (effective_on, booked_on) = (command.paid_on(), at.today);
    let is_recovery = loan.account_on(effective_on)?.state().written_off_on.is_some();
    let kind = match is_recovery {
        true => InputKind::Recovery(accepted),
        false => InputKind::Payment(accepted),
    };
    let input = Input { id, effective_on, booked_on, kind };
    if loan.needs_history_for(&input.order()) {
        loan = with_history(tx, loan)?;
    }
    let before = loan.balances();
    let mut batch = PostingBatch::new();
    let posted = loan.post(input, &mut batch)?;
    let particulars = command.particulars(id, loan_id);
    batch.payments.push(particulars.clone());
    tx.store_postings(&batch, by.user_id)?;
    let refunds = follow_refunds(tx, by, &posted.refunds)?;
    let payment = recorded(particulars, accepted, posted.allocations, by, at);
    tx.audit(by, payment_audit(&loan, &before, &payment))?;
    tx.emit(payment_event(&loan, &payment))?;
    tell_refunds(tx, by, &refunds)?;
    Ok(RecordedPayment { payment })
}

/// Takes a payment back.
pub fn reverse_payment<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan_id: LoanId,
    payment: PaymentId,
    command: Reverse,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Reversed, ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority,
{
    let transaction = tx.payment(loan_id, payment)?.transaction_id;
    reverse_transaction(tx, by, loan_id, transaction, command, policy, at)
}

/// Takes any transaction back, whatever came later. What is not a payment also needs the right that
/// made it.
pub fn reverse_transaction<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan_id: LoanId,
    of: TransactionId,
    command: Reverse,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Reversed, ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority,
{
    tx.recheck(by, Permission::ReversePayment)?;
    let stored = tx.lock_loan(loan_id, by.scope)?;
    // Only what a settlement made can have been netted.
    if stored.state.settled_on.is_some() {
        refuse_netted(tx, loan_id, of)?;
    }
    take_back(tx, by, (stored, of), &command, policy, at)
}

/// The reversal itself, of a transaction of a locked loan.
pub(crate) fn take_back<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (stored, of): (StoredLoan, TransactionId),
    command: &Reverse,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Reversed, ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority,
{
    tx.book_on(at.today)?;
    let mut loan = with_history(tx, OpenLoan::new(stored, policy))?;
    refuse_death(&loan, of)?;
    let before = loan.balances();
    let id = next_id(tx)?;
    let mut batch = PostingBatch::new();
    let (taken_back, posted) =
        loan.post_reversal(id, of, command.reason().to_owned(), at.today, &mut batch)?;
    let kind = taken_back.kind.transaction_kind();
    if !matches!(kind, TransactionKind::Payment | TransactionKind::Recovery) {
        tx.recheck(by, kind.made_with())?;
    }
    tx.store_postings(&batch, by.user_id)?;
    let due = reopened_refund(tx, &loan, &taken_back.kind, posted.refunds)?;
    let refunds = follow_refunds(tx, by, &due)?;
    tx.audit(by, reversal_audit(&loan, &before, id, &taken_back, command))?;
    tx.emit(reversal_event(&loan, of, kind))?;
    tell_refunds(tx, by, &refunds)?;
    Ok(Reversed { reversal: id, kind })
}

/// A death is corrected with the member, by another person than the one who recorded it.
fn refuse_death(loan: &OpenLoan, of: TransactionId) -> Result<(), ServicingError> {
    let mut inputs = loan.history().into_iter().flat_map(|history| &history.entered.inputs);
    match inputs.any(|input| input.id == of && input.kind == InputKind::Death) {
        true => Err(ServicingError::CorrectMember),
        false => Ok(()),
    }
}

/// A refund whose payout or refusal is taken back is asked for anew, in the amount that is due.
fn reopened_refund<Tx: RefundRepository>(
    tx: &mut Tx,
    loan: &OpenLoan,
    taken_back: &InputKind,
    mut due: Vec<RefundDue>,
) -> Result<Vec<RefundDue>, ServicingError> {
    let payment = match taken_back {
        InputKind::RefundPaid(refund) => refund.payment,
        InputKind::RefundRefused(refund) => refund.payment,
        _ => return Ok(due),
    };
    for request in tx.refunds_of(&[payment])? {
        let status = RefundStatus::Requested;
        tx.save_refund(&RefundRequest { status, approved_by: None, ..request })?;
    }
    due.retain(|it| it.transaction != payment);
    due.extend(loan.refund_due(payment));
    Ok(due)
}

pub(crate) fn refuse_taken_reference<Tx: LoanRepository>(
    tx: &mut Tx,
    channel: Channel,
    reference: Option<&str>,
) -> Result<(), ServicingError> {
    let Some(reference) = reference else { return Ok(()) };
    match tx.payment_by_reference(channel, reference)? {
        Some(payment) => Err(ServicingError::ReferenceTaken { channel, payment }),
        None => Ok(()),
    }
}

pub(crate) fn next_id<Tx: LoanRepository>(tx: &mut Tx) -> Result<TransactionId, ServicingError> {
    let reserved = tx.reserve_transaction_ids(1)?.next();
    Ok(reserved.ok_or_else(|| {
        pensipro_kernel::StorageError::Failed("no transaction id was reserved".to_owned())
    })?)
}

/// The payment as it will be read.
fn recorded(
    new: NewPayment,
    input: PaymentInput,
    allocations: Vec<Allocation>,
    by: &Actor,
    at: Moment,
) -> Payment {
    let NewPayment { transaction_id, loan_id, paid_on, amount, channel, reference, source_line } =
        new;
    Payment {
        id: PaymentId::new(transaction_id.get()),
        transaction_id,
        loan_id,
        paid_on,
        booked_on: at.today,
        amount,
        channel,
        reference,
        excess_to: input.excess_to,
        due_through: input.due_through,
        source_line,
        allocations,
        reversed_by: None,
        created_at: at.now,
        created_by: by.user_id,
    }
}

fn payment_audit(loan: &OpenLoan, before: &LoanBalances, payment: &Payment) -> AuditEntry {
    let after = audit_view(&loan.balances())
        .text("loan_id", loan.loan().id)
        .text("amount", payment.amount)
        .text("paid_on", payment.paid_on)
        .text("channel", payment.channel)
        .with("reference", payment.reference.clone())
        .text("excess_amount", payment.excess_amount());
    AuditEntry::new("loan.payment", "loan_payments", payment.id.get())
        .of_member(loan.loan().member_id)
        .was(audit_view(before))
        .is(after)
}

fn reversal_audit(
    loan: &OpenLoan,
    before: &LoanBalances,
    id: TransactionId,
    taken_back: &Input,
    command: &Reverse,
) -> AuditEntry {
    let after = audit_view(&loan.balances())
        .text("loan_id", loan.loan().id)
        .text("reversal_id", id)
        .text("kind", taken_back.kind.transaction_kind())
        .text("effective_on", taken_back.effective_on)
        .with("reason", command.reason());
    AuditEntry::new("loan.reverse", "loan_transactions", taken_back.id.get())
        .of_member(loan.loan().member_id)
        .was(audit_view(before))
        .is(after)
}

/// The figures of an account for the audit trail.
pub(crate) fn audit_view(balances: &LoanBalances) -> AuditValue {
    AuditValue::new()
        .text("status", balances.status)
        .text("principal", balances.principal)
        .text("interest", balances.interest)
        .text("fee", balances.fee)
        .text("penalty", balances.penalty)
        .text("excess", balances.state.excess)
}

fn payment_event(loan: &OpenLoan, payment: &Payment) -> Event {
    Event::new("payment.received", "loan_payments", payment.id.get())
        .of_member(loan.loan().member_id)
        .with("loan_id", loan.loan().id)
        .with("loan_number", loan.loan().number())
        .with("amount", payment.amount)
        .with("paid_on", payment.paid_on)
}

fn reversal_event(loan: &OpenLoan, of: TransactionId, kind: TransactionKind) -> Event {
    Event::new("transaction.reversed", "loan_transactions", of.get())
        .of_member(loan.loan().member_id)
        .with("loan_id", loan.loan().id)
        .with("loan_number", loan.loan().number())
        .with("kind", kind)
}

pub(crate) fn settlement_event(loan: &OpenLoan, of: TransactionId, amount: Money) -> Event {
    Event::new("loan.settled", "loan_settlements", of.get())
        .of_member(loan.loan().member_id)
        .with("loan_id", loan.loan().id)
        .with("loan_number", loan.loan().number())
        .with("amount", amount)
}
