//! The list of products.

use pensipro_kernel::{Faults, FunderId, optional_text};
use pensipro_pricing::{ProductFilter, ProductSort};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Filters of the list of products.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ProductQuery {
    /// Those in use, or those switched off.
    is_active: Option<bool>,
    /// Locked to this funder.
    funder_id: Option<i64>,
    /// Part of the name.
    q: Option<String>,
    /// `name`, `code` or `-created_at`; by default as they were made.
    #[param(inline)]
    sort: Option<ProductOrder>,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum ProductOrder {
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "code")]
    Code,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
}

impl TryFrom<ProductQuery> for ProductFilter {
    type Error = Faults;

    fn try_from(query: ProductQuery) -> Result<Self, Faults> {
        let ProductQuery { is_active, funder_id, q, sort } = query;
        let mut faults = Faults::new();
        let q = faults.take(optional_text("q", q.as_deref(), 100));
        let sort = match sort {
            None => ProductSort::Id,
            Some(ProductOrder::Name) => ProductSort::Name,
            Some(ProductOrder::Code) => ProductSort::Code,
            Some(ProductOrder::CreatedAtDescending) => ProductSort::CreatedAtDescending,
        };
        let funder_id = funder_id.map(FunderId::new);
        faults.finish(q.map(|q| Self { is_active, funder_id, q, sort }))
    }
}
