//! The rules by which a schedule is made.

use pensipro_kernel::{Faults, Rate};
use serde::{Deserialize, Serialize};

use crate::checked::checked;
use crate::codes::{
    BrokenPeriod, DayCount, InstalmentRounding, InstalmentUnit, InterestUnit, LastInstalment,
    Method,
};

/// The most instalments a loan can have.
pub const MAX_TENOR: u16 = 600;
/// The highest yearly rate the engine computes with.
pub const MAX_RATE: Rate = Rate::percent(1000);

/// What [`ScheduleRules`] are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleRuleParts {
    /// Nominal interest a year, 0 to 1000 %.
    pub interest_rate: Rate,
    /// How interest and principal are spread.
    pub method: Method,
    /// How days make a share of the year; [`Method::Flat`] knows `30_360` only.
    pub day_count: DayCount,
    /// How the instalment is rounded ([`Method::Efektif`]: its principal, always to the nearest).
    pub rounding: InstalmentRounding,
    /// To what multiple.
    pub instalment_unit: InstalmentUnit,
    /// What a row's interest is rounded to, half away from zero.
    pub interest_unit: InterestUnit,
    /// What the last row does with the difference; `level` needs `up` and a level instalment.
    pub last_instalment: LastInstalment,
    /// First rows that pay interest only.
    pub principal_grace: u16,
    /// What the days beyond one month before the first due date cost.
    pub broken_period: BrokenPeriod,
    /// The day of the month instalments are due, 1 to 31; the disbursement's own day if absent.
    pub due_day: Option<u8>,
}

checked! {
    /// The rules of a schedule, which do not contradict each other.
    #[derive(Copy)]
    ScheduleRules(ScheduleRuleParts, "ScheduleRuleParts")
}

impl ScheduleRuleParts {
    /// Rules with the usual choices: `30_360`, rounded up to Rp 1, interest in whole rupiah, the last
    /// row takes the difference.
    pub const fn usual(method: Method, interest_rate: Rate) -> Self {
        Self {
            interest_rate,
            method,
            day_count: DayCount::Thirty360,
            rounding: InstalmentRounding::Up,
            instalment_unit: InstalmentUnit::Rupiah1,
            interest_unit: InterestUnit::Rupiah1,
            last_instalment: LastInstalment::Adjust,
            principal_grace: 0,
            broken_period: BrokenPeriod::None,
            due_day: None,
        }
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        let rate = self.interest_rate;
        let in_range = (Rate::ZERO..=MAX_RATE).contains(&rate);
        faults.require(in_range, "interest_rate", "out_of_range", "must be from 0 to 1000 percent");
        let days_fit = self.method != Method::Flat || self.day_count == DayCount::Thirty360;
        faults.require(
            days_fit,
            "day_count",
            "not_for_flat",
            "flat interest counts by 30_360 only",
        );
        let level_fits = self.last_instalment == LastInstalment::Adjust
            || (self.rounding == InstalmentRounding::Up && self.method != Method::Efektif);
        faults.require(
            level_fits,
            "last_instalment",
            "level_not_possible",
            "level needs instalments that are level and rounded up",
        );
        let grace_fits = self.principal_grace < MAX_TENOR;
        faults.require(grace_fits, "principal_grace", "out_of_range", "must be below 600 months");
        let day_fits = self.due_day.is_none_or(|day| (1..=31).contains(&day));
        faults.require(day_fits, "due_day", "out_of_range", "must be a day from 1 to 31");
    }
}

impl ScheduleRules {
    /// Equal instalments without interest, the usual choices otherwise: rules that stand for those not
    /// yet known.
    pub(crate) const fn neutral() -> Self {
        Self(ScheduleRuleParts::usual(Method::Anuitas, Rate::ZERO))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_named_together() {
        let parts = ScheduleRuleParts {
            day_count: DayCount::ActAct,
            rounding: InstalmentRounding::Nearest,
            last_instalment: LastInstalment::Level,
            due_day: Some(32),
            ..ScheduleRuleParts::usual(Method::Flat, Rate::percent(-1))
        };
        let faults = ScheduleRules::new(parts).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["interest_rate", "day_count", "last_instalment", "due_day"]);
    }

    #[test]
    fn json_goes_through_the_check() {
        let rules =
            ScheduleRules::new(ScheduleRuleParts::usual(Method::Flat, Rate::percent(12))).unwrap();
        let json = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<ScheduleRules>(&json).unwrap(), rules);
        let broken = json.replace("30_360", "act_360");
        assert!(serde_json::from_str::<ScheduleRules>(&broken).is_err());
    }
}
