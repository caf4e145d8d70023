//! Fees, as products state them and applications agree them.

use pensipro_kernel::{Faults, FieldFault, Rate};
use pensipro_pricing::{
    FeeBasis, FeeCharge, FeeParts, FeeTerms, PerMilleBand, RawBand, RawFee, RawFeeValue,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A fee to be charged.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeInput {
    /// `admin`, `provisi`, `asuransi`, `flagging`, `tatalaksana`, `meterai`, `blokir` or `lainnya`.
    #[schema(required, example = "provisi")]
    pub kind: Option<String>,
    /// `percent` of the plafon, `fixed`, `instalments` held back, or `per_mille_table`.
    #[schema(required, example = "percent")]
    pub basis: Option<String>,
    /// A percentage, an amount, a count, or the bands of the table.
    #[schema(required)]
    pub value: Option<FeeValue>,
    /// `upfront` (if absent) or `first_instalment`.
    pub collection: Option<String>,
}

/// The value of a fee.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FeeValue {
    /// The digits of a percentage or an amount.
    Text(String),
    /// The same as a number.
    #[schema(value_type = f64)]
    Number(serde_json::Number),
    /// The cells of a per-mille table.
    Table(Vec<FeeBand>),
}

/// A cell of a per-mille table; both ranges include their ends.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeeBand {
    /// Youngest age, in completed years.
    pub age_from: i64,
    /// Oldest age.
    pub age_to: i64,
    /// Shortest tenor, in months.
    pub tenor_from: i64,
    /// Longest tenor.
    pub tenor_to: i64,
    /// How many thousandths of the plafon.
    #[schema(value_type = String, example = "78.5")]
    pub per_mille: Rate,
}

/// A fee as agreed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeBody {
    /// What it is for.
    pub kind: &'static str,
    /// What it is computed from.
    pub basis: &'static str,
    /// A percentage, an amount, a count, or the bands of the table.
    pub value: FeeValue,
    /// When it is paid.
    pub collection: &'static str,
}

/// A fee as it came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargeBody {
    /// What it is for.
    pub kind: &'static str,
    /// How much.
    #[schema(value_type = String, example = "250000.00")]
    pub amount: pensipro_kernel::Money,
    /// When it is paid.
    pub collection: &'static str,
}

impl FeeInput {
    /// The fee, or every fault.
    pub fn check(self) -> Result<FeeTerms, Faults> {
        let Self { kind, basis, value, collection } = self;
        let mut faults = Faults::new();
        let kind = faults.take(kind.ok_or_else(|| FieldFault::required("kind")));
        let basis = faults.take(basis.ok_or_else(|| FieldFault::required("basis")));
        let value = faults.take(value.ok_or_else(|| FieldFault::required("value")));
        let raw = || Some(RawFee { kind: kind?, basis: basis?, value: value?.into(), collection });
        let raw = faults.finish(raw())?;
        raw.check()
    }

    /// All of a list, or every fault of each, named by its place.
    pub fn check_all(field: &str, fees: Vec<Self>) -> Result<Vec<FeeTerms>, Faults> {
        let mut faults = Faults::new();
        let mut terms = Vec::with_capacity(fees.len());
        for (place, fee) in fees.into_iter().enumerate() {
            let checked = fee.check().map_err(|wrong| wrong.within(&format!("{field}[{place}]")));
            terms.extend(faults.take_all(checked));
        }
        faults.finish(Some(terms))
    }
}

impl From<FeeValue> for RawFeeValue {
    fn from(value: FeeValue) -> Self {
        match value {
            FeeValue::Text(text) => Self::Literal(text),
            FeeValue::Number(number) => Self::Literal(number.to_string()),
            FeeValue::Table(bands) => Self::Table(bands.into_iter().map(RawBand::from).collect()),
        }
    }
}

impl From<FeeBand> for RawBand {
    fn from(band: FeeBand) -> Self {
        let FeeBand { age_from, age_to, tenor_from, tenor_to, per_mille } = band;
        Self { age_from, age_to, tenor_from, tenor_to, per_mille }
    }
}

impl From<PerMilleBand> for FeeBand {
    fn from(band: PerMilleBand) -> Self {
        let PerMilleBand { age_from, age_to, tenor_from, tenor_to, per_mille } = band;
        Self {
            age_from: age_from.into(),
            age_to: age_to.into(),
            tenor_from: tenor_from.into(),
            tenor_to: tenor_to.into(),
            per_mille,
        }
    }
}

impl From<FeeTerms> for FeeBody {
    fn from(terms: FeeTerms) -> Self {
        let FeeParts { kind, basis, collection } = terms.into_parts();
        let code = basis.code();
        let value = match basis {
            FeeBasis::Percent(rate) => FeeValue::Text(rate.to_string()),
            FeeBasis::Fixed(amount) => FeeValue::Text(amount.to_string()),
            FeeBasis::Instalments(count) => FeeValue::Number(count.into()),
            FeeBasis::PerMilleTable(bands) => {
                FeeValue::Table(bands.into_iter().map(FeeBand::from).collect())
            }
        };
        Self { kind: kind.code(), basis: code, value, collection: collection.code() }
    }
}

impl From<FeeCharge> for ChargeBody {
    fn from(FeeCharge { kind, amount, collection }: FeeCharge) -> Self {
        Self { kind: kind.code(), amount, collection: collection.code() }
    }
}
