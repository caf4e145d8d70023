//! What this module needs from storage.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    BranchId, FunderId, Page, PageRequest, Permission, PermissionId, RoleId, Scope, SessionId,
    StorageError, UserId,
};

use crate::{
    Account, Configuration, Declared, Digest, EndReason, Lockout, Module, ModuleCode, NewSession,
    NewUser, Role, RoleFilter, RoleRef, Session, Standing, StoredPermission, User, UserFilter,
    Username,
};

/// Users (`sys_users`). A user outside the scope is as if he were not there.
pub trait UserRepository {
    /// True once any user is stored, switched off or not.
    fn users_exist(&mut self) -> Result<bool, StorageError>;

    /// The account of this name, switched off or not.
    fn account_named(&mut self, username: &Username) -> Result<Option<Account>, StorageError>;

    /// The account, locked for a sign-in.
    fn lock_account(&mut self, id: UserId) -> Result<Account, StorageError>;

    /// A user.
    fn user(&mut self, id: UserId, scope: Scope) -> Result<User, StorageError>;

    /// A user, locked for a change.
    fn lock_user(&mut self, id: UserId, scope: Scope) -> Result<User, StorageError>;

    /// Users by filter.
    fn users(
        &mut self,
        filter: &UserFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<User>, StorageError>;

    /// Who has this e-mail address, if anybody.
    fn user_with_email(&mut self, email: &str) -> Result<Option<UserId>, StorageError>;

    /// True if there is such a branch.
    fn branch_exists(&mut self, id: BranchId) -> Result<bool, StorageError>;

    /// True if there is such a funder.
    fn funder_exists(&mut self, id: FunderId) -> Result<bool, StorageError>;

    /// Adds a user, active, with `authz_version` 1.
    fn add_user(&mut self, new: &NewUser, by: Option<UserId>) -> Result<User, StorageError>;

    /// Stores the count of failed sign-ins. Leaves the version alone: nobody edits it.
    fn save_lockout(&mut self, id: UserId, lockout: &Lockout) -> Result<(), StorageError>;

    /// Stores a success: `last_login_at` is the transaction's now, the count starts anew.
    fn save_login(&mut self, id: UserId) -> Result<(), StorageError>;

    /// Raises `authz_version` by one and sets `authz_changed_at` to the transaction's now: tokens
    /// with an older one are refused from here on.
    fn raise_authz_version(&mut self, id: UserId) -> Result<(), StorageError>;
}

/// Roles and permissions (`sys_roles`, `sys_permissions`, `sys_role_permissions`,
/// `sys_user_roles`).
pub trait RoleRepository {
    /// Every permission stored, by code.
    fn permissions(&mut self) -> Result<Vec<StoredPermission>, StorageError>;

    /// Adds a permission.
    fn add_permission(
        &mut self,
        code: &str,
        description: Option<&str>,
    ) -> Result<PermissionId, StorageError>;

    /// Roles by filter.
    fn roles(
        &mut self,
        filter: &RoleFilter,
        page: &PageRequest,
    ) -> Result<Page<Role>, StorageError>;

    /// A role, locked `FOR UPDATE`: who changes its holders waits for others who do.
    fn lock_role(&mut self, id: RoleId) -> Result<Role, StorageError>;

    /// The role of this name.
    fn role_named(&mut self, name: &str) -> Result<Option<Role>, StorageError>;

    /// Adds a role, active.
    fn add_role(
        &mut self,
        name: &str,
        description: Option<&str>,
        by: Option<UserId>,
    ) -> Result<RoleId, StorageError>;

    /// Gives a role permissions; those it holds already are left alone.
    fn grant(&mut self, role: RoleId, permissions: &[PermissionId]) -> Result<(), StorageError>;

    /// Codes that a role holds, sorted.
    fn role_permissions(&mut self, role: RoleId) -> Result<Vec<String>, StorageError>;

    /// Gives a user a role; false if he holds it already.
    fn add_user_role(
        &mut self,
        user: UserId,
        role: RoleId,
        by: Option<UserId>,
    ) -> Result<bool, StorageError>;

    /// Takes a role from a user; false if he does not hold it.
    fn remove_user_role(&mut self, user: UserId, role: RoleId) -> Result<bool, StorageError>;

    /// Active roles of each of these users, by user and name. One query.
    fn roles_of(&mut self, users: &[UserId]) -> Result<Vec<(UserId, RoleRef)>, StorageError>;

    /// Codes that each of these users holds through active roles, distinct, by user and code. One
    /// query.
    fn permissions_of(&mut self, users: &[UserId]) -> Result<Vec<(UserId, String)>, StorageError>;

    /// Active users who hold the role.
    fn active_holders(&mut self, role: RoleId) -> Result<Vec<UserId>, StorageError>;
}

/// Sessions (`sys_user_sessions`).
pub trait SessionRepository {
    /// Adds a session.
    fn add_session(&mut self, new: &NewSession) -> Result<Session, StorageError>;

    /// The session of this refresh family, locked, ended or not.
    fn lock_session(&mut self, family: &Digest) -> Result<Option<Session>, StorageError>;

    /// Stores `refresh`, `last_used_at` and `expired_at` of a session.
    fn save_session(&mut self, session: &Session) -> Result<(), StorageError>;

    /// Ends a session at the transaction's now; one that has ended already is left alone.
    fn end_session(&mut self, id: SessionId, reason: EndReason) -> Result<(), StorageError>;

    /// What was revoked at or after a time.
    fn revoked_since(&mut self, since: DateTime<Utc>) -> Result<Revocations, StorageError>;

    /// How a caller stands now: his session, his account and whether he holds the permission
    /// through an active role. One query. `None` when there is no such user or session.
    fn standing(
        &mut self,
        user: UserId,
        session: SessionId,
        permission: Permission,
    ) -> Result<Option<Standing>, StorageError>;
}

/// What was taken away lately: tokens of these are refused though they have not expired.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Revocations {
    /// Sessions that ended.
    pub sessions: Vec<SessionId>,
    /// Users whose `authz_changed_at` lies in the time, with their present `authz_version`: tokens
    /// with a lower one are void.
    pub users: Vec<(UserId, i64)>,
}

/// Modules (`sys_modules`).
pub trait ModuleRepository {
    /// Every module, by code.
    fn modules(&mut self) -> Result<Vec<Module>, StorageError>;

    /// Adds a module, active.
    fn add_module(&mut self, module: ModuleCode) -> Result<(), StorageError>;
}

/// Configuration (`sys_configurations`).
pub trait ConfigurationRepository {
    /// Every key stored, by key.
    fn configurations(&mut self) -> Result<Vec<Configuration>, StorageError>;

    /// Adds a declared key with its default.
    fn add_configuration(&mut self, declared: &Declared) -> Result<(), StorageError>;
}
