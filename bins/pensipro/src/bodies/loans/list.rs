//! Filters of the list of loans.

use pensipro_kernel::{BranchId, MemberId, ProductId, SalesId};
use pensipro_servicing::{LoanFilter, LoanSort, LoanStatus};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Filters and order of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LoanQuery {
    /// Of this status.
    #[param(value_type = Option<String>)]
    status: Option<LoanStatus>,
    /// Of this member.
    #[param(value_type = Option<i64>)]
    member_id: Option<MemberId>,
    /// Of this product.
    #[param(value_type = Option<i64>)]
    product_id: Option<ProductId>,
    /// Sold by this person.
    #[param(value_type = Option<i64>)]
    sales_id: Option<SalesId>,
    /// Of this branch.
    #[param(value_type = Option<i64>)]
    branch_id: Option<BranchId>,
    /// `created_at` (if absent), `-created_at`, or `-dpd`: the longest past due first.
    #[param(inline)]
    sort: Option<LoanOrder>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum LoanOrder {
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
    #[serde(rename = "-dpd")]
    DpdDescending,
}

impl From<LoanQuery> for LoanFilter {
    fn from(query: LoanQuery) -> Self {
        let LoanQuery { status, member_id, product_id, sales_id, branch_id, sort } = query;
        let sort = match sort {
            None | Some(LoanOrder::CreatedAt) => LoanSort::Id,
            Some(LoanOrder::CreatedAtDescending) => LoanSort::IdDescending,
            Some(LoanOrder::DpdDescending) => LoanSort::OldestUnpaidDue,
        };
        Self { status, member_id, product_id, sales_id, branch_id, sort }
    }
}
