//! Fees and penalty rules as callers state them.

use pensipro_kernel::{Faults, FieldFault, Rate, read_code};

use crate::codes::{Collection, FeeKind, PenaltyKind};
use crate::raw::{literal, small};
use crate::{
    FeeBasis, FeeParts, FeeTerms, PenaltyBasis, PenaltyParts, PenaltyStep, PenaltyTerms,
    PerMilleBand,
};

/// A fee as a caller states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFee {
    /// A code of [`FeeKind`].
    pub kind: String,
    /// `percent`, `fixed`, `instalments` or `per_mille_table`.
    pub basis: String,
    /// What the basis takes.
    pub value: RawFeeValue,
    /// A code of [`Collection`]; `upfront` if absent.
    pub collection: Option<String>,
}

/// The value of a fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawFeeValue {
    /// The digits of a percentage, an amount or a count.
    Literal(String),
    /// A table.
    Table(Vec<RawBand>),
}

/// A cell of a per-mille table; both ranges include their ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of PerMilleBand, unchecked")]
pub struct RawBand {
    pub age_from: i64,
    pub age_to: i64,
    pub tenor_from: i64,
    pub tenor_to: i64,
    pub per_mille: Rate,
}

/// A penalty rule as a caller states it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawPenalty {
    /// A code of [`PenaltyKind`].
    pub kind: String,
    /// `percent_per_day`, `percent_once`, `fixed` or `months_of_interest`.
    pub basis: String,
    /// The digits of a percentage, an amount or a number of months.
    pub value: String,
    /// Other values by the share of the tenor that remains.
    pub steps: Vec<RawStep>,
    /// Days that pass without penalty; none if absent.
    pub grace_days: Option<i64>,
    /// At most this percentage of the row's instalment.
    pub cap_pct: Option<Rate>,
}

/// A step of a penalty rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawStep {
    /// At least this percentage of the tenor remains.
    pub remaining_pct: Rate,
    /// The digits of the value.
    pub value: String,
}

impl RawFee {
    /// The fee, or every fault.
    pub fn check(&self) -> Result<FeeTerms, Faults> {
        let mut faults = Faults::new();
        let kind: Option<FeeKind> = faults.take(read_code("kind", &self.kind));
        let collection = match &self.collection {
            Some(code) => faults.take(read_code("collection", code)),
            None => Some(Collection::Upfront),
        };
        let basis = self.basis(&mut faults);
        let parts = kind.zip(collection).zip(basis);
        let terms = parts.and_then(|((kind, collection), basis)| {
            faults.take_all(FeeTerms::new(FeeParts { kind, basis, collection }))
        });
        faults.finish(terms)
    }

    fn basis(&self, faults: &mut Faults) -> Option<FeeBasis> {
        match (self.basis.as_str(), &self.value) {
            ("percent", RawFeeValue::Literal(text)) => {
                literal(faults, "value", text).map(FeeBasis::Percent)
            }
            ("fixed", RawFeeValue::Literal(text)) => {
                literal(faults, "value", text).map(FeeBasis::Fixed)
            }
            ("instalments", RawFeeValue::Literal(text)) => {
                literal(faults, "value", text).map(FeeBasis::Instalments)
            }
            ("per_mille_table", RawFeeValue::Table(bands)) => {
                Some(FeeBasis::PerMilleTable(table(faults, bands)))
            }
            ("percent" | "fixed" | "instalments" | "per_mille_table", _) => {
                let message = "a per_mille_table takes a list of bands, the others one value";
                faults.add("value", "invalid", message);
                None
            }
            _ => {
                let message = "is one of percent, fixed, instalments, per_mille_table";
                faults.add("basis", "unknown_value", message);
                None
            }
        }
    }
}

