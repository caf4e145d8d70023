//! Users and their roles.

use std::collections::HashMap;

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Faults, Page, PageRequest, Permission,
    RoleId, Scope, StorageError, UserId,
};

use crate::{
    ADMIN, AuthError, CreateUser, NewUser, PasswordHash, Role, RoleFilter, RoleRef, RoleRepository,
    User, UserFilter, UserRepository,
};

/// A user with what he holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserView {
    /// The user.
    pub user: User,
    /// Active roles, by name.
    pub roles: Vec<RoleRef>,
    /// Codes that he holds through them, sorted.
    pub permissions: Vec<String>,
}

/// Adds a user with his first roles.
pub fn create_user<Tx>(
    tx: &mut Tx,
    by: &Actor,
    command: CreateUser,
    password_hash: PasswordHash,
) -> Result<UserView, AuthError>
where
    Tx: UserRepository + RoleRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ManageUser)?;
    let CreateUser { username, email, full_name, phone, scope, roles, .. } = command;
    let scope = known_scope(tx, by, scope)?;
    if let Some(taken) = tx.account_named(&username)? {
        return Err(AuthError::UsernameTaken(taken.user.id));
    }
    if let Some(taken) = tx.user_with_email(&email)? {
        return Err(AuthError::EmailTaken(taken));
    }
    let roles = grantable_roles(tx, by, &roles)?;
    let new = NewUser { username, email, full_name, phone, password_hash, scope };
    let user = tx.add_user(&new, by.user_id)?;
    for role in &roles {
        tx.add_user_role(user.id, role.id, by.user_id)?;
    }
    let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
    let entry = AuditEntry::new("user.create", "sys_users", user.id.get());
    tx.audit(by, entry.is(user.audit_view().with("roles", names)))?;
    view(tx, user)
}

/// A user, with what he holds.
pub fn get_user<Tx: UserRepository + RoleRepository>(
    tx: &mut Tx,
    by: &Actor,
    id: UserId,
) -> Result<UserView, AuthError> {
    let user = tx.user(id, by.scope)?;
    view(tx, user)
}

/// Users by filter, each with what he holds. Three queries.
pub fn list_users<Tx: UserRepository + RoleRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &UserFilter,
    page: &PageRequest,
) -> Result<Page<UserView>, AuthError> {
    let users = tx.users(filter, page, by.scope)?;
    let ids: Vec<UserId> = users.data.iter().map(|user| user.id).collect();
    let mut roles = grouped(tx.roles_of(&ids)?);
    let mut permissions = grouped(tx.permissions_of(&ids)?);
    Ok(users.map(|user| UserView {
        roles: roles.remove(&user.id).unwrap_or_default(),
        permissions: permissions.remove(&user.id).unwrap_or_default(),
        user,
    }))
}

/// Roles by filter.
pub fn list_roles<Tx: RoleRepository>(
    tx: &mut Tx,
    filter: &RoleFilter,
    page: &PageRequest,
) -> Result<Page<Role>, AuthError> {
    Ok(tx.roles(filter, page)?)
}

/// Gives a user a role. It counts from his next token on.
pub fn assign_role<Tx>(
    tx: &mut Tx,
    by: &Actor,
    user: UserId,
    role: RoleId,
) -> Result<UserView, AuthError>
where
    Tx: UserRepository + RoleRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ManageUser)?;
    let user = tx.lock_user(user, by.scope)?;
    let roles = grantable_roles(tx, by, &[role])?;
    for role in roles {
        if !tx.add_user_role(user.id, role.id, by.user_id)? {
            return Err(AuthError::RoleHeld(role.name));
        }
        let entry = AuditEntry::new("user.assign_role", "sys_users", user.id.get());
        tx.audit(by, entry.is(AuditValue::new().with("role", role.name)))?;
    }
    view(tx, user)
}

