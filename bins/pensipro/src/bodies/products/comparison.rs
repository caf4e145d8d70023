//! The methods beside one another.

use chrono::NaiveDate;
use pensipro_kernel::{Money, Rate};
use pensipro_pricing::{Circumstances, Comparison, MethodRow, SimulationRequest};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::FileFormat;

/// Which loan is compared.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ComparisonQuery {
    /// The plafon.
    #[param(value_type = String, example = "50000000")]
    plafon: Money,
    /// Months.
    #[param(example = 36)]
    tenor: u16,
    /// Nominal percent a year; by default the product's.
    #[param(value_type = Option<String>)]
    pub interest_rate: Option<Rate>,
    /// When it would be disbursed; by default today.
    disbursed_on: Option<NaiveDate>,
    /// The member's birth date, for fees that depend on the age.
    birth_date: Option<NaiveDate>,
    /// `json` (if absent), `csv`, `xlsx` or `pdf`.
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

impl ComparisonQuery {
    /// The request, as of today.
    pub fn on(&self, today: NaiveDate) -> SimulationRequest {
        let disbursed_on = self.disbursed_on.unwrap_or(today);
        let birth_date = self.birth_date;
        let circumstances = Circumstances { birth_date, ..Circumstances::on(disbursed_on) };
        SimulationRequest { plafon: self.plafon, tenor: self.tenor, circumstances }
    }
}

/// One rate under each method.
#[derive(Serialize, ToSchema)]
pub struct ComparisonBody {
    /// The plafon.
    #[schema(value_type = String)]
    pub plafon: Money,
    /// Months.
    pub tenor: u16,
    /// Nominal percent a year.
    #[schema(value_type = String)]
    pub interest_rate: Rate,
    /// The flat rate that costs as much as an annuity at this rate.
    #[schema(value_type = String)]
    pub flat_of_effective: Rate,
    /// The nominal rate of an annuity that costs as much as this rate does flat.
    #[schema(value_type = String)]
    pub effective_of_flat: Rate,
    /// One a method.
    pub methods: Vec<MethodBody>,
}

/// A loan by a method.
#[derive(Serialize, ToSchema)]
pub struct MethodBody {
    /// `flat`, `anuitas` or `efektif`
    pub method: &'static str,
    /// The regular instalment; of `efektif` the first and largest.
    #[schema(value_type = String)]
    pub instalment: Money,
    /// The last one.
    #[schema(value_type = String)]
    pub last_instalment: Money,
    /// All interest.
    #[schema(value_type = String)]
    pub total_interest: Money,
    /// Principal and interest.
    #[schema(value_type = String)]
    pub total_payment: Money,
    /// All interest over plafon and years, percent.
    #[schema(value_type = String)]
    pub flat_rate: Rate,
    /// 12 times the monthly rate, without fees.
    #[schema(value_type = String)]
    pub nominal_effective_rate: Rate,
    /// A year, of the cash flows after fees; `null` where the fees leave nothing to disburse.
    #[schema(value_type = Option<String>)]
    pub effective_rate: Option<Rate>,
}

impl ComparisonBody {
    /// What was found for a loan.
    pub fn of(request: &SimulationRequest, comparison: &Comparison) -> Self {
        let Comparison { interest_rate, flat_of_effective, effective_of_flat, rows } = comparison;
        Self {
            plafon: request.plafon,
            tenor: request.tenor,
            interest_rate: *interest_rate,
            flat_of_effective: *flat_of_effective,
            effective_of_flat: *effective_of_flat,
            methods: rows.iter().map(MethodBody::from).collect(),
        }
    }
}

impl From<&MethodRow> for MethodBody {
    fn from(row: &MethodRow) -> Self {
        let MethodRow {
            method,
            instalment,
            last_instalment,
            total_interest,
            total_payment,
            flat_rate,
            nominal_effective_rate,
            effective_rate,
        } = row.clone();
        Self {
            method: method.code(),
            instalment,
            last_instalment,
            total_interest,
            total_payment,
            flat_rate,
            nominal_effective_rate,
            effective_rate,
        }
    }
}
