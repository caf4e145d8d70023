//! What a loan costs beside its interest.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Faults, FeeId, FieldFault, Money, ProductId, Rate, Rounding, div_round};
use serde::{Deserialize, Serialize};

use crate::checked::checked;
use crate::codes::{Collection, FeeKind};

/// What a fee is computed from. In JSON `{"basis": "percent", "value": "1"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "basis", content = "value", rename_all = "snake_case")]
pub enum FeeBasis {
    /// A percentage of the plafon.
    Percent(Rate),
    /// A fixed amount.
    Fixed(Money),
    /// This many instalments, held back as the member's deposit.
    Instalments(u16),
    /// Per mille of the plafon, by the member's age at disbursement and the tenor.
    PerMilleTable(Vec<PerMilleBand>),
}

/// One cell of a per-mille table; both ranges include their ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerMilleBand {
    /// Youngest age, in completed years.
    pub age_from: u16,
    /// Oldest age.
    pub age_to: u16,
    /// Shortest tenor, in months.
    pub tenor_from: u16,
    /// Longest tenor.
    pub tenor_to: u16,
    /// How many thousandths of the plafon: `78.5` takes 7.85 %.
    pub per_mille: Rate,
}

/// What [`FeeTerms`] are made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeParts {
    /// What it is for.
    pub kind: FeeKind,
    /// What it is computed from.
    #[serde(flatten)]
    pub basis: FeeBasis,
    /// When it is paid.
    pub collection: Collection,
}

checked! {
    /// A fee as it was agreed.
    FeeTerms(FeeParts, "FeeParts")
}

/// A fee of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanFee {
    /// Its id.
    pub id: FeeId,
    /// The product.
    pub product_id: ProductId,
    /// What it takes.
    pub terms: FeeTerms,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when: replaced by another of its kind.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What the amount of a fee depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeFacts {
    /// The plafon.
    pub plafon: Money,
    /// Months.
    pub tenor: u16,
    /// The regular instalment.
    pub instalment: Money,
    /// The member's age in completed years at disbursement, where known.
    pub age: Option<u16>,
}

/// A fee with its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeCharge {
    /// What it is for.
    pub kind: FeeKind,
    /// How much.
    pub amount: Money,
    /// When it is paid.
    pub collection: Collection,
}

impl FeeBasis {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Percent(_) => "percent",
            Self::Fixed(_) => "fixed",
            Self::Instalments(_) => "instalments",
            Self::PerMilleTable(_) => "per_mille_table",
        }
    }

    fn check(&self, faults: &mut Faults) {
        let (holds, message) = match self {
            Self::Percent(rate) => {
                ((Rate::ZERO..=Rate::HUNDRED).contains(rate), "must be a percentage from 0 to 100")
            }
            Self::Fixed(amount) => (!amount.is_negative(), "must not be negative"),
            Self::Instalments(count) => ((1..=60).contains(count), "must be 1 to 60 instalments"),
            Self::PerMilleTable(bands) => return check_bands(bands, faults),
        };
        faults.require(holds, "value", "out_of_range", message);
    }
}

impl PerMilleBand {
    fn is_range(&self) -> bool {
        self.age_from <= self.age_to
            && self.tenor_from <= self.tenor_to
            && (Rate::ZERO..=Rate::percent(1000)).contains(&self.per_mille)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.age_from <= other.age_to
            && other.age_from <= self.age_to
            && self.tenor_from <= other.tenor_to
            && other.tenor_from <= self.tenor_to
    }

    fn holds(&self, age: u16, tenor: u16) -> bool {
        (self.age_from..=self.age_to).contains(&age)
            && (self.tenor_from..=self.tenor_to).contains(&tenor)
    }
}

/// The most cells of a per-mille table.
const MAX_BANDS: usize = 2000;

fn check_bands(bands: &[PerMilleBand], faults: &mut Faults) {
    let count = (1..=MAX_BANDS).contains(&bands.len());
    faults.require(count, "value", "out_of_range", "a table has 1 to 2000 bands");
    if !count {
        return;
    }
    for (place, band) in bands.iter().enumerate() {
        if !band.is_range() {
            faults.add(format!("value[{place}]"), "invalid_band", "from must not be above to");
        }
        if bands.iter().take(place).any(|earlier| earlier.overlaps(band)) {
            faults.add(format!("value[{place}]"), "overlap", "overlaps an earlier band");
        }
    }
}

impl FeeParts {
    pub(crate) fn check(&self, faults: &mut Faults) {
        self.basis.check(faults);
        let deposit = self.kind == FeeKind::Blokir;
        let held_back = matches!(self.basis, FeeBasis::Instalments(_));
        let basis_fits = deposit || !held_back;
        faults.require(basis_fits, "basis", "not_for_kind", "only blokir holds instalments back");
        let time_fits = !deposit || self.collection == Collection::Upfront;
        faults.require(time_fits, "collection", "not_for_kind", "blokir is held back upfront");
    }
}

