//! What loans of a product would look like. Only a product that is offered today is simulated.

use chrono::NaiveDate;
use pensipro_kernel::{ProductId, Rate};

use crate::{
    Brochure, BrochureRequest, Capacity, Circumstances, Comparison, FirstDuePolicy, LoanProduct,
    PricingError, ProductRepository, Simulation, SimulationRequest, brochure, capacity, compare,
    simulate,
};

/// What was found, with the product that it was found for.
pub type Found<T> = Result<(T, LoanProduct), PricingError>;

/// Simulates a loan.
pub fn simulate_product<Tx: ProductRepository>(
    tx: &mut Tx,
    id: ProductId,
    request: &SimulationRequest,
    policy: FirstDuePolicy,
    today: NaiveDate,
) -> Found<Simulation> {
    let product = offered(tx, id, today)?;
    let found = simulate(&product.terms()?, &product.details.limits, request, policy)?;
    Ok((found, product))
}

/// Makes a table of plafons and tenors.
pub fn make_brochure<Tx: ProductRepository>(
    tx: &mut Tx,
    id: ProductId,
    request: BrochureRequest,
    policy: FirstDuePolicy,
    today: NaiveDate,
) -> Found<Brochure> {
    let product = offered(tx, id, today)?;
    let found = brochure(&product.terms()?, &product.details.limits, request, policy)?;
    Ok((found, product))
}

/// Finds the largest plafons that a pension carries.
pub fn largest_plafons<Tx: ProductRepository>(
    tx: &mut Tx,
    id: ProductId,
    (tenors, circumstances): (&[u16], &Circumstances),
    policy: FirstDuePolicy,
    today: NaiveDate,
) -> Found<Capacity> {
    let product = offered(tx, id, today)?;
    let limits = &product.details.limits;
    let found = capacity(&product.terms()?, limits, tenors, circumstances, policy)?;
    Ok((found, product))
}

/// Sets the methods beside one another.
pub fn compare_methods<Tx: ProductRepository>(
    tx: &mut Tx,
    id: ProductId,
    (interest_rate, request): (Option<Rate>, &SimulationRequest),
    policy: FirstDuePolicy,
    today: NaiveDate,
) -> Found<Comparison> {
    let product = offered(tx, id, today)?;
    let found = compare(&product.terms()?, interest_rate, request, policy)?;
    Ok((found, product))
}

fn offered<Tx: ProductRepository>(
    tx: &mut Tx,
    id: ProductId,
    today: NaiveDate,
) -> Result<LoanProduct, PricingError> {
    let product = tx.product(id)?;
    match product.details.is_offered_on(today) {
        true => Ok(product),
        false => Err(PricingError::ProductNotActive),
    }
}
