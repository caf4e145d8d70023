//! What was changed of a product.

use chrono::{DateTime, Utc};
use pensipro_kernel::UserId;
use pensipro_pricing::{FieldChange, ProductChange};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A change of a product, its fees or its penalty rules.
#[derive(Serialize, ToSchema)]
pub struct ProductChangeBody {
    /// The row of the audit trail.
    pub id: i64,
    /// When.
    pub changed_at: DateTime<Utc>,
    /// By whom; `null` for the system.
    pub changed_by: Option<i64>,
    /// His name.
    pub changed_by_name: Option<String>,
    /// What was done: `product.update`, `product.add_fee`, ….
    #[schema(example = "product.update")]
    pub action: String,
    /// The fields that changed, by name.
    pub changes: Vec<ProductFieldBody>,
}

/// What a field was and became.
#[derive(Serialize, ToSchema)]
pub struct ProductFieldBody {
    /// Its name, as the product's bodies have it.
    #[schema(example = "interest_rate")]
    pub field: String,
    /// `null` if it was not there.
    pub from: Option<Value>,
    /// `null` if it went.
    pub to: Option<Value>,
}

impl From<ProductChange> for ProductChangeBody {
    fn from(change: ProductChange) -> Self {
        let changes = change.fields().into_iter().map(ProductFieldBody::from).collect();
        let ProductChange {
            id,
            changed_at,
            changed_by,
            changed_by_name,
            action,
            before: _,
            after: _,
        } = change;
        let changed_by = changed_by.map(UserId::get);
        Self { id: id.get(), changed_at, changed_by, changed_by_name, action, changes }
    }
}

impl From<FieldChange> for ProductFieldBody {
    fn from(FieldChange { field, from, to }: FieldChange) -> Self {
        Self { field, from, to }
    }
}