impl FeeTerms {
    /// What the fee comes to, rounded to the sen. A per-mille table needs the age and a band for
    /// age and tenor.
    pub fn charge(&self, facts: FeeFacts) -> Result<FeeCharge, FieldFault> {
        let amount = match &self.basis {
            FeeBasis::Percent(rate) => share(facts.plafon, *rate, Rate::UNITS_PER_WHOLE),
            FeeBasis::Fixed(amount) => Some(*amount),
            FeeBasis::Instalments(count) => facts.instalment.checked_mul((*count).into()),
            FeeBasis::PerMilleTable(bands) => {
                let per_mille = find_band(bands, facts)?.per_mille;
                share(facts.plafon, per_mille, Rate::UNITS_PER_WHOLE.saturating_mul(10))
            }
        };
        let too_large = || FieldFault::new("plafon", "out_of_range", "the fee is too large");
        let amount = amount.ok_or_else(too_large)?;
        Ok(FeeCharge { kind: self.kind, amount, collection: self.collection })
    }
}

fn find_band(bands: &[PerMilleBand], facts: FeeFacts) -> Result<&PerMilleBand, FieldFault> {
    let age = facts.age.ok_or_else(|| {
        FieldFault::new("birth_date", "required", "a fee of this product depends on the age")
    })?;
    bands.iter().find(|band| band.holds(age, facts.tenor)).ok_or_else(|| {
        let message = format!("no band for age {age} and {} months", facts.tenor);
        FieldFault::new("tenor", "no_fee_band", message)
    })
}

fn share(amount: Money, rate: Rate, whole: i64) -> Option<Money> {
    let product = i128::from(amount.sen()).checked_mul(rate.units().into())?;
    Money::from_wide(div_round(product, whole.into(), Rounding::HalfAwayFromZero)?)
}

/// The charges of all fees, or every fault.
pub fn charges(fees: &[FeeTerms], facts: FeeFacts) -> Result<Vec<FeeCharge>, Faults> {
    let mut faults = Faults::new();
    let charges = fees.iter().filter_map(|fee| faults.take(fee.charge(facts))).collect();
    faults.finish(Some(charges))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> FeeFacts {
        FeeFacts {
            plafon: "120000000".parse().unwrap(),
            tenor: 96,
            instalment: "2084581".parse().unwrap(),
            age: Some(67),
        }
    }

    fn fee(kind: FeeKind, basis: FeeBasis) -> FeeTerms {
        FeeTerms::new(FeeParts { kind, basis, collection: Collection::Upfront }).unwrap()
    }

    fn band(age_from: u16, age_to: u16, per_mille: &str) -> PerMilleBand {
        let per_mille = per_mille.parse().unwrap();
        PerMilleBand { age_from, age_to, tenor_from: 85, tenor_to: 96, per_mille }
    }

    /// Fees of a pension loan simulation, scribd.com/document/399356433: 1 % and 78.50 per mille.
    #[test]
    fn every_basis_comes_to_its_amount() {
        let table = FeeBasis::PerMilleTable(vec![band(60, 66, "60"), band(67, 70, "78.5")]);
        for (fee, amount) in [
            (fee(FeeKind::Admin, FeeBasis::Percent(Rate::percent(1))), "1200000"),
            (fee(FeeKind::Asuransi, table), "9420000"),
            (fee(FeeKind::Blokir, FeeBasis::Instalments(2)), "4169162"),
            (fee(FeeKind::Meterai, FeeBasis::Fixed(Money::from_sen(1_000_000))), "10000"),
        ] {
            assert_eq!(fee.charge(facts()).unwrap().amount, amount.parse().unwrap(), "{amount}");
        }
    }

    #[test]
    fn a_table_needs_an_age_and_a_band() {
        let fee = fee(FeeKind::Asuransi, FeeBasis::PerMilleTable(vec![band(60, 66, "60")]));
        let code = |facts| fee.charge(facts).unwrap_err().code;
        assert_eq!(code(facts()), "no_fee_band");
        assert_eq!(code(FeeFacts { age: None, ..facts() }), "required");
    }

    #[test]
    fn contradictions_are_refused() {
        let overlapping = FeeBasis::PerMilleTable(vec![band(60, 67, "60"), band(67, 70, "78.5")]);
        for (kind, basis, collection, code) in [
            (FeeKind::Admin, FeeBasis::Instalments(1), Collection::Upfront, "not_for_kind"),
            (
                FeeKind::Blokir,
                FeeBasis::Instalments(1),
                Collection::FirstInstalment,
                "not_for_kind",
            ),
            (FeeKind::Asuransi, overlapping, Collection::Upfront, "overlap"),
            (
                FeeKind::Admin,
                FeeBasis::Percent(Rate::percent(101)),
                Collection::Upfront,
                "out_of_range",
            ),
        ] {
            let faults = FeeTerms::new(FeeParts { kind, basis, collection }).unwrap_err();
            assert_eq!(faults.list()[0].code, code);
        }
    }

    #[test]
    fn json_and_back() {
        let fee = fee(FeeKind::Admin, FeeBasis::Percent(Rate::percent(1)));
        let json = serde_json::to_string(&fee).unwrap();
        assert_eq!(
            json,
            r#"{"kind":"admin","basis":"percent","value":"1","collection":"upfront"}"#
        );
        assert_eq!(serde_json::from_str::<FeeTerms>(&json).unwrap(), fee);
        let table = self::fee(FeeKind::Asuransi, FeeBasis::PerMilleTable(vec![band(60, 66, "60")]));
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(serde_json::from_str::<FeeTerms>(&json).unwrap(), table);
    }
}
