//! Bodies of signing in.

use jsonwebtoken::jwk::Jwk;
use pensipro_auth::Claims;
use pensipro_kernel::{BranchId, FunderId, SessionId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// Whatever its case.
    #[schema(example = "budi")]
    pub username: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
    /// What the device calls itself, else its `User-Agent`.
    pub device_info: Option<String>,
}

/// A session to go on with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    /// The last one that was given; an older one ends the session.
    pub refresh_token: String,
}

/// A new password of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordBody {
    /// It proves who asks.
    #[schema(format = Password)]
    pub current_password: String,
    /// At least 8 characters, at most 72 bytes, and none that everybody tries first.
    #[schema(format = Password)]
    pub new_password: String,
}

/// A pair of tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenBody {
    /// Sent as `Authorization: Bearer …`.
    pub access_token: String,
    /// Works once.
    pub refresh_token: String,
    /// `Bearer`
    pub token_type: &'static str,
    /// Seconds that the access token lives.
    pub expires_in: i64,
}

/// Who the caller is: the claims of his token, and his id as a number.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the claims as the token has them")]
pub struct MeBody {
    pub user_id: i64,
    pub sub: String,
    pub preferred_username: String,
    pub email: String,
    pub full_name: String,
    pub roles: Vec<String>,
    pub permissions: Vec<String>,
    pub modules: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funder_id: Option<i64>,
    pub sid: i64,
    pub jti: String,
    pub iat: i64,
    pub exp: i64,
    pub iss: String,
    pub aud: String,
    pub authz_version: i64,
}

impl MeBody {
    /// The claims of this user.
    pub fn new(claims: Claims, user_id: UserId) -> Self {
        let Claims {
            sub,
            preferred_username,
            email,
            full_name,
            roles,
            permissions,
            modules,
            branch_id,
            funder_id,
            sid,
            jti,
            iat,
            exp,
            iss,
            aud,
            authz_version,
        } = claims;
        Self {
            user_id: user_id.get(),
            sub,
            preferred_username,
            email,
            full_name,
            roles,
            permissions,
            modules,
            branch_id: branch_id.map(BranchId::get),
            funder_id: funder_id.map(FunderId::get),
            sid: SessionId::get(sid),
            jti,
            iat,
            exp,
            iss,
            aud,
            authz_version,
        }
    }
}

/// A set of public keys (RFC 7517); empty where tokens are signed with a shared secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct JwksBody {
    /// The keys.
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<Value>,
}

impl JwksBody {
    /// The set of these keys.
    pub fn new(keys: &[Jwk]) -> Self {
        let published = |key: &Jwk| {
            let mut key = serde_json::to_value(key).unwrap_or_default();
            key["use"] = "sig".into();
            key
        };
        Self { keys: keys.iter().map(published).collect() }
    }
}
