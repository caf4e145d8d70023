//! Loan products: what is offered, to whom, on which terms.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    Faults, FunderId, Money, ProductId, Rate, UserId, Version, clean_text, optional_text,
};
use serde::{Deserialize, Serialize};

use crate::checked::checked;
use crate::codes::{AllocationOrder, PenaltyKind};
use crate::{LoanFee, MAX_TENOR, PenaltyRule, PenaltyTerms, ScheduleRules, Terms, TermsParts};

/// Who may have the product, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Least plafon.
    pub plafon_min: Money,
    /// Largest plafon.
    pub plafon_max: Money,
    /// The largest plafon a member can have is offered in multiples of this.
    pub plafon_step: Money,
    /// Shortest tenor, months.
    pub tenor_min: u16,
    /// Longest tenor, months.
    pub tenor_max: u16,
    /// Instalments over monthly benefit, at most.
    pub dsr_limit: Rate,
    /// The last instalment is due at this age at the latest, years.
    pub umur_maksimal: u16,
    /// Plafon over the benefit payable during the tenor, at most.
    pub max_benefit_pct: Rate,
}

/// The days on which a product is offered; both ends count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validity {
    /// The first day; from ever if absent.
    pub valid_from: Option<NaiveDate>,
    /// The last day; for ever if absent.
    pub valid_to: Option<NaiveDate>,
}

/// What [`ProductDetails`] are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductParts {
    /// Short unique code, 1 to 32 characters.
    pub code: String,
    /// Name, 1 to 120 characters.
    pub name: String,
    /// Who may have it.
    pub limits: Limits,
    /// How its schedules are made.
    pub rules: ScheduleRules,
    /// In which order payments pay.
    pub allocation_order: AllocationOrder,
    /// Open loans a member may have at once.
    pub max_active_loans: u16,
    /// Whether interest stops on the member's death.
    pub freeze_interest_on_death: bool,
    /// The one funder it can be allocated to, if it is locked.
    pub funder_id: Option<FunderId>,
    /// Whether applications may use it.
    pub is_active: bool,
    /// From when to when they may.
    pub validity: Validity,
    /// Why its interest is above the cap, if it is.
    pub interest_cap_reason: Option<String>,
}

checked! {
    /// What is stated of a product, free of contradictions.
    ProductDetails(ProductParts, "ProductParts")
}

/// A loan product with its live fees and penalty rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanProduct {
    /// Its id.
    pub id: ProductId,
    /// For optimistic locks.
    pub version: Version,
    /// What is stated of it.
    pub details: ProductDetails,
    /// Its live fees, one of a kind.
    pub fees: Vec<LoanFee>,
    /// Its live penalty rules, one of a kind.
    pub penalty_rules: Vec<PenaltyRule>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// By whom it was made.
    pub created_by: Option<UserId>,
}

impl Limits {
    fn check(&self, faults: &mut Faults) {
        self.check_plafon(faults);
        let months = 1..=MAX_TENOR;
        let range = "must be from 1 to 600 months";
        faults.require(months.contains(&self.tenor_min), "tenor_min", "out_of_range", range);
        faults.require(months.contains(&self.tenor_max), "tenor_max", "out_of_range", range);
        let order = self.tenor_min <= self.tenor_max;
        faults.require(order, "tenor_max", "below_minimum", "must not be below tenor_min");
        let share = |rate: Rate| rate > Rate::ZERO && rate <= Rate::HUNDRED;
        let percent = "must be above 0 and at most 100 percent";
        faults.require(share(self.dsr_limit), "dsr_limit", "out_of_range", percent);
        faults.require(share(self.max_benefit_pct), "max_benefit_pct", "out_of_range", percent);
        let age = (18..=120).contains(&self.umur_maksimal);
        faults.require(age, "umur_maksimal", "out_of_range", "must be from 18 to 120 years");
    }

    fn check_plafon(&self, faults: &mut Faults) {
        let amount = |money: Money| money.is_positive() && money <= Money::MAX_INPUT;
        let range = "must be above 0 and at most 15 digits";
        faults.require(amount(self.plafon_min), "plafon_min", "out_of_range", range);
        faults.require(amount(self.plafon_max), "plafon_max", "out_of_range", range);
        faults.require(amount(self.plafon_step), "plafon_step", "out_of_range", range);
        let order = self.plafon_min <= self.plafon_max;
        faults.require(order, "plafon_max", "below_minimum", "must not be below plafon_min");
    }
}

impl Validity {
    /// True on the days on which the product is offered.
    pub fn holds_on(self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    fn check(self, faults: &mut Faults) {
        let order = self.valid_from.zip(self.valid_to).is_none_or(|(from, to)| from <= to);
        faults.require(order, "valid_to", "below_minimum", "must not lie before valid_from");
    }
}

impl ProductParts {
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.take(clean_text("code", &self.code, 32));
        faults.take(clean_text("name", &self.name, 120));
        faults.take(optional_text("interest_cap_reason", self.interest_cap_reason.as_deref(), 500));
        self.limits.check(faults);
        self.validity.check(faults);
        let grace = self.rules.principal_grace < self.limits.tenor_min;
        faults.require(grace, "principal_grace", "out_of_range", "must be below tenor_min");
        let loans = (1..=100).contains(&self.max_active_loans);
        faults.require(loans, "max_active_loans", "out_of_range", "must be from 1 to 100");
    }
}

impl ProductDetails {
    /// True if applications may use the product on this day.
    pub fn is_offered_on(&self, day: NaiveDate) -> bool {
        self.is_active && self.validity.holds_on(day)
    }
}

impl LoanProduct {
    /// What an application takes over: the terms of today.
    pub fn terms(&self) -> Result<Terms, Faults> {
        Terms::new(TermsParts {
            rules: self.details.rules,
            allocation_order: self.details.allocation_order,
            freeze_interest_on_death: self.details.freeze_interest_on_death,
            fees: self.fees.iter().map(|fee| fee.terms.clone()).collect(),
            late: self.penalty(PenaltyKind::Late),
            early_settlement: self.penalty(PenaltyKind::EarlySettlement),
        })
    }

    fn penalty(&self, kind: PenaltyKind) -> Option<PenaltyTerms> {
        let mut rules = self.penalty_rules.iter();
        rules.find(|rule| rule.terms.kind == kind).map(|rule| rule.terms.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_the_validity_count() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let some = |text| Some(day(text));
        let year = Validity { valid_from: some("2026-01-01"), valid_to: some("2026-12-31") };
        for (on, holds) in [
            ("2025-12-31", false),
            ("2026-01-01", true),
            ("2026-12-31", true),
            ("2027-01-01", false),
        ] {
            assert_eq!(year.holds_on(day(on)), holds, "{on}");
        }
        let open = Validity { valid_to: None, ..year };
        assert!(
            open.holds_on(day("2099-01-01")) && Validity::default().holds_on(day("1999-01-01"))
        );
    }
}
