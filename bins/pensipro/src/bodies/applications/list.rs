//! Filters of the list of applications.

use pensipro_kernel::{MemberId, ProductId, SalesId};
use pensipro_origination::{ApplicationFilter, ApplicationSort, ApplicationStatus};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filters and order of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ApplicationQuery {
    /// Of this status.
    #[param(value_type = Option<String>)]
    status: Option<ApplicationStatus>,
    /// Of this member.
    #[param(value_type = Option<i64>)]
    member_id: Option<MemberId>,
    /// Brought by this sales person.
    #[param(value_type = Option<i64>)]
    sales_id: Option<SalesId>,
    /// For this product.
    #[param(value_type = Option<i64>)]
    product_id: Option<ProductId>,
    /// `created_at` or `-created_at` (if absent).
    #[param(value_type = Option<String>)]
    sort: Option<ApplicationSort>,
}

impl From<ApplicationQuery> for ApplicationFilter {
    fn from(query: ApplicationQuery) -> Self {
        let ApplicationQuery { status, member_id, sales_id, product_id, sort } = query;
        Self { status, member_id, sales_id, product_id, sort: sort.unwrap_or_default() }
    }
}
