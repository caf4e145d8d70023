//! What paying late, or paying off early, costs.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Faults, Money, PenaltyRuleId, ProductId, Rate};
use serde::{Deserialize, Serialize};

use crate::checked::checked;
use crate::codes::PenaltyKind;

/// How a penalty is measured. In JSON `{"basis": "percent_per_day", "value": "0.1"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "basis", content = "value", rename_all = "snake_case")]
pub enum PenaltyBasis {
    /// Percent of the overdue amount for each day (late only).
    PercentPerDay(Rate),
    /// Percent once: of the overdue amount, or of the principal paid off early.
    PercentOnce(Rate),
    /// A fixed amount: for each instalment that is late, or once for paying off early.
    Fixed(Money),
    /// This many months of interest (paying off early only).
    MonthsOfInterest(u16),
}

/// Another value while at least this share of the tenor remains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyStep {
    /// Percent of the tenor's rows that are not yet due.
    pub remaining_pct: Rate,
    /// What counts then, of the same basis as the rule.
    #[serde(flatten)]
    pub basis: PenaltyBasis,
}

/// What [`PenaltyTerms`] are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyParts {
    /// What it punishes.
    pub kind: PenaltyKind,
    /// How it is measured where no step applies.
    #[serde(flatten)]
    pub basis: PenaltyBasis,
    /// Steps by the share of the tenor that remains (early settlement only).
    #[serde(default)]
    pub steps: Vec<PenaltyStep>,
    /// Days after the due date that pass without penalty (late only); once passed, days count from
    /// the due date.
    #[serde(default)]
    pub grace_days: u16,
    /// At most this percentage of the row's instalment (late only).
    #[serde(default)]
    pub cap_pct: Option<Rate>,
}

checked! {
    /// A penalty rule as it was agreed.
    PenaltyTerms(PenaltyParts, "PenaltyParts")
}

/// A penalty rule of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PenaltyRule {
    /// Its id.
    pub id: PenaltyRuleId,
    /// The product.
    pub product_id: ProductId,
    /// What it takes.
    pub terms: PenaltyTerms,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when: replaced by another of its kind.
    pub ended_at: Option<DateTime<Utc>>,
}

impl PenaltyBasis {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::PercentPerDay(_) => "percent_per_day",
            Self::PercentOnce(_) => "percent_once",
            Self::Fixed(_) => "fixed",
            Self::MonthsOfInterest(_) => "months_of_interest",
        }
    }

    fn is_for(self, kind: PenaltyKind) -> bool {
        match self {
            Self::PercentPerDay(_) => kind == PenaltyKind::Late,
            Self::MonthsOfInterest(_) => kind == PenaltyKind::EarlySettlement,
            Self::PercentOnce(_) | Self::Fixed(_) => true,
        }
    }

    fn is_in_range(self) -> bool {
        match self {
            Self::PercentPerDay(rate) | Self::PercentOnce(rate) => {
                (Rate::ZERO..=Rate::HUNDRED).contains(&rate)
            }
            Self::Fixed(amount) => !amount.is_negative(),
            Self::MonthsOfInterest(months) => months <= 60,
        }
    }
}

const RANGE: &str = "must be a percentage up to 100, an amount, or up to 60 months";

impl PenaltyParts {
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.require(self.basis.is_in_range(), "value", "out_of_range", RANGE);
        let basis_fits = self.basis.is_for(self.kind);
        faults.require(basis_fits, "basis", "not_for_kind", "does not measure this kind");
        self.check_steps(faults);
        let late = self.kind == PenaltyKind::Late;
        let only_late = "is for late penalties only";
        faults.require(late || self.grace_days == 0, "grace_days", "not_for_kind", only_late);
        faults.require(late || self.cap_pct.is_none(), "cap_pct", "not_for_kind", only_late);
        faults.require(self.grace_days <= 365, "grace_days", "out_of_range", "at most 365 days");
        let capped =
            self.cap_pct.is_none_or(|cap| (Rate::ZERO..=Rate::percent(1000)).contains(&cap));
        faults.require(capped, "cap_pct", "out_of_range", "must be from 0 to 1000 percent");
    }

    fn check_steps(&self, faults: &mut Faults) {
        let early = self.kind == PenaltyKind::EarlySettlement;
        let steps_fit = early || self.steps.is_empty();
        faults.require(steps_fit, "steps", "not_for_kind", "is for early settlement only");
        faults.require(self.steps.len() <= 24, "steps", "out_of_range", "at most 24 steps");
        for (place, step) in self.steps.iter().enumerate() {
            let same = step.basis.code() == self.basis.code();
            let share = (Rate::ZERO..=Rate::HUNDRED).contains(&step.remaining_pct);
            if !same || !share || !step.basis.is_in_range() {
                let message = "needs a share from 0 to 100 percent and a value of the rule's basis";
                faults.add(format!("steps[{place}]"), "invalid_step", message);
            }
            let earlier = self.steps.iter().take(place);
            if earlier.map(|step| step.remaining_pct).any(|pct| pct == step.remaining_pct) {
                faults.add(format!("steps[{place}]"), "duplicate", "this share has a step already");
            }
        }
    }
}

impl PenaltyTerms {
    /// What counts when `remaining` of `tenor` rows are not yet due: the step with the largest share
    /// that is reached, else the rule's own value.
    pub fn basis_at(&self, remaining: u16, tenor: u16) -> PenaltyBasis {
        let whole = i64::from(tenor);
        let share = i64::from(remaining).saturating_mul(Rate::UNITS_PER_WHOLE);
        self.steps
            .iter()
            .filter(|step| step.remaining_pct.units().saturating_mul(whole) <= share)
            .max_by_key(|step| step.remaining_pct)
            .map_or(self.basis, |step| step.basis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn early(steps: Vec<PenaltyStep>) -> PenaltyParts {
        PenaltyParts {
            kind: PenaltyKind::EarlySettlement,
            basis: PenaltyBasis::MonthsOfInterest(1),
            steps,
            grace_days: 0,
            cap_pct: None,
        }
    }

    fn step(pct: i32, months: u16) -> PenaltyStep {
        let remaining_pct = Rate::percent(pct);
        PenaltyStep { remaining_pct, basis: PenaltyBasis::MonthsOfInterest(months) }
    }

    #[test]
    fn the_largest_share_reached_counts() {
        let rule = PenaltyTerms::new(early(vec![step(25, 2), step(75, 4), step(50, 3)])).unwrap();
        for (remaining, months) in [(96, 4), (72, 4), (71, 3), (48, 3), (24, 2), (23, 1), (0, 1)] {
            let basis = PenaltyBasis::MonthsOfInterest(months);
            assert_eq!(rule.basis_at(remaining, 96), basis, "{remaining}");
        }
    }

    #[test]
    fn contradictions_are_named_together() {
        let rule = PenaltyParts {
            basis: PenaltyBasis::PercentPerDay(Rate::percent(1)),
            steps: vec![step(50, 2)],
            grace_days: 3,
            cap_pct: Some(Rate::percent(10)),
            ..early(Vec::new())
        };
        let faults = PenaltyTerms::new(rule).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["basis", "steps[0]", "grace_days", "cap_pct"]);
    }

    #[test]
    fn json_and_back() {
        let rule = PenaltyTerms::new(early(vec![step(50, 2)])).unwrap();
        let json = serde_json::to_string(&rule).unwrap();
        assert!(json.contains(r#""basis":"months_of_interest","value":1"#), "{json}");
        assert_eq!(serde_json::from_str::<PenaltyTerms>(&json).unwrap(), rule);
    }
}
