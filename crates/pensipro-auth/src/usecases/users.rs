//! Users and their roles.

use std::collections::HashMap;

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Expected, Faults, Page, PageRequest,
    Permission, RoleId, Scope, UserId,
};

use super::{administrate, keep_an_administrator, refuse_beyond, unknown};
use crate::{
    AuthError, CreateUser, EndReason, NewUser, PasswordHash, Role, RoleRef, RoleRepository,
    SessionRepository, User, UserChange, UserDetails, UserFilter, UserRepository,
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
    administrate(tx, by, Permission::ManageUser)?;
    let CreateUser { mut details, roles, .. } = command;
    if details.scope == Scope::WholeHouse {
        // Who is tied to a branch or a funder ties others to the same one.
        details.scope = by.scope;
    }
    check_scope(tx, by, details.scope)?;
    refuse_taken(tx, by, &details, None)?;
    let roles = grantable_roles(tx, by, &roles)?;
    let user = tx.add_user(&NewUser { details, password_hash }, by.user_id)?;
    for role in &roles {
        tx.add_user_role(user.id, role.id, by.user_id)?;
    }
    let view = view(tx, user)?;
    let entry = AuditEntry::new("user.create", "sys_users", view.user.id.get());
    tx.audit(by, entry.is(view.audit_view()))?;
    Ok(view)
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

/// Changes what is stated of a user, his roles, or whether he is switched on. What is taken away
/// voids his present tokens; switched off, his sessions end.
pub fn update_user<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: UserId,
    change: UserChange,
    expected: Expected,
) -> Result<UserView, AuthError>
where
    Tx: UserRepository + RoleRepository + SessionRepository + AuditLog + Authority,
{
    administrate(tx, by, Permission::ManageUser)?;
    let before = lock_view(tx, by, id)?;
    expected.check("user", before.user.version)?;
    let roles = change.roles()?;
    let user = change.over(&before.user)?;
    if user.details.scope != before.user.details.scope {
        check_scope(tx, by, user.details.scope)?;
    }
    refuse_taken(tx, by, &user.details, Some(id))?;
    tx.save_user(&user)?;
    if let Some(roles) = roles {
        replace_roles(tx, by, &before, &roles)?;
    }
    let after = tx.user(id, by.scope)?;
    let after = view(tx, after)?;
    if after.user.is_active && !before.user.is_active {
        // To switch somebody on is to give him all that he holds.
        refuse_beyond(tx, by, after.permissions.clone())?;
    }
    settle(tx, by, "user.update", &before, &after)?;
    Ok(after)
}

/// Switches a user off; one that is off already stays so.
pub fn switch_off_user<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: UserId,
    expected: Expected,
) -> Result<(), AuthError>
where
    Tx: UserRepository + RoleRepository + SessionRepository + AuditLog + Authority,
{
    let off = UserChange { is_active: Some(false), ..UserChange::default() };
    update_user(tx, by, id, off, expected).map(drop)
}

/// Gives a user a role. It counts from his next token on.
pub fn assign_role<Tx>(
    tx: &mut Tx,
    by: &Actor,
    user: UserId,
    role: RoleId,
) -> Result<UserView, AuthError>
where
    Tx: UserRepository + RoleRepository + SessionRepository + AuditLog + Authority,
{
    administrate(tx, by, Permission::ManageUser)?;
    let before = lock_view(tx, by, user)?;
    for role in grantable_roles(tx, by, &[role])? {
        if !tx.add_user_role(user, role.id, by.user_id)? {
            return Err(AuthError::RoleHeld(role.name));
        }
    }
    change_of_roles(tx, by, "user.assign_role", &before)
}

/// Takes a role from a user: tokens that he has now are void at once.
pub fn remove_role<Tx>(tx: &mut Tx, by: &Actor, user: UserId, role: RoleId) -> Result<(), AuthError>
where
    Tx: UserRepository + RoleRepository + SessionRepository + AuditLog + Authority,
{
    administrate(tx, by, Permission::ManageUser)?;
    let before = lock_view(tx, by, user)?;
    let role = tx.role(role)?;
    if !tx.remove_user_role(user, role.id)? {
        return Err(AuthError::RoleNotHeld(role.name));
    }
    change_of_roles(tx, by, "user.remove_role", &before).map(drop)
}

fn change_of_roles<Tx>(
    tx: &mut Tx,
    by: &Actor,
    action: &'static str,
    before: &UserView,
) -> Result<UserView, AuthError>
where
    Tx: UserRepository + RoleRepository + SessionRepository + AuditLog,
{
    tx.save_user(&before.user)?;
    let after = tx.user(before.user.id, by.scope)?;
    let after = view(tx, after)?;
    settle(tx, by, action, before, &after)?;
    Ok(after)
}

/// What a change of a user brings with it, and its row in the trail.
fn settle<Tx>(
    tx: &mut Tx,
    by: &Actor,
    action: &'static str,
    before: &UserView,
    after: &UserView,
) -> Result<(), AuthError>
where
    Tx: UserRepository + SessionRepository + AuditLog,
{
    let id = after.user.id;
    if after.is_narrower_than(before) {
        tx.raise_authz_version(id)?;
        keep_an_administrator(tx)?;
    }
    if before.user.is_active && !after.user.is_active {
        tx.end_sessions_of(id, EndReason::Forced)?;
    }
    let entry = AuditEntry::new(action, "sys_users", id.get());
    Ok(tx.audit(by, entry.was(before.audit_view()).is(after.audit_view()))?)
}

