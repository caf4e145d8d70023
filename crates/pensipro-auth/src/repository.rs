//! What this module needs from storage.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    BranchId, ConfigurationId, FunderId, ModuleId, Page, PageRequest, Permission, PermissionId,
    RoleId, Scope, SessionId, StorageError, UserId,
};

use crate::{
    Account, Configuration, Digest, EndReason, Lockout, Module, NewConfiguration, NewModule,
    NewPermission, NewRole, NewSession, NewUser, PasswordHash, Role, RoleFilter, RoleRef, Session,
    Standing, StoredPermission, User, UserFilter, Username,
};

/// Users (`sys_users`). A user outside the scope is as if he were not there.
pub trait UserRepository {
    /// True once any user is stored, switched off or not.
    fn users_exist(&mut self) -> Result<bool, StorageError>;

    /// The account of this name, switched off or not.
    fn account_named(&mut self, username: &Username) -> Result<Option<Account>, StorageError>;

    /// The account, switched off or not.
    fn account(&mut self, id: UserId) -> Result<Account, StorageError>;

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

    /// Stores what is stated of a user and whether he is switched on, and raises the version.
    fn save_user(&mut self, user: &User) -> Result<(), StorageError>;

    /// Stores a password's hash. Leaves the version alone: it is not shown.
    fn save_password(&mut self, id: UserId, hash: &PasswordHash) -> Result<(), StorageError>;

    /// Stores the count of failed sign-ins. Leaves the version alone: nobody edits it.
    fn save_lockout(&mut self, id: UserId, lockout: &Lockout) -> Result<(), StorageError>;

    /// Stores a success: `last_login_at` is the transaction's now, the count starts anew.
    fn save_login(&mut self, id: UserId) -> Result<(), StorageError>;

    /// Raises `authz_version` by one and sets `authz_changed_at` to the transaction's now: tokens
    /// with an older one are refused from here on.
    fn raise_authz_version(&mut self, id: UserId) -> Result<(), StorageError>;

    /// The same for everybody who was given the role.
    fn raise_authz_version_of_holders(&mut self, role: RoleId) -> Result<(), StorageError>;

    /// True while somebody holds [`ADMIN`](crate::ADMIN) who is active and of the whole house.
    fn an_administrator_is_left(&mut self) -> Result<bool, StorageError>;
}

/// Roles and permissions (`sys_roles`, `sys_permissions`, `sys_role_permissions`,
/// `sys_user_roles`).
pub trait RoleRepository {
    /// Locks the row of [`ADMIN`](crate::ADMIN) until the transaction ends. Whoever changes users,
    /// roles or what they hold takes it first, before any other row: one at a time.
    fn lock_administration(&mut self) -> Result<(), StorageError>;

    /// Every permission stored, by code.
    fn permissions(&mut self) -> Result<Vec<StoredPermission>, StorageError>;

    /// A permission.
    fn permission(&mut self, id: PermissionId) -> Result<StoredPermission, StorageError>;

    /// Adds a permission.
    fn add_permission(&mut self, new: &NewPermission) -> Result<StoredPermission, StorageError>;

    /// Roles by filter.
    fn roles(
        &mut self,
        filter: &RoleFilter,
        page: &PageRequest,
    ) -> Result<Page<Role>, StorageError>;

    /// A role, switched off or not.
    fn role(&mut self, id: RoleId) -> Result<Role, StorageError>;

    /// The role of this name, whatever its case, switched off or not.
    fn role_named(&mut self, name: &str) -> Result<Option<Role>, StorageError>;

    /// Adds a role, active.
    fn add_role(&mut self, new: &NewRole, by: Option<UserId>) -> Result<Role, StorageError>;

    /// Stores name, description and whether it is switched on, and raises the version.
    fn save_role(&mut self, role: &Role) -> Result<(), StorageError>;

    /// Gives a role permissions; those it holds already are left alone.
    fn grant(&mut self, role: RoleId, permissions: &[PermissionId]) -> Result<(), StorageError>;

    /// Takes a permission from a role; false if it does not hold it.
    fn revoke(&mut self, role: RoleId, permission: PermissionId) -> Result<bool, StorageError>;

    /// What these roles hold together, each once, by code.
    fn permissions_in(&mut self, roles: &[RoleId]) -> Result<Vec<StoredPermission>, StorageError>;

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

    /// Ends every live session of a user at the transaction's now; how many they were.
    fn end_sessions_of(&mut self, user: UserId, reason: EndReason) -> Result<usize, StorageError>;

    /// A user's sessions that have neither ended nor run out, the newest first.
    fn live_sessions(
        &mut self,
        user: UserId,
        page: &PageRequest,
    ) -> Result<Page<Session>, StorageError>;

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

    /// A module.
    fn module(&mut self, id: ModuleId) -> Result<Module, StorageError>;

    /// A module, locked for a change.
    fn lock_module(&mut self, id: ModuleId) -> Result<Module, StorageError>;

    /// Adds a module, active.
    fn add_module(&mut self, new: &NewModule) -> Result<Module, StorageError>;

    /// Stores whether it is switched on, and raises the version.
    fn save_module(&mut self, module: &Module) -> Result<Module, StorageError>;
}

/// Configuration (`sys_configurations`).
pub trait ConfigurationRepository {
    /// Every key stored, by key.
    fn configurations(&mut self) -> Result<Vec<Configuration>, StorageError>;

    /// A key with its value.
    fn configuration(&mut self, id: ConfigurationId) -> Result<Configuration, StorageError>;

    /// A key with its value, locked for a change.
    fn lock_configuration(&mut self, id: ConfigurationId) -> Result<Configuration, StorageError>;

    /// Adds a key with its value.
    fn add_configuration(
        &mut self,
        new: &NewConfiguration,
        by: Option<UserId>,
    ) -> Result<Configuration, StorageError>;

    /// Stores a value, and raises the version.
    fn save_configuration(
        &mut self,
        configuration: &Configuration,
        by: Option<UserId>,
    ) -> Result<Configuration, StorageError>;
}
