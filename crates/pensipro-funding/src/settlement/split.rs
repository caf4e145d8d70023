//! Splitting an amount over those who hold it, to the sen.

use pensipro_kernel::Money;

/// Splits an amount by weights, by largest remainder: everyone gets the whole sen of his part, and the sen
/// that are left go to the largest fractions, of two alike to the earlier. The parts always add up to the
/// amount; one below zero is split as the same above it. Where all weights are zero, the last takes all.
pub(super) fn split(amount: Money, weights: &[Money]) -> Vec<Money> {
    let whole: i128 = weights.iter().map(|weight| i128::from(weight.sen())).sum();
    let sen = i128::from(amount.sen());
    let mut parts: Vec<(i128, i128)> = weights
        .iter()
        .map(|weight| {
            let product = sen.abs().saturating_mul(weight.sen().into());
            let part = product.checked_div(whole).unwrap_or_default();
            (part, product.checked_rem(whole).unwrap_or_default())
        })
        .collect();
    let given: i128 = parts.iter().map(|(part, _)| part).sum();
    let left = usize::try_from(sen.abs() - given).unwrap_or_default();
    if whole == 0 {
        parts.last_mut().into_iter().for_each(|(part, _)| *part = sen.abs());
    } else {
        let mut by_fraction: Vec<&mut (i128, i128)> = parts.iter_mut().collect();
        by_fraction.sort_by_key(|(_, fraction)| -fraction);
        by_fraction.into_iter().take(left).for_each(|(part, _)| *part += 1);
    }
    let signed = |part: i128| Money::from_wide(part * sen.signum()).unwrap_or_default();
    parts.into_iter().map(|(part, _)| signed(part)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sen(amounts: &[i64]) -> Vec<Money> {
        amounts.iter().copied().map(Money::from_sen).collect()
    }

    #[test]
    fn the_sen_left_go_to_the_largest_fractions() {
        let of = |amount, weights: &[i64]| split(Money::from_sen(amount), &sen(weights));
        assert_eq!(of(100, &[1, 1, 1]), sen(&[34, 33, 33]));
        assert_eq!(of(101, &[70, 20, 10]), sen(&[71, 20, 10]));
        assert_eq!(of(-100, &[1, 1, 1]), sen(&[-34, -33, -33]));
        assert_eq!(of(5, &[0, 0]), sen(&[0, 5]));
        assert_eq!(of(0, &[3, 4]), sen(&[0, 0]));
    }

    proptest! {
        #[test]
        fn parts_add_up_and_are_within_a_sen_of_the_share(
            amount in -1_000_000_000_000_i64..1_000_000_000_000,
            weights in prop::collection::vec(0_i64..1_000_000_000_000, 1..6),
        ) {
            let parts = split(Money::from_sen(amount), &sen(&weights));
            prop_assert_eq!(parts.iter().map(|part| part.sen()).sum::<i64>(), amount);
            let whole: i128 = weights.iter().copied().map(i128::from).sum();
            for (part, weight) in parts.iter().zip(&weights).filter(|_| whole > 0) {
                let exact = i128::from(amount) * i128::from(*weight);
                let off = (i128::from(part.sen()) * whole - exact).abs();
                prop_assert!(off < whole, "{part} of {amount} by {weight} in {whole}");
            }
        }
    }
}
