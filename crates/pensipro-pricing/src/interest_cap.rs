//! The ceiling of interest: what a product costs a year at its worst tenor.

use std::ops::RangeInclusive;

use bigdecimal::{BigDecimal, RoundingMode};
use pensipro_kernel::Rate;

use crate::ScheduleRules;
use crate::codes::Method;
use crate::formula::{annuity_factor, monthly_rate, percentage, rate_between, whole};

/// The nominal effective yearly rate at a tenor.
#[derive(Debug, Clone, PartialEq)]
pub struct NominalRate {
    /// 12 times the monthly rate, a fraction.
    pub yearly: BigDecimal,
    /// Months.
    pub tenor: u16,
}

/// The nominal effective yearly rate, a fraction: 12 times the unrounded monthly rate, without fees.
/// What bears interest on the balance costs its own rate (`act_360`: 365/360 of it); flat interest that
/// of the annuity with the same payments. `None` where no row is left to repay.
pub fn nominal_effective_rate(rules: &ScheduleRules, tenor: u16) -> Option<BigDecimal> {
    if tenor <= rules.principal_grace {
        return None;
    }
    match rules.method {
        Method::Flat => {
            let monthly = flat_monthly_rate(rules, tenor)?;
            // The search ends below the 25th decimal.
            Some((monthly * whole(12)).with_scale_round(20, RoundingMode::HalfEven))
        }
        Method::Anuitas | Method::Efektif => {
            let (dearer, nominal) = rules.day_count.year_over_nominal();
            let yearly = whole(rules.interest_rate.units()) * whole(dearer);
            Some(yearly / whole(nominal) / whole(Rate::UNITS_PER_WHOLE))
        }
    }
}

/// The monthly rate at which flat payments on a principal of 1 are worth it: r/12 for each row, and 1/m
/// beside it for the m rows after the grace.
fn flat_monthly_rate(rules: &ScheduleRules, tenor: u16) -> Option<BigDecimal> {
    let (months, grace) = (u32::from(tenor), u32::from(rules.principal_grace));
    let interest = monthly_rate(rules.interest_rate);
    let repaid = whole(1) / whole(months.checked_sub(grace)?);
    let excess = |rate: &BigDecimal| {
        let all = annuity_factor(rate, months);
        let repaying = &all - annuity_factor(rate, grace);
        &interest * all + &repaid * repaying - whole(1)
    };
    rate_between(excess, whole(0), &interest + &repaid)
}

/// The dearest tenor of a range. The rate of flat interest rises with the tenor up to one point and
/// falls beyond it, so the peak is found by halving; every other method costs the same at each.
pub fn worst_tenor(rules: &ScheduleRules, tenors: RangeInclusive<u16>) -> Option<NominalRate> {
    let (mut from, mut to) = tenors.into_inner();
    if rules.method != Method::Flat {
        to = from;
    }
    while from < to {
        let middle = from.midpoint(to);
        let next = middle + 1;
        if nominal_effective_rate(rules, middle)? < nominal_effective_rate(rules, next)? {
            from = next;
        } else {
            to = middle;
        }
    }
    Some(NominalRate { yearly: nominal_effective_rate(rules, from)?, tenor: from })
}

impl NominalRate {
    /// True if it is above a ceiling, however little.
    pub fn exceeds(&self, cap: Rate) -> bool {
        self.yearly > cap.to_decimal() / whole(100)
    }

    /// As a percentage with four decimals.
    pub fn percentage(&self) -> Option<Rate> {
        percentage(&self.yearly)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScheduleRuleParts;
    use crate::codes::DayCount;

    fn rules(method: Method, rate: i32) -> ScheduleRules {
        ScheduleRules::new(ScheduleRuleParts::usual(method, Rate::percent(rate))).unwrap()
    }

    #[test]
    fn flat_interest_costs_more_than_its_name() {
        let worst = worst_tenor(&rules(Method::Flat, 20), 60..=60).unwrap();
        let percent = (&worst.yearly * whole(100)).with_scale_round(1, RoundingMode::HalfUp);
        assert_eq!(percent.to_string(), "31.6");
        assert!(worst.exceeds(Rate::percent(24)));
        let one = worst_tenor(&rules(Method::Flat, 24), 1..=1).unwrap();
        assert!(!one.exceeds(Rate::percent(24)));
    }

    #[test]
    fn interest_on_the_balance_costs_its_own_rate() {
        for method in [Method::Anuitas, Method::Efektif] {
            let worst = worst_tenor(&rules(method, 24), 6..=180).unwrap();
            assert!(!worst.exceeds(Rate::percent(24)));
            assert!(worst.exceeds("23.9999".parse().unwrap()));
        }
        let parts = ScheduleRuleParts {
            day_count: DayCount::Act360,
            ..ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(24))
        };
        let worst = worst_tenor(&ScheduleRules::new(parts).unwrap(), 12..=12).unwrap();
        assert_eq!(worst.percentage().unwrap().to_string(), "24.3333");
    }

    #[test]
    fn the_peak_is_the_dearest_of_all_tenors() {
        for (rate, grace) in [(5, 0), (20, 0), (60, 0), (20, 6)] {
            let parts = ScheduleRuleParts {
                principal_grace: grace,
                ..ScheduleRuleParts::usual(Method::Flat, Rate::percent(rate))
            };
            let rules = ScheduleRules::new(parts).unwrap();
            let found = worst_tenor(&rules, 7..=120).unwrap();
            let all = (7..=120).map(|tenor| nominal_effective_rate(&rules, tenor).unwrap());
            assert_eq!(Some(found.yearly), all.max(), "{rate} % flat, {grace} months of grace");
        }
    }
}
