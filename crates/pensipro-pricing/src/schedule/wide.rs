//! 128-bit fixed point on 64-bit words. A *fraction* here is a `u128` that stands for itself over
//! 2^128.

/// The lower word.
#[expect(clippy::as_conversions, reason = "takes the lower word, which is what it is for")]
pub(super) const fn low(value: u128) -> u64 {
    value as u64
}

/// The upper word.
pub(super) const fn high(value: u128) -> u64 {
    low(value >> 64)
}

fn wide(word: u64) -> u128 {
    word.into()
}

/// `a · b / 2^128`, rounded down: the product of two fractions.
pub(super) fn mul_fractions(a: u128, b: u128) -> u128 {
    let (a1, a0, b1, b0) = (wide(high(a)), wide(low(a)), wide(high(b)), wide(low(b)));
    let (cross, back) = (a1 * b0, a0 * b1);
    let middle = wide(high(a0 * b0)) + wide(low(cross)) + wide(low(back));
    a1 * b1 + wide(high(cross)) + wide(high(back)) + wide(high(middle))
}

/// `base^exponent` for a fraction and an exponent of at least 1.
pub(super) fn power(base: u128, exponent: u16) -> u128 {
    let mut result = base;
    for bit in (0..exponent.ilog2()).rev() {
        result = mul_fractions(result, result);
        if exponent >> bit & 1 == 1 {
            result = mul_fractions(result, base);
        }
    }
    result
}

/// `numerator / denominator` as a fraction, rounded down; the numerator is below the denominator.
pub(super) fn fraction(numerator: u64, denominator: u64) -> u128 {
    let first = wide(numerator) << 64;
    let rest = (first % wide(denominator)) << 64;
    ((first / wide(denominator)) << 64) | (rest / wide(denominator))
}

/// `value · numerator / denominator`, rounded down; the numerator is not above the denominator.
pub(super) fn scale(value: u128, numerator: u64, denominator: u64) -> u128 {
    let denominator = wide(denominator);
    let upper = wide(high(value)) * wide(numerator);
    let lower = wide(low(value)) * wide(numerator);
    let carried = (upper % denominator) << 64;
    let rest = lower + carried % denominator;
    ((upper / denominator) << 64) + carried / denominator + rest / denominator
}

/// `(upper · 2^128 + lower) / divisor`, rounded down; `upper` is below `divisor`, so the quotient
/// fits. Long division with words as digits (Knuth, TAOCP vol. 2, 4.3.1, algorithm D).
pub(super) fn divide(upper: u128, lower: u128, divisor: u128) -> u128 {
    let shift = divisor.leading_zeros();
    let divisor = divisor << shift;
    let spill = if shift == 0 { 0 } else { lower >> (128 - shift) };
    let (upper, lower) = (upper << shift | spill, lower << shift);
    let (first, rest) = digit(upper, high(lower), divisor);
    let (second, _) = digit(rest, low(lower), divisor);
    first << 64 | second
}

/// One digit of a long division by a divisor whose top bit is set, and what remains.
fn digit(rest: u128, next: u64, divisor: u128) -> (u128, u128) {
    let (top, bottom) = (wide(high(divisor)), wide(low(divisor)));
    let mut digit = (rest / top).min(u128::from(u64::MAX));
    let mut remainder = rest - digit * top;
    while remainder >> 64 == 0 && digit * bottom > (remainder << 64 | wide(next)) {
        digit -= 1;
        remainder += top;
    }
    let taken = digit.wrapping_mul(divisor);
    (digit, (rest << 64 | wide(next)).wrapping_sub(taken))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bigdecimal::num_bigint::BigUint;
    use proptest::prelude::*;

    fn big(value: u128) -> BigUint {
        BigUint::from(value)
    }

    #[test]
    fn powers_of_a_half() {
        for exponent in [1, 2, 3, 7, 64, 127] {
            assert_eq!(power(1 << 127, exponent), 1 << (128 - exponent), "{exponent}");
        }
    }

    proptest! {
        #[test]
        fn products_are_exact_but_for_the_floor(a: u128, b: u128) {
            prop_assert_eq!(big(mul_fractions(a, b)), (big(a) * big(b)) >> 128_u32);
        }

        #[test]
        fn quotients_are_exact_but_for_the_floor(
            upper: u128, lower: u128, divisor in 1_u128.., shift in 0_u32..128,
        ) {
            let divisor = (divisor >> shift).max(1);
            let upper = upper % divisor;
            let whole = (big(upper) << 128_u32) + big(lower);
            prop_assert_eq!(big(divide(upper, lower, divisor)), whole / big(divisor));
        }

        #[test]
        fn shares_are_exact_but_for_the_floor(value: u128, a: u64, b: u64) {
            let (a, b) = (a.min(b), a.max(b).max(1));
            prop_assert_eq!(big(scale(value, a, b)), big(value) * big(a.into()) / big(b.into()));
            if a < b {
                prop_assert_eq!(big(fraction(a, b)), (big(a.into()) << 128_u32) / big(b.into()));
            }
        }
    }
}
