//! Branches.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Faults, optional_text};
use pensipro_sales::{Branch, BranchDetails, BranchFilter, PeopleSort, RawBranch, RawBranchChange};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::bodies::change::{Change, given};

/// A branch to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBranchBody {
    /// Short code; no two branches share one.
    #[schema(value_type = String, example = "JKT")]
    code: Option<String>,
    /// Name.
    #[schema(value_type = String, example = "Cabang Jakarta")]
    name: Option<String>,
    /// Where it is, on one line.
    address: Option<String>,
}

impl From<NewBranchBody> for RawBranch {
    fn from(body: NewBranchBody) -> Self {
        let NewBranchBody { code, name, address } = body;
        Self { code, name, address }
    }
}

/// What is to change of a branch.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BranchChangeBody {
    /// Short code.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// Where it is.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    address: Change<String>,
    /// `false` switches it off: it takes no new sales people and members.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
}

impl From<BranchChangeBody> for RawBranchChange {
    fn from(body: BranchChangeBody) -> Self {
        let BranchChangeBody { code, name, address, is_active } = body;
        Self { code, name, address: address.into_option(), is_active }
    }
}

/// A branch.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct BranchBody {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub address: Option<String>,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Branch> for BranchBody {
    fn from(branch: Branch) -> Self {
        let Branch { id, details, version: _, created_at, updated_at } = branch;
        let BranchDetails { code, name, address, is_active } = details;
        Self { id: id.get(), code, name, address, is_active, created_at, updated_at }
    }
}

/// Filters of the list of branches.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct BranchQuery {
    /// Those in use, or those switched off.
    is_active: Option<bool>,
    /// Part of the name.
    q: Option<String>,
    /// `code` (if absent), `name` or `-created_at`.
    #[param(value_type = Option<String>)]
    sort: Option<PeopleSort>,
}

impl TryFrom<BranchQuery> for BranchFilter {
    type Error = Faults;

    fn try_from(query: BranchQuery) -> Result<Self, Faults> {
        let BranchQuery { is_active, q, sort } = query;
        let mut faults = Faults::new();
        let q = faults.take(optional_text("q", q.as_deref(), 100));
        faults.finish(q.map(|q| Self { is_active, q, sort: sort.unwrap_or_default() }))
    }
}
