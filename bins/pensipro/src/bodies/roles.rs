//! Bodies of roles.

use chrono::{DateTime, Utc};
use pensipro_auth::{Role, RoleFilter, RoleSort};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A role.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct RoleBody {
    pub id: i64,
    pub role_name: String,
    pub description: Option<String>,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
}

impl From<Role> for RoleBody {
    fn from(Role { id, name, description, is_active, created_at }: Role) -> Self {
        Self { id: id.get(), role_name: name, description, is_active, created_at }
    }
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
