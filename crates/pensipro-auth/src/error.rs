//! What users and access refuse.

use pensipro_kernel::{
    AuthorityError, Class, ConfigurationId, DomainError, ErrorKind, Faults, FieldFault, ModuleId,
    PermissionId, RoleId, StorageError, UserId,
};
use serde_json::{Map, Value};

/// A refusal of this module.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// Wrong name or password, an account that is locked or switched off: one answer for all, so
    /// that accounts cannot be told apart from outside.
    #[error("the username or the password is wrong")]
    InvalidCredentials,
    /// A refresh token that is unknown, used before, or of a session that has ended.
    #[error("the refresh token is not valid; sign in again")]
    InvalidRefreshToken,
    /// The present password that came with a new one, or an account that is locked.
    #[error("the present password is wrong")]
    WrongPassword,
    /// Another user has the name; his id, for those who may see him.
    #[error("the username is taken")]
    UsernameTaken(Option<UserId>),
    /// Another user has the address; his id, for those who may see him.
    #[error("the e-mail address is taken")]
    EmailTaken(Option<UserId>),
    /// Another role has the name.
    #[error("the role's name is taken")]
    RoleTaken(RoleId),
    /// Another permission has the code.
    #[error("the permission's code is taken")]
    PermissionTaken(PermissionId),
    /// Another module has the code.
    #[error("the module's code is taken")]
    ModuleTaken(ModuleId),
    /// The configuration has the key.
    #[error("the configuration has this key already")]
    ConfigurationTaken(ConfigurationId),
    /// The user holds the role already.
    #[error("the user holds the role {0} already")]
    RoleHeld(String),
    /// The user does not hold the role.
    #[error("the user does not hold the role {0}")]
    RoleNotHeld(String),
    /// The role is switched off.
    #[error("the role {0} is switched off")]
    RoleInactive(String),
    /// A role of the first start.
    #[error("the role {0} keeps its name and stays switched on")]
    RoleSeeded(String),
    /// The role holds the permission already.
    #[error("the role holds the permission {0} already")]
    PermissionHeld(String),
    /// The role does not hold the permission.
    #[error("the role does not hold the permission {0}")]
    PermissionNotHeld(String),
    /// The administrators' role loses nothing.
    #[error("the administrators' role holds every permission")]
    AdminHoldsAll,
    /// It would give permissions that the caller lacks.
    #[error("this gives permissions that you lack: {}", .missing.join(", "))]
    CannotGrant {
        /// What the caller lacks.
        missing: Vec<String>,
    },
    /// Without this module nobody could switch anything on again.
    #[error("the module {0} cannot be switched off")]
    ModuleRequired(String),
    /// Nobody would be left to administer the system.
    #[error("the last active administrator stays one")]
    LastAdmin,
    /// Some fields cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// The right is gone.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AuthError {
    /// Every code of this error.
    pub const ERRORS: &[ErrorKind] = &[
        Self::CREDENTIALS,
        Self::REFRESH,
        Self::WRONG_PASSWORD,
        Self::USERNAME,
        Self::EMAIL,
        Self::ROLE_TAKEN,
        Self::PERMISSION_TAKEN,
        Self::MODULE_TAKEN,
        Self::CONFIGURATION_TAKEN,
        Self::HELD,
        Self::NOT_HELD,
        Self::INACTIVE,
        Self::SEEDED,
        Self::PERMISSION_HELD,
        Self::PERMISSION_NOT_HELD,
        Self::ADMIN_HOLDS_ALL,
        Self::GRANT,
        Self::LAST,
        Self::MODULE_REQUIRED,
    ];
    const CREDENTIALS: ErrorKind = ErrorKind::new(
        "invalid_credentials",
        Class::Unauthenticated,
        "The username or the password is wrong",
    );
    const REFRESH: ErrorKind = ErrorKind::new(
        "invalid_refresh_token",
        Class::Unauthenticated,
        "The refresh token is not valid",
    );
    const WRONG_PASSWORD: ErrorKind =
        ErrorKind::new("wrong_password", Class::Refused, "The present password is wrong");
    const USERNAME: ErrorKind =
        ErrorKind::new("username_taken", Class::Conflict, "Another user has this username");
    const EMAIL: ErrorKind =
        ErrorKind::new("email_taken", Class::Conflict, "Another user has this e-mail address");
    const ROLE_TAKEN: ErrorKind =
        ErrorKind::new("role_taken", Class::Conflict, "Another role has this name");
    const PERMISSION_TAKEN: ErrorKind =
        ErrorKind::new("permission_taken", Class::Conflict, "Another permission has this code");
    const MODULE_TAKEN: ErrorKind =
        ErrorKind::new("module_taken", Class::Conflict, "Another module has this code");
    const CONFIGURATION_TAKEN: ErrorKind = ErrorKind::new(
        "configuration_taken",
        Class::Conflict,
        "The configuration has this key already",
    );
    const HELD: ErrorKind =
        ErrorKind::new("role_already_held", Class::Conflict, "The user holds the role already");
    const NOT_HELD: ErrorKind =
        ErrorKind::new("role_not_held", Class::NotFound, "The user does not hold the role");
    const INACTIVE: ErrorKind =
        ErrorKind::new("role_inactive", Class::Refused, "The role is switched off");
    const SEEDED: ErrorKind = ErrorKind::new(
        "role_seeded",
        Class::Conflict,
        "Roles of the first start keep their names and stay switched on",
    );
    const PERMISSION_HELD: ErrorKind = ErrorKind::new(
        "permission_already_held",
        Class::Conflict,
        "The role holds the permission already",
    );
    const PERMISSION_NOT_HELD: ErrorKind = ErrorKind::new(
        "permission_not_held",
        Class::NotFound,
        "The role does not hold the permission",
    );
    const ADMIN_HOLDS_ALL: ErrorKind = ErrorKind::new(
        "admin_holds_all",
        Class::Conflict,
        "The administrators' role holds every permission",
    );
    const GRANT: ErrorKind = ErrorKind::new(
        "cannot_grant",
        Class::Forbidden,
        "It gives permissions that the caller lacks",
    );
    const LAST: ErrorKind =
        ErrorKind::new("last_admin", Class::Conflict, "The last active administrator stays one");
    const MODULE_REQUIRED: ErrorKind =
        ErrorKind::new("module_required", Class::Conflict, "The module cannot be switched off");
}

