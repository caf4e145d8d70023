//! Sums inside the fold. A fold is total: it has no way to refuse. Amounts come bounded from input
//! (15 digits of rupiah), so a sum that reaches 64 bits of sen stops there instead of failing.

use pensipro_kernel::{Money, Rate, Rounding, div_round};

/// The sum, stopping at the end of 64 bits.
pub(crate) const fn plus(left: Money, right: Money) -> Money {
    Money::from_sen(left.sen().saturating_add(right.sen()))
}

/// The sum of all, stopping at the end of 64 bits.
pub(crate) fn total(amounts: impl IntoIterator<Item = Money>) -> Money {
    amounts.into_iter().fold(Money::ZERO, plus)
}

/// `units · rate`, rounded once, half away from zero. `units` are sen or sen-days.
pub(crate) fn share(units: i64, rate: Rate) -> Money {
    // Most products fit 64 bits, where a division by a constant costs next to nothing.
    let product = units.checked_mul(rate.units()).filter(|product| *product >= 0);
    match product.and_then(|product| product.checked_add(Rate::UNITS_PER_WHOLE / 2)) {
        Some(product) => Money::from_sen(product / Rate::UNITS_PER_WHOLE),
        None => fraction(units, rate.units(), Rate::UNITS_PER_WHOLE),
    }
}

/// `amount · numerator / denominator`, rounded once, half away from zero; nothing of nothing.
pub(crate) fn fraction(amount: i64, numerator: i64, denominator: i64) -> Money {
    let product = i128::from(amount).saturating_mul(i128::from(numerator));
    let quotient = div_round(product, i128::from(denominator), Rounding::HalfAwayFromZero);
    quotient.and_then(Money::from_wide).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_share_is_rounded_alike_in_64_bits_and_beyond(
            units in any::<i64>(), small in -10_000_000_i64..10_000_000, rate in 0..100_000_000_i64,
        ) {
            for units in [units, small] {
                let exact = fraction(units, rate, Rate::UNITS_PER_WHOLE);
                prop_assert_eq!(share(units, Rate::from_units(rate)), exact);
            }
        }
    }
}
