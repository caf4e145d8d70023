//! Payments entered and taken back where they are pension cuts: the billed lines follow.

use pensipro_audit::ExceptionLog;
use pensipro_billing::ImportRepository;
use pensipro_kernel::{Actor, AuditLog, Authority, LoanId, Moment, Outbox, PaymentId};
use pensipro_servicing::{
    AccountingPeriods, LoanRepository, RecordPayment, RecordedPayment, RefundRepository, Reverse,
    Reversed, ServicingPolicy,
};

use crate::{
    FlowError,
    standing::{follow_reversal, lock_source, restate_cut},
};

/// Records a payment at the counter. One that names a billed line counts against it.
pub fn record_payment<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    command: RecordPayment,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<RecordedPayment, FlowError>
where
    Tx: LoanRepository
        + RefundRepository
        + AccountingPeriods
        + ImportRepository
        + AuditLog
        + Outbox
        + Authority,
{
    let recorded = pensipro_servicing::record_payment(tx, by, loan, command, policy, at)?;
    if let Some(cut) = tx.cut_of(loan, recorded.payment.transaction_id)? {
        restate_cut(tx, loan, cut.periode)?;
    }
    Ok(recorded)
}

/// Takes a payment back. The line of a payer's file that it came from waits again.
pub fn reverse_payment<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    payment: PaymentId,
    command: Reverse,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Reversed, FlowError>
where
    Tx: LoanRepository
        + RefundRepository
        + AccountingPeriods
        + ImportRepository
        + ExceptionLog
        + AuditLog
        + Outbox
        + Authority,
{
    let of = tx.payment(loan, payment)?.transaction_id;
    let source = lock_source(tx, loan, of)?;
    let reversed = pensipro_servicing::reverse_payment(tx, by, loan, payment, command, policy, at)?;
    if let Some(source) = source {
        follow_reversal(tx, by, loan, of, source)?;
    }
    Ok(reversed)
}
