//! What an application and a loan carry with them: the product's terms on the day they were agreed.

use pensipro_kernel::{Faults, Rate};
use serde::{Deserialize, Serialize};

use crate::checked::checked;
use crate::codes::{AllocationOrder, PenaltyKind};
use crate::{FeeTerms, PenaltyTerms, ScheduleRuleParts, ScheduleRules};

/// What [`Terms`] are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermsParts {
    /// How the schedule is made, the rate included.
    pub rules: ScheduleRules,
    /// In which order payments pay.
    pub allocation_order: AllocationOrder,
    /// Whether interest stops on the member's death.
    pub freeze_interest_on_death: bool,
    /// Fees as agreed, at most one of a kind.
    pub fees: Vec<FeeTerms>,
    /// What paying late costs.
    pub late: Option<PenaltyTerms>,
    /// What paying off early costs.
    pub early_settlement: Option<PenaltyTerms>,
}

checked! {
    /// The terms of a loan. A later change of the product does not reach them.
    Terms(TermsParts, "TermsParts")
}

impl TermsParts {
    pub(crate) fn check(&self, faults: &mut Faults) {
        for (place, fee) in self.fees.iter().enumerate() {
            if self.fees.iter().take(place).any(|earlier| earlier.kind == fee.kind) {
                faults.add(
                    format!("fees[{place}]"),
                    "duplicate",
                    "a fee of this kind stands already",
                );
            }
        }
        for (field, rule, kind) in [
            ("late", &self.late, PenaltyKind::Late),
            ("early_settlement", &self.early_settlement, PenaltyKind::EarlySettlement),
        ] {
            let fits = rule.as_ref().is_none_or(|rule| rule.kind == kind);
            faults.require(fits, field, "wrong_kind", "is a penalty rule of another kind");
        }
    }
}

impl Terms {
    /// The same terms at another yearly rate.
    pub fn at_rate(&self, interest_rate: Rate) -> Result<Self, Faults> {
        let rules = ScheduleRules::new(ScheduleRuleParts { interest_rate, ..*self.rules })?;
        Self::new(TermsParts { rules, ..(**self).clone() })
    }

    /// The same terms with other fees.
    pub fn with_fees(&self, fees: Vec<FeeTerms>) -> Result<Self, Faults> {
        Self::new(TermsParts { fees, ..(**self).clone() })
    }
}

#[cfg(test)]
mod tests {
    use pensipro_kernel::Money;

    use super::*;
    use crate::codes::{Collection, FeeKind, Method};
    use crate::{FeeBasis, FeeParts, PenaltyBasis, PenaltyParts};

    fn fee(rupiah: i64) -> FeeTerms {
        let basis = FeeBasis::Fixed(Money::from_rupiah(rupiah).unwrap());
        let collection = Collection::Upfront;
        FeeTerms::new(FeeParts { kind: FeeKind::Admin, basis, collection }).unwrap()
    }

    fn parts() -> TermsParts {
        let late = PenaltyTerms::new(PenaltyParts {
            kind: PenaltyKind::Late,
            basis: PenaltyBasis::PercentPerDay("0.1".parse().unwrap()),
            steps: Vec::new(),
            grace_days: 3,
            cap_pct: Some(Rate::percent(50)),
        });
        let usual = ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12));
        TermsParts {
            rules: ScheduleRules::new(usual).unwrap(),
            allocation_order: AllocationOrder::RowFirst,
            freeze_interest_on_death: true,
            fees: vec![fee(50_000)],
            late: Some(late.unwrap()),
            early_settlement: None,
        }
    }

    #[test]
    fn stored_terms_come_back_and_are_checked() {
        let terms = Terms::new(parts()).unwrap();
        let json = serde_json::to_string(&terms).unwrap();
        assert_eq!(serde_json::from_str::<Terms>(&json).unwrap(), terms);
        let swapped = json.replace("early_settlement\":null", "early_settlement\":{}");
        assert!(serde_json::from_str::<Terms>(&swapped).is_err());
    }

    #[test]
    fn a_kind_stands_once_and_in_its_place() {
        let twice = TermsParts { fees: vec![fee(1), fee(2)], ..parts() };
        assert_eq!(Terms::new(twice).unwrap_err().list()[0].field, "fees[1]");
        let misplaced = TermsParts { early_settlement: parts().late, ..parts() };
        assert_eq!(Terms::new(misplaced).unwrap_err().list()[0].field, "early_settlement");
        let terms = Terms::new(parts()).unwrap();
        assert_eq!(terms.at_rate(Rate::percent(9)).unwrap().rules.interest_rate, Rate::percent(9));
        assert!(terms.at_rate(Rate::percent(-1)).is_err());
    }
}
