//! The terms that an application is entered on.

use pensipro_kernel::{Actor, AuthorityError, Faults, Permission, Rate};
use pensipro_pricing::{Limits, LoanProduct, Terms, worst_tenor};

use crate::{OriginationError, TermWishes};

/// The ceiling of interest a year (`INTEREST_CAP`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CapPolicy {
    /// Of the nominal effective rate.
    pub interest_cap: Rate,
}

impl Default for CapPolicy {
    /// 24 %, the law's ceiling for cooperatives (Permenkop 8/2023).
    fn default() -> Self {
        Self { interest_cap: Rate::percent(24) }
    }
}

/// The terms of an application: those that `stand`, else the product's, with the wishes in their
/// place. Terms that are neither the product's nor those that stand need `EDIT_PRODUCT`, and a rate
/// of its own stays within the cap at every tenor of the product.
pub(crate) fn agreed_terms(
    product: &LoanProduct,
    stand: Option<&Terms>,
    wishes: TermWishes,
    policy: CapPolicy,
    by: &Actor,
) -> Result<Terms, OriginationError> {
    let offered = product.terms()?;
    let mut terms = stand.unwrap_or(&offered).clone();
    if let Some(rate) = wishes.interest_rate {
        terms = terms.at_rate(rate)?;
    }
    if let Some(fees) = wishes.fees {
        terms = terms.with_fees(fees)?;
    }
    if terms == offered || Some(&terms) == stand {
        return Ok(terms);
    }
    if !by.may(Permission::EditProduct) {
        return Err(AuthorityError::Denied(Permission::EditProduct).into());
    }
    let known = [Some(&offered), stand];
    if known.into_iter().flatten().all(|known| known.rules != terms.rules) {
        within_cap(&terms, &product.details.limits, policy)?;
    }
    Ok(terms)
}

fn within_cap(terms: &Terms, limits: &Limits, policy: CapPolicy) -> Result<(), Faults> {
    let cap = policy.interest_cap;
    let worst = worst_tenor(&terms.rules, limits.tenor_min..=limits.tenor_max);
    let mut faults = Faults::new();
    if let Some(worst) = worst.filter(|worst| worst.exceeds(cap)) {
        let rate = worst.percentage().map_or_else(String::new, |rate| format!("{rate} "));
        let message =
            format!("comes to {rate}percent a year at {} months; the cap is {cap}", worst.tenor);
        faults.add("interest_rate", "interest_cap_exceeded", message);
    }
    faults.finish(Some(()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{actor, product};
    use pensipro_kernel::{DomainError, Money};
    use pensipro_pricing::{Collection, FeeBasis, FeeKind, FeeParts, FeeTerms};
    use std::sync::Arc;

    fn sales() -> Actor {
        Actor { permissions: Arc::from([Permission::CreateApplication]), ..actor(1, &["SALES"]) }
    }

    fn rate(percent: i32) -> TermWishes {
        TermWishes { interest_rate: Some(Rate::percent(percent)), fees: None }
    }

    fn agreed(
        stand: Option<&Terms>,
        wishes: TermWishes,
        by: &Actor,
    ) -> Result<Terms, &'static str> {
        agreed_terms(&product(), stand, wishes, CapPolicy::default(), by)
            .map_err(|error| error.kind().code)
    }

    #[test]
    fn the_product_s_own_terms_are_anybody_s() {
        let offered = product().terms().unwrap();
        assert_eq!(agreed(None, TermWishes::default(), &sales()), Ok(offered.clone()));
        assert_eq!(agreed(None, rate(12), &sales()), Ok(offered));
    }

    #[test]
    fn other_terms_need_the_right_and_stay_granted() {
        assert_eq!(agreed(None, rate(10), &sales()), Err("permission_denied"));
        let granted = agreed(None, rate(10), &actor(9, &[])).unwrap();
        assert_eq!(granted.rules.interest_rate, Rate::percent(10));
        assert_eq!(agreed(Some(&granted), rate(10), &sales()), Ok(granted.clone()));
        let basis = FeeBasis::Fixed(Money::from_sen(1));
        let parts = FeeParts { kind: FeeKind::Admin, basis, collection: Collection::Upfront };
        let fees = Some(vec![FeeTerms::new(parts).unwrap()]);
        let wishes = TermWishes { interest_rate: None, fees };
        assert_eq!(agreed(Some(&granted), wishes.clone(), &sales()), Err("permission_denied"));
        assert!(agreed(Some(&granted), wishes, &actor(9, &[])).is_ok());
    }

    #[test]
    fn a_rate_of_its_own_stays_within_the_cap() {
        assert!(agreed(None, rate(24), &actor(9, &[])).is_ok());
        assert_eq!(agreed(None, rate(25), &actor(9, &[])), Err("validation_failed"));
    }
}
