//! Filters of the list of applications.

use pensipro_kernel::{MemberId, ProductId, SalesId};
use pensipro_origination::{ApplicationFilter, ApplicationSort, ApplicationStatus, DeskName};
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
    /// What waits on this desk, for who may act there: `analyst`, `committee` (where the caller may
    /// decide) or `finance`.
    #[param(value_type = Option<String>)]
    pub desk: Option<DeskName>,
    /// Of the committee's desk: at this level, 1 to 9.
    pub level: Option<i64>,
    /// `created_at`, `-created_at` (if absent) or `waiting_since` (of a desk if absent): what waits,
    /// the longest first.
    #[param(value_type = Option<String>)]
    sort: Option<ApplicationSort>,
}

impl From<ApplicationQuery> for ApplicationFilter {
    fn from(query: ApplicationQuery) -> Self {
        let ApplicationQuery { status, member_id, sales_id, product_id, desk, level: _, sort } =
            query;
        let usual = match desk {
            Some(_) => ApplicationSort::WaitingSince,
            None => ApplicationSort::default(),
        };
        let sort = sort.unwrap_or(usual);
        Self { status, member_id, sales_id, product_id, sort, ..Self::default() }
    }
}
