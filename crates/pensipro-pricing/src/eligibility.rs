//! Who may have how much: each rule with the figures it was judged by. Simulation and the pre-check of
//! an application call the same functions.

use std::fmt::Display;

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::{Money, Rate, Rounding, add_months, codes, div_round};
use serde::{Deserialize, Serialize};

use crate::Limits;

codes! {
    /// The rules that plafon, tenor and the member's figures alone decide.
    pub enum EligibilityRule {
        /// The plafon lies in the product's range.
        PlafonRange = "plafon_range",
        /// The tenor lies in the product's range.
        TenorRange = "tenor_range",
        /// Instalments and other obligations leave enough of the benefit.
        Dsr = "dsr",
        /// The last instalment is due before the highest age.
        Age = "age",
        /// The plafon lies within the benefit payable during the tenor.
        MaxBenefit = "max_benefit",
    }
}

/// A rule's verdict and the figures behind it, as text for people and programs alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleResult {
    /// The rule's stable code.
    pub rule: String,
    /// Whether it holds.
    pub passed: bool,
    /// What was found.
    pub actual: String,
    /// What is allowed.
    pub limit: String,
}

impl RuleResult {
    /// A verdict.
    pub fn new(rule: &str, passed: bool, actual: impl Display, limit: impl Display) -> Self {
        let (actual, limit) = (actual.to_string(), limit.to_string());
        Self { rule: rule.to_owned(), passed, actual, limit }
    }
}

/// What the rules judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EligibilityFacts {
    /// The plafon asked for.
    pub plafon: Money,
    /// Months.
    pub tenor: u16,
    /// The new loan's regular instalment.
    pub instalment: Money,
    /// Instalments of open loans and other declared obligations, a month.
    pub obligations: Money,
    /// The gross pension a month.
    pub monthly_benefit: Money,
    /// The member's birth date.
    pub birth_date: NaiveDate,
    /// When the last instalment is due.
    pub last_due: NaiveDate,
}

/// Every rule's verdict, in the order of [`EligibilityRule::ALL`].
pub fn judge(facts: &EligibilityFacts, limits: &Limits) -> Vec<RuleResult> {
    let obligations = DebtService {
        instalment: facts.instalment,
        obligations: facts.obligations,
        monthly_benefit: facts.monthly_benefit,
    };
    vec![
        plafon_range(facts.plafon, limits),
        tenor_range(facts.tenor, limits),
        dsr(obligations, limits.dsr_limit),
        age(facts.birth_date, facts.last_due, limits.umur_maksimal),
        max_benefit(facts.plafon, facts.monthly_benefit, facts.tenor, limits.max_benefit_pct),
    ]
}

/// `plafon_min ≤ plafon ≤ plafon_max`.
pub fn plafon_range(plafon: Money, limits: &Limits) -> RuleResult {
    let passed = (limits.plafon_min..=limits.plafon_max).contains(&plafon);
    let limit = format!("{}..{}", limits.plafon_min, limits.plafon_max);
    RuleResult::new(EligibilityRule::PlafonRange.code(), passed, plafon, limit)
}

/// `tenor_min ≤ tenor ≤ tenor_max`.
pub fn tenor_range(tenor: u16, limits: &Limits) -> RuleResult {
    let passed = (limits.tenor_min..=limits.tenor_max).contains(&tenor);
    let limit = format!("{}..{}", limits.tenor_min, limits.tenor_max);
    RuleResult::new(EligibilityRule::TenorRange.code(), passed, tenor, limit)
}

/// What a member has to pay a month, and from what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DebtService {
    /// The new loan's regular instalment.
    pub instalment: Money,
    /// Everything else owed a month.
    pub obligations: Money,
    /// The gross pension a month.
    pub monthly_benefit: Money,
}

impl DebtService {
    /// The ratio, rounded up to four decimals so that it never looks better than it is; `None` without
    /// a benefit, or past 64 bits.
    pub fn ratio(self) -> Option<Rate> {
        let owed = self.owed().checked_mul(Rate::UNITS_PER_WHOLE.into())?;
        let benefit = self.monthly_benefit.is_positive().then(|| self.monthly_benefit.sen())?;
        let units = div_round(owed, benefit.into(), Rounding::Up)?;
        i64::try_from(units).ok().map(Rate::from_units)
    }

    /// The largest instalment that a ratio leaves, rounded down to the sen; nothing at the least.
    pub fn room(self, limit: Rate) -> Money {
        let benefit = i128::from(self.monthly_benefit.sen()) * i128::from(limit.units());
        div_round(benefit, Rate::UNITS_PER_WHOLE.into(), Rounding::Down)
            .and_then(Money::from_wide)
            .map_or(Money::ZERO, |payable| payable.minus_or_zero(self.obligations))
    }

