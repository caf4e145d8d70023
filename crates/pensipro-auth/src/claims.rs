//! What an access token says.

use chrono::{DateTime, TimeDelta, Utc};
use pensipro_kernel::{BranchId, FunderId, SessionId, UserId};
use serde::{Deserialize, Serialize};

use crate::{Session, User};

/// Who issues tokens.
pub const ISSUER: &str = "pensiPro-auth";
/// Whom they are for.
pub const AUDIENCE: &str = "pensipro";

/// The claims of an access token. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id, as text (RFC 7519).
    pub sub: String,
    /// His username.
    pub preferred_username: String,
    /// His address.
    pub email: String,
    /// His name.
    pub full_name: String,
    /// Active roles by name.
    pub roles: Vec<String>,
    /// Permissions by code.
    pub permissions: Vec<String>,
    /// Modules that are switched on.
    pub modules: Vec<String>,
    /// The branch he is tied to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub branch_id: Option<BranchId>,
    /// The funder he is tied to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub funder_id: Option<FunderId>,
    /// The session.
    pub sid: SessionId,
    /// This token.
    pub jti: String,
    /// Issued at.
    pub iat: i64,
    /// Expires at.
    pub exp: i64,
    /// [`ISSUER`].
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// The user's `authz_version` when it was issued.
    pub authz_version: i64,
}

/// What a user holds at the moment of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Holdings {
    pub(crate) roles: Vec<String>,
    pub(crate) permissions: Vec<String>,
    pub(crate) modules: Vec<String>,
}

impl Claims {
    /// The claims of a token issued now. A token does not outlive its session.
    pub(crate) fn issue(
        user: &User,
        holdings: Holdings,
        session: &Session,
        jti: String,
        life: TimeDelta,
        now: DateTime<Utc>,
    ) -> Self {
        let expires = now.checked_add_signed(life).unwrap_or(now).min(session.expired_at);
        Self {
            sub: user.id.to_string(),
            preferred_username: user.details.username.as_str().to_owned(),
            email: user.details.email.clone(),
            full_name: user.details.full_name.clone(),
            roles: holdings.roles,
            permissions: holdings.permissions,
            modules: holdings.modules,
            branch_id: user.details.scope.branch(),
            funder_id: user.details.scope.funder(),
            sid: session.id,
            jti,
            iat: now.timestamp(),
            exp: expires.timestamp(),
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            authz_version: user.authz_version,
        }
    }

    /// The user's id as a number; `None` if `sub` is none.
    pub fn user_id(&self) -> Option<UserId> {
        self.sub.parse().ok()
    }

    /// Seconds that the token lives.
    pub fn expires_in(&self) -> i64 {
        self.exp.saturating_sub(self.iat)
    }
}