impl UserView {
    /// True if something was taken away from him since.
    fn is_narrower_than(&self, before: &Self) -> bool {
        let has_gone = |role: &RoleRef| !self.roles.contains(role);
        let (user, was) = (&self.user, &before.user);
        (was.is_active && !user.is_active)
            || !user.details.scope.covers(was.details.scope)
            || before.roles.iter().any(has_gone)
    }

    fn audit_view(&self) -> AuditValue {
        let roles: Vec<&str> = self.roles.iter().map(|role| role.name.as_str()).collect();
        self.user.audit_view().with("roles", roles)
    }
}

fn view<Tx: RoleRepository>(tx: &mut Tx, user: User) -> Result<UserView, AuthError> {
    let roles = tx.roles_of(&[user.id])?.into_iter().map(|(_, role)| role).collect();
    let permissions = tx.permissions_of(&[user.id])?.into_iter().map(|(_, code)| code).collect();
    Ok(UserView { user, roles, permissions })
}

fn lock_view<Tx>(tx: &mut Tx, by: &Actor, id: UserId) -> Result<UserView, AuthError>
where
    Tx: UserRepository + RoleRepository,
{
    let user = tx.lock_user(id, by.scope)?;
    view(tx, user)
}

/// Refuses a scope that names what is not there, or is wider than the caller's own.
fn check_scope<Tx: UserRepository>(tx: &mut Tx, by: &Actor, scope: Scope) -> Result<(), AuthError> {
    let own = by.scope.covers(scope);
    let mut faults = Faults::new();
    match scope {
        Scope::WholeHouse => {
            let field = if by.scope.funder().is_some() { "funder_id" } else { "branch_id" };
            faults.require(own, field, "required", "is yours, for those whom you look after");
        }
        Scope::Branch(branch) => {
            let there = own && tx.branch_exists(branch)?;
            faults.require(there, "branch_id", "unknown", "is no branch of yours");
        }
        Scope::Funder(funder) => {
            let there = own && tx.funder_exists(funder)?;
            faults.require(there, "funder_id", "unknown", "is no funder of yours");
        }
    }
    Ok(faults.finish(Some(()))?)
}

/// Refuses a name or an address that another user has, and names him to those who may see him.
fn refuse_taken<Tx: UserRepository>(
    tx: &mut Tx,
    by: &Actor,
    details: &UserDetails,
    whose: Option<UserId>,
) -> Result<(), AuthError> {
    let account = tx.account_named(&details.username)?;
    let named = account.map(|account| account.user.id);
    if let Some(other) = named.filter(|id| Some(*id) != whose) {
        return Err(AuthError::UsernameTaken(seen(tx, by, other)?));
    }
    let addressed = tx.user_with_email(&details.email)?;
    if let Some(other) = addressed.filter(|id| Some(*id) != whose) {
        return Err(AuthError::EmailTaken(seen(tx, by, other)?));
    }
    Ok(())
}

fn seen<Tx: UserRepository>(
    tx: &mut Tx,
    by: &Actor,
    id: UserId,
) -> Result<Option<UserId>, AuthError> {
    match tx.user(id, by.scope) {
        Ok(user) => Ok(Some(user.id)),
        Err(pensipro_kernel::StorageError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The roles of these ids, each active, together holding nothing that the caller lacks.
fn grantable_roles<Tx: RoleRepository>(
    tx: &mut Tx,
    by: &Actor,
    ids: &[RoleId],
) -> Result<Vec<Role>, AuthError> {
    let mut roles = Vec::with_capacity(ids.len());
    for id in ids {
        let role = tx.role(*id).map_err(unknown("role_id"))?;
        if !role.is_active {
            return Err(AuthError::RoleInactive(role.name));
        }
        roles.push(role);
    }
    let given = tx.permissions_in(ids)?;
    refuse_beyond(tx, by, given.into_iter().map(|permission| permission.code).collect())?;
    Ok(roles)
}

/// Leaves a user with these active roles. Switched-off ones that he was given are not spoken of.
fn replace_roles<Tx: RoleRepository>(
    tx: &mut Tx,
    by: &Actor,
    before: &UserView,
    wanted: &[RoleId],
) -> Result<(), AuthError> {
    let held: Vec<RoleId> = before.roles.iter().map(|role| role.id).collect();
    let new: Vec<RoleId> = wanted.iter().copied().filter(|role| !held.contains(role)).collect();
    // Judged before anything is taken: it may be the caller himself who changes.
    let given = grantable_roles(tx, by, &new)?;
    for role in held.iter().filter(|role| !wanted.contains(role)) {
        tx.remove_user_role(before.user.id, *role)?;
    }
    for role in given {
        tx.add_user_role(before.user.id, role.id, by.user_id)?;
    }
    Ok(())
}

fn grouped<T>(rows: Vec<(UserId, T)>) -> HashMap<UserId, Vec<T>> {
    let mut groups: HashMap<UserId, Vec<T>> = HashMap::new();
    for (user, row) in rows {
        groups.entry(user).or_default().push(row);
    }
    groups
}
