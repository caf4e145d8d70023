//! What this module needs from storage.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    FeeId, FunderId, Page, PageRequest, PenaltyRuleId, ProductId, StorageError, UserId, Version,
};

use crate::{
    FeeTerms, LoanFee, LoanProduct, PenaltyRule, PenaltyTerms, ProductChange, ProductDetails,
};

/// Which products, and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductFilter {
    /// Only those in use, or only those switched off.
    pub is_active: Option<bool>,
    /// Only those locked to this funder.
    pub funder_id: Option<FunderId>,
    /// Only those whose name holds this text.
    pub q: Option<String>,
    /// The order.
    pub sort: ProductSort,
}

/// The orders of a list of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProductSort {
    /// As they were made.
    #[default]
    Id,
    /// By name.
    Name,
    /// By code.
    Code,
    /// The latest first.
    CreatedAtDescending,
}

/// Products, their fees and penalty rules.
pub trait ProductRepository {
    /// A product with its live fees and rules.
    fn product(&mut self, id: ProductId) -> Result<LoanProduct, StorageError>;

    /// The same, locked until the transaction ends.
    fn lock_product(&mut self, id: ProductId) -> Result<LoanProduct, StorageError>;

    /// A page of products with their live fees and rules (two further queries, not two a row).
    fn products(
        &mut self,
        filter: &ProductFilter,
        page: &PageRequest,
    ) -> Result<Page<LoanProduct>, StorageError>;

    /// Adds a product without fees and rules; the code is unique (`loan_products_code_key`).
    fn add_product(
        &mut self,
        details: &ProductDetails,
        by: Option<UserId>,
    ) -> Result<LoanProduct, StorageError>;

    /// Stores the details if the version still stands, and gives the new one. Fees and rules are not
    /// touched.
    fn save_product(&mut self, product: &LoanProduct) -> Result<Version, StorageError>;

    /// Adds a fee.
    fn add_fee(
        &mut self,
        product: ProductId,
        terms: &FeeTerms,
        by: Option<UserId>,
    ) -> Result<LoanFee, StorageError>;

    /// Ends a fee; the row stays.
    fn end_fee(&mut self, id: FeeId, at: DateTime<Utc>) -> Result<(), StorageError>;

    /// Adds a penalty rule.
    fn add_penalty_rule(
        &mut self,
        product: ProductId,
        terms: &PenaltyTerms,
        by: Option<UserId>,
    ) -> Result<PenaltyRule, StorageError>;

    /// Ends a penalty rule; the row stays.
    fn end_penalty_rule(
        &mut self,
        id: PenaltyRuleId,
        at: DateTime<Utc>,
    ) -> Result<(), StorageError>;
}

/// What a product's fields are checked against.
pub trait ProductDirectory {
    /// The product with this code.
    fn product_with_code(&mut self, code: &str) -> Result<Option<ProductId>, StorageError>;

    /// True if there is such a funder.
    fn funder_exists(&mut self, funder: FunderId) -> Result<bool, StorageError>;
}

/// What was changed of products.
pub trait ProductHistory {
    /// A page of the changes of a product, its fees and its penalty rules, the latest first.
    fn product_changes(
        &mut self,
        product: ProductId,
        page: &PageRequest,
    ) -> Result<Page<ProductChange>, StorageError>;
}
