//! The ceiling of interest: what a product costs a year at its worst tenor.

use std::ops::RangeInclusive;

use bigdecimal::{BigDecimal, RoundingMode};
use pensipro_kernel::{Actor, Permission, Rate};

use crate::codes::Method;
use crate::formula::{annuity_factor, monthly_rate, percentage, rate_between, whole};
use crate::{CapOverride, PricingError, ProductDetails, ProductPolicy, ScheduleRules};

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

/// The product's rate at its worst tenor if it is above the cap and the actor may go past it: that
/// needs `OVERRIDE_INTEREST_CAP` and a reason. `None` within the cap.
pub fn interest_above_cap(
    details: &ProductDetails,
    by: &Actor,
    policy: &ProductPolicy,
) -> Result<Option<NominalRate>, PricingError> {
    let tenors = details.limits.tenor_min..=details.limits.tenor_max;
    let worst = worst_tenor(&details.rules, tenors);
    let Some(over) = worst.filter(|worst| worst.exceeds(policy.interest_cap)) else {
        return Ok(None);
    };
    let missing = if !by.may(Permission::OverrideInterestCap) {
        CapOverride::Permission
    } else if details.interest_cap_reason.is_none() {
        CapOverride::Reason
    } else {
        return Ok(Some(over));
    };
    let rate = over.percentage().unwrap_or(details.rules.interest_rate);
    Err(PricingError::InterestCap { rate, tenor: over.tenor, cap: policy.interest_cap, missing })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::DayCount;
    use crate::{Patch, RawProduct, ScheduleRuleParts};
    use pensipro_kernel::Money;

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

    fn product(method: &str, rate: i32, reason: Patch<String>) -> ProductDetails {
        RawProduct {
            code: Some("P".to_owned()),
            name: Some("Pensiun".to_owned()),
            plafon_min: Some(Money::from_sen(100)),
            plafon_max: Some(Money::from_sen(100)),
            tenor_min: Some(12),
            tenor_max: Some(60),
            interest_rate: Some(Rate::percent(rate)),
            method: Some(method.to_owned()),
            umur_maksimal: Some(75),
            interest_cap_reason: reason,
            ..RawProduct::default()
        }
        .check(&ProductPolicy::default())
        .unwrap()
    }

    #[test]
    fn going_past_the_cap_needs_the_right_and_a_reason() {
        let policy = ProductPolicy::default();
        let reason = || Patch::Set("persetujuan rapat anggota".to_owned());
        let director = Actor::system();
        let clerk = Actor { permissions: [].into(), ..Actor::system() };
        let judge = |details, by| interest_above_cap(&details, by, &policy);
        let missing = |details, by| match judge(details, by) {
            Err(PricingError::InterestCap { missing, .. }) => Some(missing),
            _ => None,
        };
        assert_eq!(judge(product("anuitas", 24, Patch::Keep), &clerk).unwrap(), None);
        assert_eq!(judge(product("flat", 12, reason()), &clerk).unwrap(), None);
        assert_eq!(missing(product("flat", 20, reason()), &clerk), Some(CapOverride::Permission));
        let no_reason = missing(product("flat", 20, Patch::Keep), &director);
        assert_eq!(no_reason, Some(CapOverride::Reason));
        let over = judge(product("flat", 20, reason()), &director).unwrap().unwrap();
        assert!(over.exceeds(Rate::percent(31)));
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
