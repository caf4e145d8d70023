//! Passwords that are changed by their owner, set anew by somebody else, or free to be tried again.

use pensipro_kernel::{Actor, AuditEntry, AuditLog, Authority, Moment, Permission, UserId};

use super::{administrate, refuse_beyond};
use crate::{
    AuthError, CheckedPassword, EndReason, Lockout, PasswordHash, RoleRepository,
    SessionRepository, Settings, UserRepository, sign_in::admit,
};

/// Changes the caller's own password; every session of his ends, this one too. False: the present
/// password was not the right one, and the failure is counted.
pub fn change_password<Tx>(
    tx: &mut Tx,
    by: &Actor,
    present: &CheckedPassword,
    new: &PasswordHash,
    settings: &Settings,
    at: Moment,
) -> Result<bool, AuthError>
where
    Tx: UserRepository + SessionRepository + AuditLog,
{
    let Some(account) = admit(tx, present, &by.origin, settings, at)? else { return Ok(false) };
    replace(tx, by, account.user.id, new, "user.change_password")?;
    Ok(true)
}

/// Sets a user's password; every session of his ends, and a lock with them. It opens everything that
/// he holds, so nobody does it for one who holds more than himself.
pub fn reset_password<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: UserId,
    new: &PasswordHash,
) -> Result<(), AuthError>
where
    Tx: UserRepository + RoleRepository + SessionRepository + AuditLog + Authority,
{
    administrate(tx, by, Permission::ManageUser)?;
    let user = tx.lock_user(id, by.scope)?;
    let held = tx.permissions_of(&[user.id])?;
    refuse_beyond(tx, by, held.into_iter().map(|(_, code)| code).collect())?;
    replace(tx, by, user.id, new, "user.reset_password")
}

/// Ends a user's lock before its time.
pub fn unlock<Tx>(tx: &mut Tx, by: &Actor, id: UserId) -> Result<(), AuthError>
where
    Tx: UserRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ManageUser)?;
    let user = tx.lock_user(id, by.scope)?;
    tx.save_lockout(user.id, &Lockout::default())?;
    Ok(tx.audit(by, AuditEntry::new("user.unlock", "sys_users", id.get()))?)
}

fn replace<Tx>(
    tx: &mut Tx,
    by: &Actor,
    user: UserId,
    new: &PasswordHash,
    action: &'static str,
) -> Result<(), AuthError>
where
    Tx: UserRepository + SessionRepository + AuditLog,
{
    tx.save_password(user, new)?;
    tx.save_lockout(user, &Lockout::default())?;
    tx.end_sessions_of(user, EndReason::PasswordChanged)?;
    Ok(tx.audit(by, AuditEntry::new(action, "sys_users", user.get()))?)
}
