//! What is done about users, roles, modules and the configuration: load, decide, save, audit.

mod configurations;
mod modules;
mod passwords;
mod permissions;
mod roles;
mod sessions;
mod users;

use std::collections::HashSet;

use pensipro_kernel::{Actor, Authority, Faults, Permission, StorageError};

pub use self::{
    configurations::{
        add_configuration, get_configuration, list_configurations, set_configuration,
    },
    modules::{add_module, get_module, list_modules, switch_module},
    passwords::{change_password, reset_password, unlock},
    permissions::{add_permission, get_permission, list_permissions},
    roles::{
        RoleView, create_role, get_role, grant_permission, list_roles, revoke_permission,
        switch_off_role, update_role,
    },
    sessions::{end_sessions, list_sessions},
    users::{
        UserView, assign_role, create_user, get_user, list_users, remove_role, switch_off_user,
        update_user,
    },
};
use crate::{AuthError, RoleRepository, UserRepository};

/// Waits until nobody else changes users, roles or what they hold, and proves the caller's right
/// then: what is read afterwards stands until the commit.
fn administrate<Tx>(tx: &mut Tx, by: &Actor, right: Permission) -> Result<(), AuthError>
where
    Tx: RoleRepository + Authority,
{
    tx.lock_administration()?;
    Ok(tx.recheck(by, right)?)
}

/// Refuses to give what the caller lacks. The system lacks nothing.
fn refuse_beyond<Tx: RoleRepository>(
    tx: &mut Tx,
    by: &Actor,
    given: Vec<String>,
) -> Result<(), AuthError> {
    let Some(caller) = by.user_id else { return Ok(()) };
    let held = tx.permissions_of(&[caller])?;
    let held: HashSet<&str> = held.iter().map(|(_, code)| code.as_str()).collect();
    let missing: Vec<String> =
        given.into_iter().filter(|code| !held.contains(code.as_str())).collect();
    if missing.is_empty() { Ok(()) } else { Err(AuthError::CannotGrant { missing }) }
}

/// Refuses a change after which nobody could administrate the house.
fn keep_an_administrator<Tx: UserRepository>(tx: &mut Tx) -> Result<(), AuthError> {
    if tx.an_administrator_is_left()? { Ok(()) } else { Err(AuthError::LastAdmin) }
}

/// What a body names and is not there is that field's fault, not the path's.
fn unknown(field: &'static str) -> impl Fn(StorageError) -> AuthError {
    move |error| match error {
        StorageError::NotFound { thing, id } => {
            let mut faults = Faults::new();
            faults.add(field, "unknown", format!("there is no {thing} {id}"));
            AuthError::Invalid(faults)
        }
        other => AuthError::Storage(other),
    }
}
