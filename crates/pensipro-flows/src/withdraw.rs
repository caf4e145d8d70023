//! Withdrawing an application, approved or not, and taking a loan's transaction back.

use pensipro_audit::ExceptionLog;
use pensipro_billing::ImportRepository;
use pensipro_kernel::{
    Actor, ApplicationId, AuditEntry, AuditLog, AuditValue, Authority, Expected, LoanId, Moment,
    Outbox, Permission, Scope, TransactionId,
};
use pensipro_origination::usecases::{cancel_application, change_status, withdraw_offer};
use pensipro_origination::{
    Application, ApplicationRepository, ApplicationStatus, CommitteeRepository, OriginationError,
    StatusChange,
};
use pensipro_sales::{CommissionRepository, usecases::undo_commission};
use pensipro_servicing::{
    AccountingPeriods, LoanRepository, LoanStatus, RefundRepository, Reverse, Reversed,
    ServicingPolicy, TransactionKind, reverse_transaction, undo_netting,
};

use crate::{
    FlowError,
    standing::{follow_reversal, lock_source},
};

/// Withdraws an application; where it is approved, its pending loan is cancelled with it.
pub fn withdraw_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    reason: String,
    at: Moment,
) -> Result<Application, FlowError>
where
    Tx: ApplicationRepository + LoanRepository + AuditLog + Outbox + Authority,
{
    tx.recheck(by, Permission::CreateApplication)?;
    withdraw(tx, by, id, expected, reason, at)
}

pub(crate) fn withdraw<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    reason: String,
    at: Moment,
) -> Result<Application, FlowError>
where
    Tx: ApplicationRepository + LoanRepository + AuditLog + Outbox,
{
    let application = tx.lock_application(id, by.scope)?;
    if application.status != ApplicationStatus::Approved {
        return Ok(cancel_application(tx, by, id, expected, reason, at)?);
    }
    expected.check("application", application.version)?;
    if let Some(loan) = tx.loan_of_application(id)? {
        cancel_loan(tx, by, loan)?;
    }
    Ok(withdraw_offer(tx, by, &application, reason, at)?)
}

/// Sets an application's status by hand: withdraws it, or sends it a step back. Every other status
/// has an endpoint of its own.
pub fn set_application_status<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    change: StatusChange,
    at: Moment,
) -> Result<Application, FlowError>
where
    Tx: ApplicationRepository
        + CommitteeRepository
        + LoanRepository
        + AuditLog
        + Outbox
        + Authority,
{
    tx.recheck(by, Permission::EditApplication)?;
    match change.to {
        ApplicationStatus::Cancelled => withdraw(tx, by, id, expected, change.reason, at),
        _ => Ok(change_status(tx, by, id, expected, change, at)?),
    }
}

fn cancel_loan<Tx>(tx: &mut Tx, by: &Actor, id: LoanId) -> Result<(), FlowError>
where
    Tx: LoanRepository + AuditLog,
{
    let loan = tx.lock_loan(id, by.scope)?.loan;
    loan.status.step_to(LoanStatus::Cancelled)?;
    let after = tx.cancel_loan(&loan)?;
    let view = |status: LoanStatus| AuditValue::new().text("status", status);
    let entry = AuditEntry::new("loan.cancel", "loans", id.get()).of_member(loan.member_id);
    tx.audit(by, entry.was(view(loan.status)).is(view(after.status)))?;
    Ok(())
}

/// Takes any transaction of a loan back. With a disbursement, the application is approved again, the
/// commission that it earned is undone, and the loan that it settled is open again; with a pension cut,
/// its billed line and the line of the payer's file follow.
pub fn reverse<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan_id: LoanId,
    of: TransactionId,
    command: Reverse,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Reversed, FlowError>
where
    Tx: LoanRepository
        + RefundRepository
        + AccountingPeriods
        + ApplicationRepository
        + CommissionRepository
        + ImportRepository
        + ExceptionLog
        + AuditLog
        + Outbox
        + Authority,
{
    let loan = tx.stored_loan(loan_id, by.scope)?.loan;
    // Locked ahead of the loan, in case it is the disbursement that goes.
    let application = tx.lock_application(loan.application_id, by.scope)?;
    let source = lock_source(tx, loan_id, of)?;
    if let Some(older) = application.request.topup {
        tx.lock_loan(older, Scope::WholeHouse)?;
    }
    let reason = command.reason().to_owned();
    let reversed = reverse_transaction(tx, by, loan_id, of, command.clone(), policy, at)?;
    if reversed.kind == TransactionKind::Disbursement {
        approve_again(tx, by, application, at)?;
        undo_commission(tx, by, of, &reason, at)?;
        undo_netting(tx, by, of, &command, policy, at)?;
    }
    if let Some(source) = source {
        follow_reversal(tx, by, loan_id, of, source)?;
    }
    Ok(reversed)
}

fn approve_again<Tx>(
    tx: &mut Tx,
    by: &Actor,
    before: Application,
    at: Moment,
) -> Result<(), FlowError>
where
    Tx: ApplicationRepository + AuditLog,
{
    let after =
        before.moved(ApplicationStatus::Approved, at).map_err(OriginationError::Transition)?;
    tx.save_application(&after)?;
    let entry = after.audit_entry("application.disbursement_reversed");
    tx.audit(by, entry.was(before.audit_view()).is(after.audit_view()))?;
    Ok(())
}
