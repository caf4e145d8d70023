//! The instalment before it is rounded.

use pensipro_kernel::{Rounding, div_round};

use super::interest::{Interest, units};
use super::wide::{divide, fraction, high, power, scale};
use super::{InstalmentTerms, ScheduleRules};
use crate::codes::{InstalmentRounding, Method};

/// Binary places of a sen that an annuity is known to: 1.1e-13 sen, fifteen decimals of a rupiah.
const PLACES: u32 = 43;
/// Sen in 1/12,000,000 make a month of a rate exact.
const MONTH: u64 = 12_000_000;

/// An instalment (for [`Method::Efektif`] its principal) as a fraction of sen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exact {
    numerator: u128,
    denominator: u128,
    /// v^n in 2^-64, the share of the instalment that row 1 repays; 0 where it is not known.
    discount: u64,
}

impl Exact {
    pub(super) fn new(rules: &ScheduleRules, terms: InstalmentTerms, interest: &Interest) -> Self {
        let rate = units(rules.interest_rate);
        match rules.method {
            Method::Flat => Self::flat(terms, rate),
            Method::Anuitas if rate > 0 => match interest {
                Interest::Daily { .. } => Self::daily(terms, interest),
                _ => Self::annuity(terms, rate),
            },
            Method::Anuitas | Method::Efektif => Self::equal_principal(terms),
        }
    }

    /// P/n.
    fn equal_principal(terms: InstalmentTerms) -> Self {
        Self {
            numerator: terms.principal.into(),
            denominator: terms.rows().into(),
            discount: u64::MAX,
        }
    }

    /// P/n + P·r/12 as one fraction.
    fn flat(terms: InstalmentTerms, rate: u64) -> Self {
        let rows = u64::from(terms.rows());
        Self {
            numerator: u128::from(terms.principal) * u128::from(MONTH + rate * rows),
            denominator: u128::from(MONTH * rows),
            discount: 0,
        }
    }

    /// P·i / (1 − (1+i)^−n), with v = 1/(1+i) as a fraction over 2^128.
    fn annuity(terms: InstalmentTerms, rate: u64) -> Self {
        let discount = power(fraction(MONTH, MONTH + rate), terms.rows());
        let repaid = complement(discount);
        let product = u128::from(terms.principal) * u128::from(rate);
        // 40 binary places first, since the division by 12,000,000 comes after.
        let scaled = divide(product << 40, 0, repaid);
        Self {
            numerator: ((scaled << (PLACES - 40)) + u128::from(MONTH / 2)) / u128::from(MONTH),
            denominator: 1 << PLACES,
            discount: high(discount),
        }
    }

    /// P / Σ ∏ 1/(1+f), f each row's own share: the sum is built from the last row backwards, in 2^-118.
    fn daily(terms: InstalmentTerms, interest: &Interest) -> Self {
        const ONE: u128 = 1 << 118;
        const GUARD: u32 = 7;
        let factor = (terms.grace..terms.tenor).rev().fold(0, |sum: u128, earlier| {
            let share = interest.share(earlier + 1);
            scale(ONE + sum, share.denominator, share.denominator + share.numerator)
        });
        let principal = u128::from(terms.principal) << (PLACES + GUARD);
        let quotient = divide(principal >> 10, principal << 118, factor);
        Self {
            numerator: (quotient + (1 << (GUARD - 1))) >> GUARD,
            denominator: 1 << PLACES,
            discount: 0,
        }
    }

    /// Rounded down to the sen.
    pub(super) fn whole_sen(self) -> u64 {
        u64::try_from(self.numerator / self.denominator).unwrap_or(u64::MAX)
    }

    /// What row 1 repays of such an instalment, rounded down; 0 where it is not known.
    pub(super) fn first_principal(self, instalment: u64) -> u64 {
        high(u128::from(instalment) * u128::from(self.discount))
    }

    /// A multiple of `unit` sen. `None` past 64 bits.
    pub(super) fn rounded(self, unit: u64, rounding: Rounding) -> Option<u64> {
        let divisor = self.denominator.checked_mul(unit.into())?;
        let (numerator, divisor) = (self.numerator.try_into().ok()?, divisor.try_into().ok()?);
        u64::try_from(div_round(numerator, divisor, rounding)?).ok()?.checked_mul(unit)
    }
}

/// One minus a fraction; one itself, which does not fit, is the largest fraction.
fn complement(fraction: u128) -> u128 {
    if fraction == 0 { u128::MAX } else { fraction.wrapping_neg() }
}

/// How the method rounds its instalment.
pub(super) fn rounding(rules: &ScheduleRules) -> Rounding {
    match (rules.method, rules.rounding) {
        (Method::Efektif, _) | (_, InstalmentRounding::Nearest) => Rounding::HalfAwayFromZero,
        (_, InstalmentRounding::Up) => Rounding::Up,
        (_, InstalmentRounding::HalfEven) => Rounding::HalfEven,
    }
}
