//! Marking a condition of the committee as met.

use pensipro_kernel::{
    Actor, ApplicationId, AuditEntry, AuditLog, Authority, ConditionId, Faults, Moment, Permission,
    StorageError, optional_text,
};

use crate::{
    ApplicationRepository, ApplicationStatus, CommitteeRepository, Condition, OriginationError,
};

/// Marks a condition met, once, while the application is with the committee or approved.
pub fn fulfil_condition<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (application, id): (ApplicationId, ConditionId),
    notes: Option<&str>,
    at: Moment,
) -> Result<Condition, OriginationError>
where
    Tx: ApplicationRepository + CommitteeRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::VerifyDocument)?;
    let mut faults = Faults::new();
    let notes = faults.take(optional_text("notes", notes, 500));
    let notes = faults.finish(notes)?;
    let application = tx.lock_application(application, by.scope)?;
    let conditions = tx.conditions(application.id)?;
    let found = conditions.into_iter().find(|condition| condition.id == id);
    let before = found.ok_or(StorageError::not_found("condition", id.get()))?;
    let waits =
        matches!(application.status, ApplicationStatus::Committee | ApplicationStatus::Approved);
    if !waits {
        return Err(OriginationError::Closed(application.status));
    }
    let after = before.fulfilled(by, notes, at)?;
    tx.save_condition(&after)?;
    let entry = AuditEntry::new("application.condition.fulfil", "committee_conditions", id.get())
        .of_member(application.member_id);
    tx.audit(by, entry.was(before.audit_view()).is(after.audit_view()))?;
    Ok(after)
}
