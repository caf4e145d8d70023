//! Rates of payments that need not be level.

use std::collections::BTreeMap;

use bigdecimal::{BigDecimal, Signed, Zero};
use chrono::NaiveDate;

use super::solve::root_beyond_zero;
use super::{bounded, power, product, quotient, whole};

/// Money that changes hands on a day; the two directions have opposite signs.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedFlow {
    /// The day.
    pub date: NaiveDate,
    /// The amount.
    pub amount: BigDecimal,
}

/// How far the first payment lies from the advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstPeriod {
    /// Whole unit periods.
    pub periods: u32,
    /// Days beyond them.
    pub odd_days: u32,
    /// Days of a unit period (30 for a month).
    pub days_per_period: u32,
}

/// The yearly rate R at which dated flows are worth nothing on the first day: Σ aₖ·(1+R)^(−dₖ/365) = 0,
/// dₖ in days after the first flow. `None` without flows of both signs, or for a rate of more than a
/// hundredfold a day or a loss of more than half a day.
///
/// Days are whole, so the search runs over the daily rate and needs no fractional power.
pub fn yearly_rate(flows: &[DatedFlow]) -> Option<BigDecimal> {
    let mut flows: Vec<_> = flows.iter().filter(|flow| !flow.amount.is_zero()).collect();
    flows.sort_by_key(|flow| flow.date);
    let outward = flows.first()?.amount.is_negative();
    if flows.iter().all(|flow| flow.amount.is_negative() == outward) {
        return None;
    }
    let total: BigDecimal = flows.iter().map(|flow| &flow.amount).sum();
    if total.is_zero() {
        return Some(total);
    }
    let worth = |daily: &BigDecimal| worth(&flows, daily);
    let gains = total.is_negative() != outward;
    let daily = if gains {
        root_beyond_zero(worth, BigDecimal::new(1.into(), 4), &whole(100))
    } else {
        root_beyond_zero(worth, BigDecimal::new((-1).into(), 4), &BigDecimal::new(4.into(), 1))
    }?;
    Some(power(&(whole(1) + daily), 365) - whole(1))
}

/// What the flows, in order, are worth on the first day at a daily rate.
fn worth(flows: &[&DatedFlow], daily: &BigDecimal) -> BigDecimal {
    let discount = quotient(&whole(1), &(whole(1) + daily));
    // Months are 28 to 31 days long: few gaps, so each power is computed once.
    let mut powers = BTreeMap::new();
    let (mut sum, mut factor) = (BigDecimal::zero(), whole(1));
    let mut before = flows.first().map(|flow| flow.date);
    for flow in flows {
        let gap = before.map_or(0, |date| flow.date.signed_duration_since(date).num_days());
        let gap = u32::try_from(gap).unwrap_or(0);
        let step = powers.entry(gap).or_insert_with(|| power(&discount, gap));
        factor = product(&factor, step);
        sum = bounded(sum + product(&flow.amount, &factor));
        before = Some(flow.date);
    }
    sum
}

/// The annual percentage rate by the actuarial method (United States, Regulation Z, appendix J): the
/// rate of a unit period at which the payments are worth the advance, times the unit periods of a year;
/// an odd first period bears simple interest for its days. `None` if the payments do not exceed the
/// advance.
pub fn actuarial_apr(
    advance: &BigDecimal,
    payments: &[BigDecimal],
    first: FirstPeriod,
    periods_per_year: u32,
) -> Option<BigDecimal> {
    let odd = quotient(&whole(first.odd_days), &whole(first.days_per_period.max(1)));
    let excess = |rate: &BigDecimal| {
        let discount = quotient(&whole(1), &(whole(1) + rate));
        // Horner's rule from the last payment back to the first.
        let at_first = payments.iter().rev().fold(BigDecimal::zero(), |later, payment| {
            bounded(product(&later, &discount) + payment)
        });
        let simple = whole(1) + product(&odd, rate);
        quotient(&product(&at_first, &power(&discount, first.periods)), &simple) - advance
    };
    if !advance.is_positive() || excess(&BigDecimal::zero()).is_negative() {
        return None;
    }
    let rate = root_beyond_zero(excess, BigDecimal::new(1.into(), 2), &whole(10_000))?;
    Some(bounded(rate * whole(periods_per_year)))
}