fn table(faults: &mut Faults, bands: &[RawBand]) -> Vec<PerMilleBand> {
    let mut table = Vec::with_capacity(bands.len());
    for (place, band) in bands.iter().enumerate() {
        let mut number =
            |name: &str, number| small(faults, &format!("value[{place}].{name}"), Some(number), 0);
        table.push(PerMilleBand {
            age_from: number("age_from", band.age_from),
            age_to: number("age_to", band.age_to),
            tenor_from: number("tenor_from", band.tenor_from),
            tenor_to: number("tenor_to", band.tenor_to),
            per_mille: band.per_mille,
        });
    }
    table
}

impl RawPenalty {
    /// The rule, or every fault.
    pub fn check(&self) -> Result<PenaltyTerms, Faults> {
        let mut faults = Faults::new();
        let kind: Option<PenaltyKind> = faults.take(read_code("kind", &self.kind));
        let grace_days = small(&mut faults, "grace_days", self.grace_days, 0);
        let basis = self.measure(&mut faults, "value", &self.value);
        let steps = self.steps(&mut faults);
        let terms = kind.zip(basis).and_then(|(kind, basis)| {
            let parts = PenaltyParts { kind, basis, steps, grace_days, cap_pct: self.cap_pct };
            faults.take_all(PenaltyTerms::new(parts))
        });
        faults.finish(terms)
    }

    fn steps(&self, faults: &mut Faults) -> Vec<PenaltyStep> {
        let mut steps = Vec::with_capacity(self.steps.len());
        for (place, step) in self.steps.iter().enumerate() {
            let field = format!("steps[{place}].value");
            if let Some(basis) = self.measure(faults, &field, &step.value) {
                steps.push(PenaltyStep { remaining_pct: step.remaining_pct, basis });
            }
        }
        steps
    }

    fn measure(&self, faults: &mut Faults, field: &str, text: &str) -> Option<PenaltyBasis> {
        match self.basis.as_str() {
            "percent_per_day" => literal(faults, field, text).map(PenaltyBasis::PercentPerDay),
            "percent_once" => literal(faults, field, text).map(PenaltyBasis::PercentOnce),
            "fixed" => literal(faults, field, text).map(PenaltyBasis::Fixed),
            "months_of_interest" => {
                literal(faults, field, text).map(PenaltyBasis::MonthsOfInterest)
            }
            _ if field == "value" => {
                let message = "is one of percent_per_day, percent_once, fixed, months_of_interest";
                faults.take::<()>(Err(FieldFault::new("basis", "unknown_value", message)));
                None
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_read_by_their_basis() {
        let fee = |kind: &str, basis: &str, value: &str| {
            let value = RawFeeValue::Literal(value.to_owned());
            RawFee { kind: kind.into(), basis: basis.into(), value, collection: None }.check()
        };
        assert_eq!(fee("admin", "percent", "1.5").unwrap().basis.code(), "percent");
        assert_eq!(fee("blokir", "instalments", "2").unwrap().basis, FeeBasis::Instalments(2));
        let fields =
            |faults: Faults| faults.list().iter().map(|f| f.field.clone()).collect::<Vec<_>>();
        assert_eq!(fields(fee("tip", "fixed", "1e3").unwrap_err()), ["kind", "value"]);
        assert_eq!(fields(fee("admin", "tax", "1").unwrap_err()), ["basis"]);
        assert_eq!(fields(fee("asuransi", "per_mille_table", "1").unwrap_err()), ["value"]);
    }

    #[test]
    fn penalty_rules_are_read_with_their_steps() {
        let step =
            |pct, value: &str| RawStep { remaining_pct: Rate::percent(pct), value: value.into() };
        let rule = RawPenalty {
            kind: "early_settlement".into(),
            basis: "percent_once".into(),
            value: "1".into(),
            steps: vec![step(50, "2"), step(75, "3")],
            ..RawPenalty::default()
        };
        let terms = rule.check().unwrap();
        assert_eq!(terms.basis_at(9, 12), PenaltyBasis::PercentOnce(Rate::percent(3)));
        let broken = RawPenalty { steps: vec![step(50, "x")], kind: "?".into(), ..rule };
        let faults = broken.check().unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["kind", "steps[0].value"]);
    }
}
