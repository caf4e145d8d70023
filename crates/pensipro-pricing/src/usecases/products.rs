//! Making, changing and reading products.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, Expected, Faults, Page, PageRequest, Permission,
    ProductId,
};

use crate::audit::details_view;
use crate::{
    LoanProduct, NominalRate, PricingError, ProductChange, ProductDetails, ProductDirectory,
    ProductFilter, ProductHistory, ProductPolicy, ProductRepository, RawProduct,
    interest_above_cap,
};

/// Makes a product. Interest above the cap needs `OVERRIDE_INTEREST_CAP` and a reason.
pub fn create_product<Tx>(
    tx: &mut Tx,
    by: &Actor,
    details: &ProductDetails,
    policy: &ProductPolicy,
) -> Result<LoanProduct, PricingError>
where
    Tx: ProductRepository + ProductDirectory + AuditLog + Authority,
{
    by.whole_house()?;
    check_funder(tx, details)?;
    refuse_taken_code(tx, details)?;
    let over = approve_interest(tx, by, details, policy)?;
    let product = tx.add_product(details, by.user_id).map_err(PricingError::from_save)?;
    let entry = AuditEntry::new("product.create", "loan_products", product.id.get());
    tx.audit(by, entry.is(details_view(details)))?;
    audit_override(tx, by, &product, over, policy)?;
    Ok(product)
}

/// Changes what is stated of a product; existing applications and loans keep their terms. The cap is
/// tested again where the rate could have changed.
pub fn update_product<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ProductId,
    change: RawProduct,
    expected: Expected,
    policy: &ProductPolicy,
) -> Result<LoanProduct, PricingError>
where
    Tx: ProductRepository + ProductDirectory + AuditLog + Authority,
{
    by.whole_house()?;
    let mut product = tx.lock_product(id)?;
    expected.check("product", product.version)?;
    let details = change.over(product.details.clone())?;
    let before = std::mem::replace(&mut product.details, details);
    if before == product.details {
        return Ok(product);
    }
    if before.funder_id != product.details.funder_id {
        check_funder(tx, &product.details)?;
    }
    if before.code != product.details.code {
        refuse_taken_code(tx, &product.details)?;
    }
    let over = if costs_the_same(&before, &product.details) {
        None
    } else {
        approve_interest(tx, by, &product.details, policy)?
    };
    product.version = tx.save_product(&product).map_err(PricingError::from_save)?;
    let entry = AuditEntry::new("product.update", "loan_products", id.get());
    tx.audit(by, entry.was(details_view(&before)).is(details_view(&product.details)))?;
    audit_override(tx, by, &product, over, policy)?;
    Ok(tx.product(id)?)
}

/// A product with its live fees and rules.
pub fn get_product<Tx: ProductRepository>(
    tx: &mut Tx,
    id: ProductId,
) -> Result<LoanProduct, PricingError> {
    Ok(tx.product(id)?)
}

/// A page of products.
pub fn list_products<Tx: ProductRepository>(
    tx: &mut Tx,
    filter: &ProductFilter,
    page: &PageRequest,
) -> Result<Page<LoanProduct>, PricingError> {
    Ok(tx.products(filter, page)?)
}

/// A page of what was changed of a product, the latest first.
pub fn product_history<Tx: ProductRepository + ProductHistory>(
    tx: &mut Tx,
    id: ProductId,
    page: &PageRequest,
) -> Result<Page<ProductChange>, PricingError> {
    tx.product(id)?;
    Ok(tx.product_changes(id, page)?)
}

/// The funder that the product is locked to exists.
fn check_funder<Tx: ProductDirectory>(
    tx: &mut Tx,
    details: &ProductDetails,
) -> Result<(), PricingError> {
    let known = match details.funder_id {
        Some(funder) => tx.funder_exists(funder)?,
        None => true,
    };
    let mut faults = Faults::new();
    faults.require(known, "funder_id", "unknown", "is no funder");
    Ok(faults.finish(Some(()))?)
}

fn refuse_taken_code<Tx: ProductDirectory>(
    tx: &mut Tx,
    details: &ProductDetails,
) -> Result<(), PricingError> {
    match tx.product_with_code(&details.code)? {
        None => Ok(()),
        existing => Err(PricingError::DuplicateCode { existing }),
    }
}

fn costs_the_same(before: &ProductDetails, after: &ProductDetails) -> bool {
    let tenors = |details: &ProductDetails| (details.limits.tenor_min, details.limits.tenor_max);
    before.rules == after.rules && tenors(before) == tenors(after)
}

/// The rate above the cap, if it is above it and may be; the right is proved once more.
fn approve_interest<Tx: Authority>(
    tx: &mut Tx,
    by: &Actor,
    details: &ProductDetails,
    policy: &ProductPolicy,
) -> Result<Option<NominalRate>, PricingError> {
    let over = interest_above_cap(details, by, policy)?;
    if over.is_some() {
        tx.recheck(by, Permission::OverrideInterestCap)?;
    }
    Ok(over)
}

fn audit_override<Tx: AuditLog>(
    tx: &mut Tx,
    by: &Actor,
    product: &LoanProduct,
    over: Option<NominalRate>,
    policy: &ProductPolicy,
) -> Result<(), PricingError> {
    if let Some(over) = over {
        let entry =
            AuditEntry::new("product.override_interest_cap", "loan_products", product.id.get());
        let view = crate::audit::override_view(&over, product, policy);
        tx.audit(by, entry.is(view))?;
    }
    Ok(())
}
