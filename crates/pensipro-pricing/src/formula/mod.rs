//! The textbook formulas, unrounded, in exact decimals.
//!
//! Published tables are mostly unrounded inside and differ from any ledger by a few rupiah; what people
//! compare and what the law caps is computed here. Rates are fractions (`0.12` is 12 %). Every result
//! is held to [`DIGITS`] significant digits, so that nothing explodes.

mod flows;
mod loan;
mod solve;

pub use flows::{DatedFlow, FirstPeriod, actuarial_apr, yearly_rate};
pub use loan::ExactLoan;

use std::num::NonZeroU64;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive, Zero};
use pensipro_kernel::Rate;

pub(crate) use solve::root as rate_between;

use solve::root;

/// Significant digits that intermediate results keep.
pub const DIGITS: u64 = 40;

/// A whole number.
pub(crate) fn whole(number: impl Into<BigInt>) -> BigDecimal {
    BigDecimal::from(number.into())
}

/// The same number to [`DIGITS`] significant digits.
pub(crate) fn bounded(number: BigDecimal) -> BigDecimal {
    match NonZeroU64::new(DIGITS) {
        Some(digits) => number.with_precision_round(digits, RoundingMode::HalfEven),
        None => number,
    }
}

pub(crate) fn product(a: &BigDecimal, b: &BigDecimal) -> BigDecimal {
    bounded(a * b)
}

/// The divisor is not zero.
pub(crate) fn quotient(a: &BigDecimal, b: &BigDecimal) -> BigDecimal {
    bounded(a / b)
}

pub(crate) fn power(base: &BigDecimal, mut exponent: u32) -> BigDecimal {
    let (mut result, mut square) = (whole(1), base.clone());
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = product(&result, &square);
        }
        exponent >>= 1;
        if exponent > 0 {
            square = product(&square, &square);
        }
    }
    result
}

/// The monthly rate of a nominal yearly percentage: its twelfth.
pub fn monthly_rate(yearly: Rate) -> BigDecimal {
    quotient(&whole(yearly.units()), &whole(12_000_000))
}

/// A fraction as a percentage with four decimals, half away from zero; `None` past 64 bits.
pub fn percentage(fraction: &BigDecimal) -> Option<Rate> {
    let units = fraction * whole(Rate::UNITS_PER_WHOLE);
    units.with_scale_round(0, RoundingMode::HalfUp).to_i64().map(Rate::from_units)
}

/// What `months` payments of 1 are worth a month before the first: (1 − (1+i)^−n) / i.
pub fn annuity_factor(monthly: &BigDecimal, months: u32) -> BigDecimal {
    if monthly.is_zero() {
        return whole(months);
    }
    let discount = quotient(&whole(1), &(whole(1) + monthly));
    quotient(&(whole(1) - power(&discount, months)), monthly)
}

/// What level payments are worth a month before the first.
pub fn present_value(payment: &BigDecimal, monthly: &BigDecimal, months: u32) -> BigDecimal {
    product(payment, &annuity_factor(monthly, months))
}

/// The level payment of an annuity: P·i / (1 − (1+i)^−n). `None` for no months.
pub fn payment(principal: &BigDecimal, monthly: &BigDecimal, months: u32) -> Option<BigDecimal> {
    (months > 0).then(|| quotient(principal, &annuity_factor(monthly, months)))
}

/// The monthly rate at which level payments repay a principal; `None` if they add up to less than it.
pub fn rate_from_payment(
    principal: &BigDecimal,
    payment: &BigDecimal,
    months: u32,
) -> Option<BigDecimal> {
    if *principal <= BigDecimal::zero() || months == 0 {
        return None;
    }
    // A payment is above P·i, so that i lies below payment / principal.
    let above = quotient(payment, principal);
    root(|i| present_value(payment, i, months) - principal, BigDecimal::zero(), above)
}

/// The nominal yearly rate of an annuity that costs as much as a yearly flat rate: 12 times the monthly
/// rate of its payment.
pub fn flat_to_effective(flat: &BigDecimal, months: u32) -> Option<BigDecimal> {
    let monthly = quotient(flat, &whole(12));
    let payment = quotient(&whole(1), &whole(months.max(1))) + monthly;
    Some(rate_from_payment(&whole(1), &bounded(payment), months)? * whole(12))
}

/// The yearly flat rate that costs as much as an annuity at this nominal yearly rate.
pub fn effective_to_flat(effective: &BigDecimal, months: u32) -> Option<BigDecimal> {
    let payment = payment(&whole(1), &quotient(effective, &whole(12)), months)?;
    Some(bounded((payment - quotient(&whole(1), &whole(months))) * whole(12)))
}

#[cfg(test)]
mod tests;