    /// What is left of the pension; below zero if more is owed. `None` past 64 bits.
    pub fn left(self) -> Option<Money> {
        Money::from_wide(i128::from(self.monthly_benefit.sen()).checked_sub(self.owed())?)
    }

    fn owed(self) -> i128 {
        i128::from(self.instalment.sen()) + i128::from(self.obligations.sen())
    }
}

/// `(instalment + obligations) / benefit ≤ limit`, compared exactly.
pub fn dsr(service: DebtService, limit: Rate) -> RuleResult {
    let ratio = service.ratio();
    let passed = ratio.is_some_and(|ratio| ratio <= limit);
    let actual = ratio.map_or_else(|| "no benefit".to_owned(), |ratio| ratio.to_string());
    RuleResult::new(EligibilityRule::Dsr.code(), passed, actual, limit)
}

/// `birth date + umur_maksimal years ≥ last due date`; the figures are the two dates.
pub fn age(birth_date: NaiveDate, last_due: NaiveDate, umur_maksimal: u16) -> RuleResult {
    let reached = add_months(birth_date, u32::from(umur_maksimal) * 12);
    RuleResult::new(EligibilityRule::Age.code(), last_due <= reached, last_due, reached)
}

/// `plafon ≤ max_benefit_pct % · benefit · tenor`.
pub fn max_benefit(plafon: Money, benefit: Money, tenor: u16, pct: Rate) -> RuleResult {
    let limit = benefit_limit(benefit, tenor, pct);
    RuleResult::new(EligibilityRule::MaxBenefit.code(), plafon <= limit, plafon, limit)
}

/// The part of the benefit payable during the tenor that a plafon may reach, rounded down to the sen.
pub fn benefit_limit(benefit: Money, tenor: u16, pct: Rate) -> Money {
    i128::from(benefit.sen())
        .checked_mul(tenor.into())
        .and_then(|payable| payable.checked_mul(pct.units().into()))
        .and_then(|part| div_round(part, Rate::UNITS_PER_WHOLE.into(), Rounding::Down))
        .map_or(Money::ZERO, |sen| Money::from_wide(sen).unwrap_or(Money::MAX_INPUT))
}

/// Completed years of age on a day; 0 before birth.
pub fn completed_years(birth_date: NaiveDate, on: NaiveDate) -> u16 {
    let had_birthday = (on.month(), on.day()) >= (birth_date.month(), birth_date.day());
    let years = on.year() - birth_date.year() - i32::from(!had_birthday);
    u16::try_from(years).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rupiah(rupiah: i64) -> Money {
        Money::from_rupiah(rupiah).unwrap()
    }

    #[test]
    fn the_ratio_counts_everything_owed() {
        let service = |instalment| DebtService {
            instalment: rupiah(instalment),
            obligations: rupiah(500_000),
            monthly_benefit: rupiah(4_000_000),
        };
        let limit = Rate::percent(50);
        assert!(dsr(service(1_500_000), limit).passed);
        let above = dsr(service(1_500_001), limit);
        assert!(!above.passed);
        assert_eq!((above.actual.as_str(), above.limit.as_str()), ("50.0001", "50"));
        assert_eq!(service(0).room(limit), rupiah(1_500_000));
        let none = DebtService { monthly_benefit: Money::ZERO, ..service(1) };
        assert!(!dsr(none, limit).passed);
        assert_eq!(none.room(limit), Money::ZERO);
    }

    #[test]
    fn the_last_instalment_may_fall_on_the_birthday() {
        let birth = date("1956-03-10");
        assert!(age(birth, date("2031-03-10"), 75).passed);
        let late = age(birth, date("2031-03-11"), 75);
        assert!(!late.passed);
        assert_eq!((late.actual.as_str(), late.limit.as_str()), ("2031-03-11", "2031-03-10"));
        assert!(age(date("1956-02-29"), date("2031-02-28"), 75).passed);
        assert_eq!(completed_years(birth, date("2031-03-09")), 74);
        assert_eq!(completed_years(birth, date("2031-03-10")), 75);
        assert_eq!(completed_years(birth, date("1950-01-01")), 0);
    }

    #[test]
    fn the_plafon_stays_within_the_benefit() {
        let pct = Rate::percent(95);
        assert!(max_benefit(rupiah(95_000_000), rupiah(2_000_000), 50, pct).passed);
        let above = max_benefit(rupiah(95_000_001), rupiah(2_000_000), 50, pct);
        assert!(!above.passed);
        assert_eq!(above.limit, "95000000.00");
    }
}
