//! Bodies of users.

use chrono::{DateTime, Utc};
use pensipro_auth::{
    RawDetails, RawUser, RoleRef, Session, User, UserChange, UserDetails, UserFilter, UserSort,
    UserView, Username,
};
use pensipro_kernel::{BranchId, FunderId, PhoneNumber};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::bodies::change::{Change, given};

/// A user to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
pub struct NewUserBody {
    /// 3 to 50 letters, digits, dots, dashes or underscores; case does not count.
    #[schema(required, example = "budi")]
    pub username: String,
    /// Unique.
    #[schema(required, example = "budi@example.com")]
    pub email: String,
    /// The person's name.
    #[schema(required, example = "Budi Santoso")]
    pub full_name: String,
    /// A way to reach him; kept as `+62…`.
    #[schema(example = "081234567890")]
    pub phone: Option<String>,
    /// At least 8 characters, at most 72 bytes, and none that everybody tries first.
    #[schema(required, format = Password)]
    pub password: String,
    /// Ties him to a branch: he sees and changes only its members, applications and loans.
    pub branch_id: Option<i64>,
    /// Ties him to a funder: he sees only its portfolio and settlements.
    pub funder_id: Option<i64>,
    /// His first roles.
    pub role_ids: Vec<i64>,
}

impl From<NewUserBody> for RawUser {
    fn from(body: NewUserBody) -> Self {
        let NewUserBody {
            username,
            email,
            full_name,
            phone,
            password,
            branch_id,
            funder_id,
            role_ids,
        } = body;
        let details = RawDetails { username, email, full_name, phone, branch_id, funder_id };
        Self { details, password, role_ids }
    }
}

/// What is to change of a user: absent fields stay, `null` clears an optional one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChangeBody {
    /// 3 to 50 letters, digits, dots, dashes or underscores; case does not count.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    username: Option<String>,
    /// Unique.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    email: Option<String>,
    /// The person's name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    full_name: Option<String>,
    /// A way to reach him; kept as `+62…`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Change<String>,
    /// Ties him to a branch.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    branch_id: Change<i64>,
    /// Ties him to a funder.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    funder_id: Change<i64>,
    /// Switched-off users cannot sign in, and their sessions end.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
    /// All his roles, in place of those he holds.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    role_ids: Option<Vec<i64>>,
}

impl From<UserChangeBody> for UserChange {
    fn from(body: UserChangeBody) -> Self {
        let UserChangeBody {
            username,
            email,
            full_name,
            phone,
            branch_id,
            funder_id,
            is_active,
            role_ids,
        } = body;
        Self {
            username,
            email,
            full_name,
            phone: phone.into_option(),
            branch_id: branch_id.into_option(),
            funder_id: funder_id.into_option(),
            is_active,
            role_ids,
        }
    }
}

/// A new password for somebody else.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordBody {
    /// At least 8 characters, at most 72 bytes, and none that everybody tries first.
    #[schema(format = Password)]
    pub new_password: String,
}

/// A user's session.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct SessionBody {
    pub id: i64,
    /// Where it was opened from.
    pub ip_address: Option<String>,
    /// What the device calls itself.
    pub device_info: Option<String>,
    pub created_at: DateTime<Utc>,
    /// When it was refreshed last, at first when it was opened.
    pub last_used_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expired_at: DateTime<Utc>,
}

impl From<Session> for SessionBody {
    fn from(session: Session) -> Self {
        let Session {
            id,
            user_id: _,
            refresh: _,
            ip_address,
            device_info,
            created_at,
            last_used_at,
            expired_at,
            ended_at: _,
        } = session;
        Self {
            id: id.get(),
            ip_address: ip_address.map(|ip| ip.to_string()),
            device_info,
            created_at,
            last_used_at,
            expired_at,
        }
    }
}

/// A role to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignRoleBody {
    /// The role.
    pub role_id: i64,
}

/// A user with what he holds.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct UserBody {
    pub id: i64,
    pub username: String,
    pub email: String,
    pub full_name: String,
    pub phone: Option<String>,
    pub branch_id: Option<i64>,
    pub funder_id: Option<i64>,
    pub is_active: bool,
    pub roles: Vec<HeldRoleBody>,
    /// Codes that he holds through his active roles.
    pub permissions: Vec<String>,
    pub last_login_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A role that a user holds.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct HeldRoleBody {
    pub id: i64,
    pub role_name: String,
}

impl From<UserView> for UserBody {
    fn from(view: UserView) -> Self {
        let UserView { user, roles, permissions } = view;
        let User {
            id,
            details: UserDetails { username, email, full_name, phone, scope },
            is_active,
            authz_version: _,
            last_login_at,
            created_at,
            updated_at,
            version: _,
        } = user;
        Self {
            id: id.get(),
            username: Username::as_str(&username).to_owned(),
            email,
            full_name,
            phone: phone.map(|phone| PhoneNumber::as_str(&phone).to_owned()),
            branch_id: scope.branch().map(BranchId::get),
            funder_id: scope.funder().map(FunderId::get),
            is_active,
            roles: roles.into_iter().map(HeldRoleBody::from).collect(),
            permissions,
            last_login_at,
            created_at,
            updated_at,
        }
    }
}

impl From<RoleRef> for HeldRoleBody {
    fn from(RoleRef { id, name }: RoleRef) -> Self {
        Self { id: id.get(), role_name: name }
    }
}

/// Filters of the list of users.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    /// Active ones, or switched-off ones.
    is_active: Option<bool>,
    /// Holders of the role of this name.
    role: Option<String>,
    /// Part of the username or the full name.
    q: Option<String>,
    /// `username`, or `-created_at`; by default by id.
    #[param(inline)]
    sort: Option<UserOrder>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum UserOrder {
    #[serde(rename = "username")]
    Username,
    #[serde(rename = "-created_at")]
    CreatedAtDesc,
}

impl From<UserQuery> for UserFilter {
    fn from(UserQuery { is_active, role, q, sort }: UserQuery) -> Self {
        let sort = match sort {
            None => UserSort::Id,
            Some(UserOrder::Username) => UserSort::Username,
            Some(UserOrder::CreatedAtDesc) => UserSort::CreatedAtDesc,
        };
        Self { is_active, role, q, sort }
    }
}
