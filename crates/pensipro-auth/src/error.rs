//! What users and access refuse.

use pensipro_kernel::{
    AuthorityError, Class, DomainError, ErrorKind, Faults, FieldFault, StorageError, UserId,
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
    /// Another user has the name.
    #[error("the username is taken")]
    UsernameTaken(UserId),
    /// Another user has the address.
    #[error("the e-mail address is taken")]
    EmailTaken(UserId),
    /// The user holds the role already.
    #[error("the user holds the role {0} already")]
    RoleHeld(String),
    /// The user does not hold the role.
    #[error("the user does not hold the role {0}")]
    RoleNotHeld(String),
    /// The role is switched off.
    #[error("the role {0} is switched off")]
    RoleInactive(String),
    /// The role holds permissions that the caller lacks.
    #[error("the role {role} holds permissions that you lack")]
    CannotGrant {
        /// The role.
        role: String,
        /// What the caller lacks.
        missing: Vec<String>,
    },
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
        Self::USERNAME,
        Self::EMAIL,
        Self::HELD,
        Self::NOT_HELD,
        Self::INACTIVE,
        Self::GRANT,
        Self::LAST,
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
    const USERNAME: ErrorKind =
        ErrorKind::new("username_taken", Class::Conflict, "Another user has this username");
    const EMAIL: ErrorKind =
        ErrorKind::new("email_taken", Class::Conflict, "Another user has this e-mail address");
    const HELD: ErrorKind =
        ErrorKind::new("role_already_held", Class::Conflict, "The user holds the role already");
    const NOT_HELD: ErrorKind =
        ErrorKind::new("role_not_held", Class::NotFound, "The user does not hold the role");
    const INACTIVE: ErrorKind =
        ErrorKind::new("role_inactive", Class::Refused, "The role is switched off");
    const GRANT: ErrorKind = ErrorKind::new(
        "cannot_grant",
        Class::Forbidden,
        "The role holds permissions that the caller lacks",
    );
    const LAST: ErrorKind =
        ErrorKind::new("last_admin", Class::Conflict, "The last active administrator stays one");
}

impl DomainError for AuthError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidCredentials => Self::CREDENTIALS,
            Self::InvalidRefreshToken => Self::REFRESH,
            Self::UsernameTaken(_) => Self::USERNAME,
            Self::EmailTaken(_) => Self::EMAIL,
            Self::RoleHeld(_) => Self::HELD,
            Self::RoleNotHeld(_) => Self::NOT_HELD,
            Self::RoleInactive(_) => Self::INACTIVE,
            Self::CannotGrant { .. } => Self::GRANT,
            Self::LastAdmin => Self::LAST,
            Self::Invalid(faults) => faults.kind(),
            Self::Authority(error) => error.kind(),
            Self::Storage(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldFault] {
        if let Self::Invalid(faults) = self { faults.fields() } else { &[] }
    }

    fn extensions(&self) -> Map<String, Value> {
        match self {
            Self::UsernameTaken(user) | Self::EmailTaken(user) => {
                Map::from_iter([("existing_id".into(), user.get().into())])
            }
            Self::CannotGrant { missing, .. } => {
                Map::from_iter([("missing".into(), missing.clone().into())])
            }
            Self::Authority(error) => error.extensions(),
            _ => Map::new(),
        }
    }
}
