//! The interest of a row.

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::{Money, Rate};

use super::wide::{high, low};
use super::{DueDates, ScheduleRules};
use crate::codes::{DayCount, Method};

/// A share of an amount, as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) numerator: u64,
    /// Even, so that its half is exact.
    pub(super) denominator: u64,
}

/// Where the interest of a row comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Interest {
    /// The same amount each row.
    Constant(u64),
    /// A twelfth of the yearly rate, by one multiplication.
    Reciprocal(Reciprocal),
    /// A twelfth of the yearly rate, by 128-bit division: for amounts beyond [`Reciprocal`].
    Monthly { share: Share, unit: u64 },
    /// The days of the row's own period.
    Daily { rate: u64, day_count: DayCount, dates: DueDates, unit: u64 },
}

/// `round(balance · share / unit) · unit` as a multiplication by a scaled reciprocal.
///
/// With `multiplier = ⌈share / unit · 2^k⌉` the product exceeds the exact one by less than
/// `balance / 2^k`. That never carries it over the next integer while `2^k ≥ 2 · balance · d`, d being
/// the denominator of share / unit (Granlund and Montgomery, Division by Invariant Integers, 1994).
#[derive(Debug, Clone, Copy)]
pub(super) struct Reciprocal {
    multiplier: u64,
    /// A half, in units of 2^(64 − k).
    half: u64,
    /// k − 64.
    shift: u32,
    unit: u64,
}

impl Share {
    /// Half away from zero to a multiple of `unit`, all in sen.
    pub(super) fn of(self, amount: u64, unit: u64) -> Option<u64> {
        let divisor = u128::from(self.denominator) * u128::from(unit);
        let product = u128::from(amount).checked_mul(self.numerator.into())?;
        let quotient = product.checked_add(divisor / 2)? / divisor;
        u64::try_from(quotient).ok()?.checked_mul(unit)
    }

    /// A month of a yearly rate.
    fn month(rate: u64) -> Self {
        Self { numerator: rate, denominator: 12_000_000 }
    }

    /// The days after `from` through `to` of a yearly rate.
    fn days(rate: u64, day_count: DayCount, from: NaiveDate, to: NaiveDate) -> Self {
        let (days, year) = day_count.year_share(from, to);
        Self { numerator: rate.saturating_mul(days), denominator: year * 1_000_000 }
    }
}

impl Reciprocal {
    fn new(share: Share, unit: u64, largest: u64) -> Option<Self> {
        let divisor = share.denominator.checked_mul(unit)?;
        let common = common_divisor(share.numerator, divisor);
        let (numerator, divisor) = (share.numerator / common, divisor / common);
        let exponent = 63 + divisor.checked_div(numerator)?.checked_ilog2()?;
        let multiplier = (u128::from(numerator) << exponent).div_ceil(divisor.into());
        let exact = u128::from(largest).checked_mul(u128::from(divisor) * 2)? <= 1 << exponent;
        (exact && exponent > 64).then(|| Self {
            multiplier: low(multiplier),
            half: 1 << (exponent - 65),
            shift: exponent - 64,
            unit,
        })
    }

    #[inline]
    fn of(self, amount: u64) -> u64 {
        let product = high(u128::from(amount) * u128::from(self.multiplier));
        ((product + self.half) >> self.shift) * self.unit
    }
}

fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

impl Interest {
    /// The source of a schedule's interest; `None` if an amount would not fit.
    pub(super) fn new(rules: &ScheduleRules, dates: DueDates, principal: u64) -> Option<Self> {
        let unit = rules.interest_unit.money().sen().unsigned_abs();
        let rate = rules.interest_rate.units().unsigned_abs();
        let share = Share::month(rate);
        Some(match (rules.method, rules.day_count) {
            (Method::Flat, _) => Self::Constant(share.of(principal, unit)?),
            (_, DayCount::Thirty360) => match Reciprocal::new(share, unit, principal) {
                Some(reciprocal) => Self::Reciprocal(reciprocal),
                None => Self::Monthly { share, unit },
            },
            (_, day_count) => Self::Daily { rate, day_count, dates, unit },
        })
    }

    /// The interest of row `no` on a balance.
    #[inline]
    pub(super) fn of(&self, balance: u64, no: u16) -> u64 {
        match self {
            Self::Reciprocal(reciprocal) => reciprocal.of(balance),
            Self::Constant(interest) => *interest,
            Self::Monthly { .. } | Self::Daily { .. } => self.divided(balance, no),
        }
    }

    #[inline(never)]
    fn divided(&self, balance: u64, no: u16) -> u64 {
        // A month's interest is at most the balance: it fits.
        self.share(no).of(balance, self.unit()).unwrap_or(u64::MAX)
    }

    /// What interest is a multiple of, in sen.
    pub(super) fn unit(&self) -> u64 {
        match self {
            Self::Monthly { unit, .. } | Self::Daily { unit, .. } => *unit,
            Self::Reciprocal(reciprocal) => reciprocal.unit,
            Self::Constant(_) => 1,
        }
    }

