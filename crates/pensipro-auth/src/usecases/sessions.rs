//! A user's sessions, as those who look after him see and end them.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Page, PageRequest, Permission, UserId,
};

use crate::{AuthError, EndReason, Session, SessionRepository, UserRepository};

/// A user's live sessions, the newest first.
pub fn list_sessions<Tx: UserRepository + SessionRepository>(
    tx: &mut Tx,
    by: &Actor,
    user: UserId,
    page: &PageRequest,
) -> Result<Page<Session>, AuthError> {
    let user = tx.user(user, by.scope)?;
    Ok(tx.live_sessions(user.id, page)?)
}

/// Ends all of a user's sessions: his tokens are void at once.
pub fn end_sessions<Tx>(tx: &mut Tx, by: &Actor, user: UserId) -> Result<(), AuthError>
where
    Tx: UserRepository + SessionRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ManageUser)?;
    let user = tx.user(user, by.scope)?;
    let ended = tx.end_sessions_of(user.id, EndReason::Forced)?;
    let entry = AuditEntry::new("user.end_sessions", "sys_users", user.id.get());
    Ok(tx.audit(by, entry.is(AuditValue::new().with("sessions", ended)))?)
}