impl DomainError for AuthError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidCredentials => Self::CREDENTIALS,
            Self::InvalidRefreshToken => Self::REFRESH,
            Self::WrongPassword => Self::WRONG_PASSWORD,
            Self::UsernameTaken(_) => Self::USERNAME,
            Self::EmailTaken(_) => Self::EMAIL,
            Self::RoleTaken(_) => Self::ROLE_TAKEN,
            Self::PermissionTaken(_) => Self::PERMISSION_TAKEN,
            Self::ModuleTaken(_) => Self::MODULE_TAKEN,
            Self::ConfigurationTaken(_) => Self::CONFIGURATION_TAKEN,
            Self::RoleHeld(_) => Self::HELD,
            Self::RoleNotHeld(_) => Self::NOT_HELD,
            Self::RoleInactive(_) => Self::INACTIVE,
            Self::RoleSeeded(_) => Self::SEEDED,
            Self::PermissionHeld(_) => Self::PERMISSION_HELD,
            Self::PermissionNotHeld(_) => Self::PERMISSION_NOT_HELD,
            Self::AdminHoldsAll => Self::ADMIN_HOLDS_ALL,
            Self::CannotGrant { .. } => Self::GRANT,
            Self::LastAdmin => Self::LAST,
            Self::ModuleRequired(_) => Self::MODULE_REQUIRED,
            Self::Invalid(faults) => faults.kind(),
            Self::Authority(error) => error.kind(),
            Self::Storage(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldFault] {
        if let Self::Invalid(faults) = self { faults.fields() } else { &[] }
    }

    fn extensions(&self) -> Map<String, Value> {
        let existing = match self {
            Self::UsernameTaken(user) | Self::EmailTaken(user) => user.map(UserId::get),
            Self::RoleTaken(role) => Some(role.get()),
            Self::PermissionTaken(permission) => Some(permission.get()),
            Self::ModuleTaken(module) => Some(module.get()),
            Self::ConfigurationTaken(configuration) => Some(configuration.get()),
            Self::CannotGrant { missing } => {
                return Map::from_iter([("missing".into(), missing.clone().into())]);
            }
            Self::Authority(error) => return error.extensions(),
            _ => None,
        };
        existing.map(|id| ("existing_id".into(), id.into())).into_iter().collect()
    }
}
