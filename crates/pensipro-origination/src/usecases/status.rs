//! Withdrawing an application and sending it back.

use pensipro_kernel::{Actor, ApplicationId, AuditLog, Expected, Moment, Outbox, StorageError};

use crate::{
    Application, ApplicationRepository, ApplicationStatus, CommitteeRepository, IllegalTransition,
    OriginationError, StatusChange,
};

/// Withdraws an application that is not approved yet. An approved one has a loan, which is
/// cancelled in the same transaction: see [`withdraw_offer`].
pub fn cancel_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    reason: String,
    at: Moment,
) -> Result<Application, OriginationError>
where
    Tx: ApplicationRepository + AuditLog + Outbox,
{
    let before = lock(tx, by, id, expected)?;
    if before.status == ApplicationStatus::Approved {
        let to = ApplicationStatus::Cancelled;
        return Err(IllegalTransition { from: before.status, to }.into());
    }
    cancel(tx, by, &before, reason, at)
}

/// The application's half of withdrawing an offer, which the caller has locked: the caller cancels
/// the pending loan in the same transaction.
pub fn withdraw_offer<Tx>(
    tx: &mut Tx,
    by: &Actor,
    approved: &Application,
    reason: String,
    at: Moment,
) -> Result<Application, OriginationError>
where
    Tx: ApplicationRepository + AuditLog + Outbox,
{
    cancel(tx, by, approved, reason, at)
}

/// Sets a status by hand: withdraws (as [`cancel_application`]), or sends back from the committee
/// before its first decision, or from the analyst. Every other status has an endpoint of its own.
pub fn change_status<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    change: StatusChange,
    at: Moment,
) -> Result<Application, OriginationError>
where
    Tx: ApplicationRepository + CommitteeRepository + AuditLog + Outbox,
{
    let StatusChange { to, reason } = change;
    if to == ApplicationStatus::Cancelled {
        return cancel_application(tx, by, id, expected, reason, at);
    }
    let before = lock(tx, by, id, expected)?;
    let decisions = tx.decisions(id)?;
    let after = before.sent_back(to, reason, &decisions, at)?;
    store(tx, by, "application.send_back", &before, after)
}

fn lock<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
) -> Result<Application, StorageError>
where
    Tx: ApplicationRepository,
{
    let application = tx.lock_application(id, by.scope)?;
    expected.check("application", application.version)?;
    Ok(application)
}

fn cancel<Tx>(
    tx: &mut Tx,
    by: &Actor,
    before: &Application,
    reason: String,
    at: Moment,
) -> Result<Application, OriginationError>
where
    Tx: ApplicationRepository + AuditLog + Outbox,
{
    let after = before.moved_because(ApplicationStatus::Cancelled, reason, at)?;
    let after = store(tx, by, "application.cancel", before, after)?;
    if let Some(event) = after.event() {
        tx.emit(event)?;
    }
    Ok(after)
}

pub(super) fn store<Tx>(
    tx: &mut Tx,
    by: &Actor,
    action: &'static str,
    before: &Application,
    mut after: Application,
) -> Result<Application, OriginationError>
where
    Tx: ApplicationRepository + AuditLog,
{
    after.version = tx.save_application(&after)?;
    let entry = after.audit_entry(action).was(before.audit_view()).is(after.audit_view());
    tx.audit(by, entry)?;
    Ok(after)
}
