//! Who acts, with which rights, within which scope.

use std::{net::IpAddr, sync::Arc};

use crate::{Class, DomainError, ErrorKind, Permission, Scope, SessionId, StorageError, UserId};

/// The person (or the system) on whose behalf something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The user; `None` for the system itself (jobs, the first start).
    pub user_id: Option<UserId>,
    /// Role names, as the token lists them.
    pub roles: Arc<[String]>,
    /// Rights known to the code.
    pub permissions: Arc<[Permission]>,
    /// What he may see and change.
    pub scope: Scope,
    /// Where the request came from.
    pub origin: Origin,
}

/// Where a request came from, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The caller's session.
    pub session_id: Option<SessionId>,
    /// The token's authorisation version: raised whenever something is taken away from the user.
    pub authz_version: i64,
    /// The caller's address.
    pub ip: Option<IpAddr>,
    /// The request's id.
    pub request_id: Option<Arc<str>>,
}

impl Actor {
    /// The system: holds no user and every right.
    pub fn system() -> Self {
        Self {
            user_id: None,
            roles: Arc::from([]),
            permissions: Arc::from(Permission::ALL),
            scope: Scope::WholeHouse,
            origin: Origin::default(),
        }
    }

    /// True if the actor holds the right.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// True if the actor holds a role of this name.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held == role)
    }

    /// Refuses whoever is tied to a branch or a funder: for what concerns the house as a whole.
    pub fn whole_house(&self) -> Result<(), AuthorityError> {
        match self.scope {
            Scope::WholeHouse => Ok(()),
            Scope::Branch(_) | Scope::Funder(_) => Err(AuthorityError::WholeHouseOnly),
        }
    }

    /// True if this is the given user; the system is nobody.
    pub fn is_user(&self, user: Option<UserId>) -> bool {
        self.user_id.is_some() && self.user_id == user
    }
}

/// The recheck of a caller's right inside the transaction that moves money or decides: the token
/// may be minutes old.
pub trait Authority {
    /// Proves that session, user and right still stand, now.
    fn recheck(&mut self, actor: &Actor, permission: Permission) -> Result<(), AuthorityError>;
}

/// Why a caller may not go on.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The session ended, the user was switched off, or rights were taken away since the token.
    #[error("the session has ended or its rights were changed; sign in again")]
    Revoked,
    /// The right is not held.
    #[error("this needs the permission {0}")]
    Denied(Permission),
    /// What concerns the house as a whole, asked for by somebody tied to a part of it.
    #[error("this concerns the whole house; it is not for users tied to a branch or a funder")]
    WholeHouseOnly,
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AuthorityError {
    /// Every code of this error.
    pub const ERRORS: &[ErrorKind] = &[Self::REVOKED, Self::DENIED, Self::WHOLE_HOUSE_ONLY];
    const REVOKED: ErrorKind =
        ErrorKind::new("token_revoked", Class::Unauthenticated, "The session or its rights ended");
    const DENIED: ErrorKind =
        ErrorKind::new("permission_denied", Class::Forbidden, "The permission is missing");
    const WHOLE_HOUSE_ONLY: ErrorKind = ErrorKind::new(
        "whole_house_only",
        Class::Forbidden,
        "Not for users tied to a branch or a funder",
    );
}

impl DomainError for AuthorityError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Revoked => Self::REVOKED,
            Self::Denied(_) => Self::DENIED,
            Self::WholeHouseOnly => Self::WHOLE_HOUSE_ONLY,
            Self::Storage(error) => error.kind(),
        }
    }

    fn extensions(&self) -> serde_json::Map<String, serde_json::Value> {
        match self {
            Self::Denied(permission) => {
                serde_json::Map::from_iter([("permission".into(), permission.code().into())])
            }
            Self::Revoked | Self::WholeHouseOnly | Self::Storage(_) => serde_json::Map::new(),
        }
    }
}