    /// What share of the balance row `no` costs.
    pub(super) fn share(&self, no: u16) -> Share {
        match *self {
            Self::Monthly { share, .. } => share,
            Self::Daily { rate, day_count, dates, .. } => {
                Share::days(rate, day_count, dates.due(no.saturating_sub(1)), dates.due(no))
            }
            Self::Constant(_) | Self::Reciprocal(_) => Share { numerator: 0, denominator: 2 },
        }
    }
}

impl ScheduleRules {
    /// The interest on an amount for the days after `from` through `to`, by the rules' rate, day count
    /// and interest unit, rounded once. `None` for a negative amount, or past 64 bits.
    pub fn interest_between(&self, amount: Money, from: NaiveDate, to: NaiveDate) -> Option<Money> {
        let rate = self.interest_rate.units().unsigned_abs();
        let unit = self.interest_unit.money().sen().unsigned_abs();
        let amount = u64::try_from(amount.sen()).ok()?;
        let interest = Share::days(rate, self.day_count, from, to).of(amount, unit)?;
        i64::try_from(interest).ok().map(Money::from_sen)
    }
}

/// 365 · 366: the common denominator of days of both kinds of year.
const BOTH_YEARS: u64 = 365 * 366;

impl DayCount {
    /// The days after `from` through `to` as a share of the year: numerator and denominator.
    pub fn year_share(self, from: NaiveDate, to: NaiveDate) -> (u64, u64) {
        match self {
            Self::Thirty360 => (thirty_days(from, to), 360),
            Self::Act365 => (days(from, to), 365),
            Self::Act360 => (days(from, to), 360),
            Self::ActAct => (own_years(from, to), BOTH_YEARS),
        }
    }

    /// How much dearer a year is than its nominal rate: numerator and denominator. Only `act_360`
    /// counts more than one year's worth of days in a year.
    pub(crate) const fn year_over_nominal(self) -> (i64, i64) {
        match self {
            Self::Act360 => (365, 360),
            Self::Thirty360 | Self::ActAct | Self::Act365 => (1, 1),
        }
    }
}

fn days(from: NaiveDate, to: NaiveDate) -> u64 {
    u64::try_from(to.signed_duration_since(from).num_days()).unwrap_or(0)
}

/// Months of 30 days; the 31st counts as the 30th (30E/360).
fn thirty_days(from: NaiveDate, to: NaiveDate) -> u64 {
    let count = |date: NaiveDate| {
        let months = i64::from(date.year()) * 12 + i64::from(date.month0());
        months * 30 + i64::from(date.day().min(30))
    };
    u64::try_from(count(to) - count(from)).unwrap_or(0)
}

fn own_years(from: NaiveDate, to: NaiveDate) -> u64 {
    let mut sum = 0;
    let mut start = from;
    while start < to {
        // The first day counted is the one after the start.
        let first = start.succ_opt().unwrap_or(to);
        let year_end = NaiveDate::from_ymd_opt(first.year(), 12, 31).unwrap_or(to);
        let end = year_end.min(to);
        let weight = if first.leap_year() { 365 } else { 366 };
        sum += days(start, end) * weight;
        start = end;
    }
    sum
}

/// A percentage as plain units, which every rate within [`super::MAX_RATE`] has.
pub(super) fn units(rate: Rate) -> u64 {
    rate.units().unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn days_make_a_share_of_the_year() {
        let (from, to) = (date("2023-12-12"), date("2024-01-12"));
        assert_eq!(DayCount::ActAct.year_share(from, to), (19 * 366 + 12 * 365, 365 * 366));
        assert_eq!(DayCount::Act365.year_share(from, to), (31, 365));
        assert_eq!(DayCount::Act360.year_share(from, to), (31, 360));
        assert_eq!(DayCount::Thirty360.year_share(from, to), (30, 360));
        assert_eq!(DayCount::Act365.year_share(to, from), (0, 365));
        assert_eq!(
            DayCount::ActAct.year_share(date("2023-12-31"), date("2025-01-01")).0,
            366 * 365 + 366
        );
    }

    proptest! {
        #[test]
        fn the_reciprocal_is_the_division(
            amount in 0_u64..=20_000_000_000_000, rate in 1_u64..=10_000_000,
            unit in prop::sample::select(vec![1_u64, 100]),
        ) {
            let share = Share::month(rate);
            if let Some(reciprocal) = Reciprocal::new(share, unit, amount) {
                prop_assert_eq!(Some(reciprocal.of(amount)), share.of(amount, unit));
                // Where a half or a whole is hit exactly, or just missed.
                for near in [amount / rate * rate, (amount / 12_000_000) * 12_000_000] {
                    prop_assert_eq!(Some(reciprocal.of(near)), share.of(near, unit));
                }
            }
        }

        #[test]
        fn usual_loans_take_the_fast_way(
            amount in 1_u64..=1_000_000_000_000, rate in 10_000_u64..=1_000_000,
        ) {
            prop_assert!(Reciprocal::new(Share::month(rate), 100, amount).is_some());
        }
    }
}
