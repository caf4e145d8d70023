//! When, and for whom, loans are simulated.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, Money};

use crate::eligibility::{DebtService, completed_years};
use crate::{DueDates, FirstDuePolicy, ScheduleRules};

/// What stays the same whatever plafon and tenor are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circumstances {
    /// When the loan would be disbursed.
    pub disbursed_on: NaiveDate,
    /// When row 1 would be due; by the due day if absent.
    pub first_due_date: Option<NaiveDate>,
    /// The member's birth date.
    pub birth_date: Option<NaiveDate>,
    /// The gross pension a month.
    pub monthly_benefit: Option<Money>,
    /// Other obligations a month.
    pub obligations: Money,
    /// What paying off the loan that is taken over costs.
    pub takeover: Money,
}

impl Circumstances {
    /// A disbursement on this day, of nobody known.
    pub const fn on(disbursed_on: NaiveDate) -> Self {
        Self {
            disbursed_on,
            first_due_date: None,
            birth_date: None,
            monthly_benefit: None,
            obligations: Money::ZERO,
            takeover: Money::ZERO,
        }
    }

    /// The due dates that follow from the rules.
    pub fn due_dates(
        &self,
        rules: &ScheduleRules,
        policy: FirstDuePolicy,
    ) -> Result<DueDates, Faults> {
        due_dates(self.disbursed_on, self.first_due_date, rules, policy)
    }

    /// Completed years of age at disbursement.
    pub fn age(&self) -> Option<u16> {
        self.birth_date.map(|birth_date| completed_years(birth_date, self.disbursed_on))
    }

    /// What has to be paid from the pension, if it is known.
    pub(super) fn debt_service(&self, instalment: Money) -> Option<DebtService> {
        let obligations = self.obligations;
        Some(DebtService { instalment, obligations, monthly_benefit: self.monthly_benefit? })
    }

    /// True if enough is known of the member to judge what he may have.
    pub(super) fn know_the_member(&self) -> bool {
        self.birth_date.is_some() && self.monthly_benefit.is_some()
    }

    pub(super) fn check(&self, faults: &mut Faults) {
        let negative = "must not be negative";
        faults.require(!self.obligations.is_negative(), "obligations", "out_of_range", negative);
        faults.require(!self.takeover.is_negative(), "takeover", "out_of_range", negative);
        let benefit = self.monthly_benefit.is_none_or(Money::is_positive);
        faults.require(benefit, "monthly_benefit", "out_of_range", "must be above 0");
        let born = self.birth_date.is_none_or(|birth_date| birth_date < self.disbursed_on);
        faults.require(born, "birth_date", "out_of_range", "must lie before the disbursement");
    }
}

/// Due dates of a loan: from the first one if it is given, else by the due day.
pub fn due_dates(
    disbursed_on: NaiveDate,
    first_due_date: Option<NaiveDate>,
    rules: &ScheduleRules,
    policy: FirstDuePolicy,
) -> Result<DueDates, Faults> {
    match first_due_date {
        Some(first) => Ok(DueDates::from_first(disbursed_on, first)?),
        None => Ok(DueDates::following(disbursed_on, rules.due_day, policy)),
    }
}
