//! What is done with products. Each use case runs in the transaction it is given and writes its audit
//! entry there. Products are the whole house's: who is tied to a part of it changes none.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, Expected, Faults, Moment, Page, PageRequest,
    Permission, ProductId,
};

use crate::audit::{details_view, fee_view, penalty_view};
use crate::{
    FeeTerms, FirstDuePolicy, LoanFee, LoanProduct, NominalRate, PenaltyRule, PenaltyTerms,
    PricingError, ProductDetails, ProductDirectory, ProductFilter, ProductPolicy,
    ProductRepository, RawProduct, Simulation, SimulationRequest, interest_above_cap, simulate,
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

/// Adds a fee; the live one of its kind ends.
pub fn add_fee<Tx>(
    tx: &mut Tx,
    by: &Actor,
    product: ProductId,
    terms: &FeeTerms,
    at: Moment,
) -> Result<LoanFee, PricingError>
where
    Tx: ProductRepository + AuditLog,
{
    by.whole_house()?;
    let product = tx.lock_product(product)?;
    let replaced = product.fees.iter().find(|fee| fee.terms.kind == terms.kind);
    if let Some(fee) = replaced {
        tx.end_fee(fee.id, at.now)?;
    }
    let fee = tx.add_fee(product.id, terms, by.user_id)?;
    tx.save_product(&product)?;
    let entry = AuditEntry::new("product.add_fee", "loan_fees", fee.id.get());
    let entry = match replaced {
        Some(old) => entry.was(fee_view(old)),
        None => entry,
    };
    tx.audit(by, entry.is(fee_view(&fee)))?;
    Ok(fee)
}

/// Adds a penalty rule; the live one of its kind ends.
pub fn add_penalty_rule<Tx>(
    tx: &mut Tx,
    by: &Actor,
    product: ProductId,
    terms: &PenaltyTerms,
    at: Moment,
) -> Result<PenaltyRule, PricingError>
where
    Tx: ProductRepository + AuditLog,
{
    by.whole_house()?;
    let product = tx.lock_product(product)?;
    let replaced = product.penalty_rules.iter().find(|rule| rule.terms.kind == terms.kind);
    if let Some(rule) = replaced {
        tx.end_penalty_rule(rule.id, at.now)?;
    }
    let rule = tx.add_penalty_rule(product.id, terms, by.user_id)?;
    tx.save_product(&product)?;
    let entry = AuditEntry::new("product.add_penalty_rule", "penalty_rules", rule.id.get());
    let entry = match replaced {
        Some(old) => entry.was(penalty_view(old)),
        None => entry,
    };
    tx.audit(by, entry.is(penalty_view(&rule)))?;
    Ok(rule)
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

/// Simulates a loan of a product that is in use.
pub fn simulate_product<Tx: ProductRepository>(
    tx: &mut Tx,
    id: ProductId,
    request: &SimulationRequest,
    policy: FirstDuePolicy,
) -> Result<Simulation, PricingError> {
    let product = tx.product(id)?;
    if !product.details.is_active {
        return Err(PricingError::ProductNotActive);
    }
    Ok(simulate(&product.terms()?, &product.details.limits, request, policy)?)
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
