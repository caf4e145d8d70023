//! Roots of monotone functions.

use bigdecimal::{BigDecimal, Signed, Zero};

use super::{bounded, product, quotient, whole};

/// Steps after which a search gives up; a bracket shrinks to its tolerance long before.
const MAX_STEPS: u32 = 300;

/// Where a continuous function crosses zero between two points, to 25 decimals; `None` where it has
/// one sign at both. Regula falsi with the Illinois rule: the end that stays counts half.
pub(crate) fn root(
    function: impl Fn(&BigDecimal) -> BigDecimal,
    mut from: BigDecimal,
    mut to: BigDecimal,
) -> Option<BigDecimal> {
    let tolerance = BigDecimal::new(1.into(), 25);
    let half = BigDecimal::new(5.into(), 1);
    let (mut at_from, mut at_to) = (function(&from), function(&to));
    if at_from.is_zero() {
        return Some(from);
    }
    if at_to.is_zero() {
        return Some(to);
    }
    if at_from.is_negative() == at_to.is_negative() {
        return None;
    }
    for _ in 0..MAX_STEPS {
        let width = &to - &from;
        if width.abs() <= tolerance {
            return Some(to);
        }
        let step = quotient(&product(&at_to, &width), &bounded(&at_to - &at_from));
        // At least the tolerance, so that a root beside this end is enclosed, not crept up to.
        let least = if width.is_negative() { -&tolerance } else { tolerance.clone() };
        let next = bounded(&to - if step.abs() < tolerance { &least } else { &step });
        let at_next = function(&next);
        if at_next.is_zero() {
            return Some(next);
        }
        if at_next.is_negative() == at_to.is_negative() {
            at_from = product(&at_from, &half);
        } else {
            (from, at_from) = (to, at_to);
        }
        (to, at_to) = (next, at_next);
    }
    None
}

/// The same from zero outwards, where the far end is not known: it is doubled until the sign turns, up
/// to `limit` away.
pub(super) fn root_beyond_zero(
    function: impl Fn(&BigDecimal) -> BigDecimal,
    first: BigDecimal,
    limit: &BigDecimal,
) -> Option<BigDecimal> {
    let (mut from, mut to) = (BigDecimal::zero(), first);
    let sign = function(&from).is_negative();
    while function(&to).is_negative() == sign {
        if to.abs() > *limit {
            return None;
        }
        let doubled = &to * whole(2);
        (from, to) = (to, doubled);
    }
    root(function, from, to)
}