/// Takes a role from a user: tokens that he has now are void at once.
pub fn remove_role<Tx>(tx: &mut Tx, by: &Actor, user: UserId, role: RoleId) -> Result<(), AuthError>
where
    Tx: UserRepository + RoleRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ManageUser)?;
    let user = tx.lock_user(user, by.scope)?;
    let role = tx.lock_role(role)?;
    if role.name == ADMIN && tx.active_holders(role.id)? == [user.id] {
        return Err(AuthError::LastAdmin);
    }
    if !tx.remove_user_role(user.id, role.id)? {
        return Err(AuthError::RoleNotHeld(role.name));
    }
    tx.raise_authz_version(user.id)?;
    let entry = AuditEntry::new("user.remove_role", "sys_users", user.id.get());
    Ok(tx.audit(by, entry.was(AuditValue::new().with("role", role.name)))?)
}

fn view<Tx: RoleRepository>(tx: &mut Tx, user: User) -> Result<UserView, AuthError> {
    let roles = tx.roles_of(&[user.id])?.into_iter().map(|(_, role)| role).collect();
    let permissions = tx.permissions_of(&[user.id])?.into_iter().map(|(_, code)| code).collect();
    Ok(UserView { user, roles, permissions })
}

/// A scope that the caller may give: what it names is there, and it is no wider than his own. Who is
/// tied to a branch or a funder ties others to the same one.
fn known_scope<Tx: UserRepository>(
    tx: &mut Tx,
    by: &Actor,
    wanted: Scope,
) -> Result<Scope, AuthError> {
    let scope = if wanted == Scope::WholeHouse { by.scope } else { wanted };
    let own = by.scope == Scope::WholeHouse || by.scope == scope;
    let mut faults = Faults::new();
    match scope {
        Scope::WholeHouse => {}
        Scope::Branch(branch) => {
            let there = own && tx.branch_exists(branch)?;
            faults.require(there, "branch_id", "unknown", "is no branch of yours");
        }
        Scope::Funder(funder) => {
            let there = own && tx.funder_exists(funder)?;
            faults.require(there, "funder_id", "unknown", "is no funder of yours");
        }
    }
    Ok(faults.finish(Some(scope))?)
}

/// The roles of these ids, each active and holding nothing that the caller lacks.
fn grantable_roles<Tx: RoleRepository>(
    tx: &mut Tx,
    by: &Actor,
    ids: &[RoleId],
) -> Result<Vec<Role>, AuthError> {
    let mut roles = Vec::with_capacity(ids.len());
    for id in ids {
        let role = tx.lock_role(*id).map_err(unknown_role)?;
        if !role.is_active {
            return Err(AuthError::RoleInactive(role.name));
        }
        let missing = missing_permissions(tx, by, role.id)?;
        if !missing.is_empty() {
            return Err(AuthError::CannotGrant { role: role.name, missing });
        }
        roles.push(role);
    }
    Ok(roles)
}

/// A role that is named in a body and is not there is that field's fault, not the path's.
fn unknown_role(error: StorageError) -> AuthError {
    match error {
        StorageError::NotFound { id, .. } => {
            let mut faults = Faults::new();
            faults.add("role_id", "unknown", format!("there is no role {id}"));
            AuthError::Invalid(faults)
        }
        other => AuthError::Storage(other),
    }
}

fn missing_permissions<Tx: RoleRepository>(
    tx: &mut Tx,
    by: &Actor,
    role: RoleId,
) -> Result<Vec<String>, AuthError> {
    let Some(caller) = by.user_id else { return Ok(Vec::new()) };
    let held: Vec<String> =
        tx.permissions_of(&[caller])?.into_iter().map(|(_, code)| code).collect();
    let mut missing = tx.role_permissions(role)?;
    missing.retain(|code| !held.contains(code));
    Ok(missing)
}

fn grouped<T>(rows: Vec<(UserId, T)>) -> HashMap<UserId, Vec<T>> {
    let mut groups: HashMap<UserId, Vec<T>> = HashMap::new();
    for (user, row) in rows {
        groups.entry(user).or_default().push(row);
    }
    groups
}
