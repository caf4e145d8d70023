//! Bodies of roles and permissions.

use chrono::{DateTime, Utc};
use pensipro_auth::{Role, RoleChange, RoleFilter, RoleSort, RoleView, StoredPermission};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::bodies::change::{Change, given};

/// A role to be added.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewRoleBody {
    /// Unique, whatever its case.
    #[schema(required, example = "Compliance Officer")]
    pub role_name: String,
    /// What it is for.
    pub description: Option<String>,
}

/// What is to change of a role: absent fields stay, `null` clears an optional one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChangeBody {
    /// Another name; those of the first start keep theirs.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    role_name: Option<String>,
    /// What it is for.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Change<String>,
    /// On, or off; those of the first start stay on.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
}

impl From<RoleChangeBody> for RoleChange {
    fn from(body: RoleChangeBody) -> Self {
        let RoleChangeBody { role_name, description, is_active } = body;
        Self { name: role_name, description: description.into_option(), is_active }
    }
}

/// A role.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct RoleBody {
    pub id: i64,
    pub role_name: String,
    pub description: Option<String>,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        let Role { id, name, description, is_active, created_at, updated_at, version: _ } = role;
        Self { id: id.get(), role_name: name, description, is_active, created_at, updated_at }
    }
}

/// A role with what it holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleDetailBody {
    /// The role.
    #[serde(flatten)]
    pub role: RoleBody,
    /// What it holds, by code.
    pub permissions: Vec<HeldPermissionBody>,
}

/// A permission that a role holds.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct HeldPermissionBody {
    pub id: i64,
    pub permission_code: String,
}

impl From<RoleView> for RoleDetailBody {
    fn from(RoleView { role, permissions }: RoleView) -> Self {
        let held = |StoredPermission { id, code, description: _ }| HeldPermissionBody {
            id: id.get(),
            permission_code: code,
        };
        Self { role: role.into(), permissions: permissions.into_iter().map(held).collect() }
    }
}

/// A permission to be added.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewPermissionBody {
    /// Unique: 2 to 50 capital letters, digits and underscores.
    #[schema(required, example = "PRINT_CARD")]
    pub permission_code: String,
    /// What it allows.
    pub description: Option<String>,
}

/// A permission.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct PermissionBody {
    pub id: i64,
    pub permission_code: String,
    pub description: Option<String>,
}

impl From<StoredPermission> for PermissionBody {
    fn from(StoredPermission { id, code, description }: StoredPermission) -> Self {
        Self { id: id.get(), permission_code: code, description }
    }
}

/// A permission to be given.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantPermissionBody {
    /// The permission.
    pub permission_id: i64,
}

/// Filters of the list of roles.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RoleQuery {
    /// Active ones, or switched-off ones.
    is_active: Option<bool>,
    /// `role_name`; by default by id.
    #[param(inline)]
    sort: Option<RoleOrder>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum RoleOrder {
    #[serde(rename = "role_name")]
    Name,
}

impl From<RoleQuery> for RoleFilter {
    fn from(RoleQuery { is_active, sort }: RoleQuery) -> Self {
        Self { is_active, sort: sort.map_or(RoleSort::Id, |RoleOrder::Name| RoleSort::Name) }
    }
}
