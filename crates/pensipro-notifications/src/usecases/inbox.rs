//! What people find in their list.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, AuthorityError, Moment, NotificationId, Page,
    PageRequest, Permission, StorageError, UserId,
};

use crate::{Notification, NotificationError, NotificationFilter, NotificationRepository};

/// A page of notices, newest first: one's own, or with `SEND_NOTIFICATION` anybody's within the scope.
/// Who asks for nobody gets his own.
pub fn list_notifications<Tx: NotificationRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: NotificationFilter,
    page: &PageRequest,
) -> Result<Page<Notification>, NotificationError> {
    let own =
        filter.member_id.is_none() && filter.user_id.is_none_or(|user| by.is_user(Some(user)));
    if !own && !by.may(Permission::SendNotification) {
        return Err(AuthorityError::Denied(Permission::SendNotification).into());
    }
    let user_id = if own { by.user_id } else { filter.user_id };
    Ok(tx.notifications(&NotificationFilter { user_id, ..filter }, page, by.scope)?)
}

/// How many notices the caller has not read.
pub fn unread_count<Tx: NotificationRepository>(
    tx: &mut Tx,
    by: &Actor,
) -> Result<i64, NotificationError> {
    Ok(by.user_id.map_or(Ok(0), |user| tx.unread_count(user))?)
}

/// Marks a notice of the caller's own as read; once read, it stays so.
pub fn mark_read<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: NotificationId,
    at: Moment,
) -> Result<Notification, NotificationError>
where
    Tx: NotificationRepository + AuditLog,
{
    let mut notification = tx.lock_own_notification(id, own(by, id)?)?;
    if notification.read_at.is_none() {
        tx.mark_read(id, at.now)?;
        notification.read_at = Some(at.now);
        let view = AuditValue::new().text("event", &notification.content.event);
        tx.audit(by, entry("notification.read", id).is(view))?;
    }
    Ok(notification)
}

/// Hides a notice from the caller, whose own it is; the row stays.
pub fn hide_notification<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: NotificationId,
    at: Moment,
) -> Result<(), NotificationError>
where
    Tx: NotificationRepository + AuditLog,
{
    let notification = tx.lock_own_notification(id, own(by, id)?)?;
    tx.hide_notification(id, at.now)?;
    let view = AuditValue::new().text("event", &notification.content.event);
    tx.audit(by, entry("notification.hide", id).is(view))?;
    Ok(())
}

fn own(by: &Actor, id: NotificationId) -> Result<UserId, NotificationError> {
    Ok(by.user_id.ok_or(StorageError::not_found("notification", id.get()))?)
}

fn entry(action: &'static str, id: NotificationId) -> AuditEntry {
    AuditEntry::new(action, "notifications", id.get())
}
