//! The largest plafons that a pension carries.

use chrono::NaiveDate;
use pensipro_kernel::Money;
use pensipro_pricing::{Capacity, CapacityRow, Circumstances};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{bodies::many::Many, http::FileFormat};

/// Whose pension is asked about.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CapacityQuery {
    /// Tenors in months, parted by commas; by default whole years.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "12,24,36")]
    pub tenors: Many<u16>,
    /// The member's birth date.
    #[param(required)]
    birth_date: Option<NaiveDate>,
    /// The gross pension a month.
    #[param(value_type = String, required, example = "3688600")]
    monthly_benefit: Option<Money>,
    /// Other obligations a month.
    #[param(value_type = Option<String>)]
    obligations: Option<Money>,
    /// What paying off the loan that is taken over costs.
    #[param(value_type = Option<String>)]
    takeover: Option<Money>,
    /// When loans would be disbursed; by default today.
    disbursed_on: Option<NaiveDate>,
    /// `json` (if absent), `csv`, `xlsx` or `pdf`.
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

impl CapacityQuery {
    /// The circumstances, as of today.
    pub fn on(&self, today: NaiveDate) -> Circumstances {
        Circumstances {
            birth_date: self.birth_date,
            monthly_benefit: self.monthly_benefit,
            obligations: self.obligations.unwrap_or(Money::ZERO),
            takeover: self.takeover.unwrap_or(Money::ZERO),
            ..Circumstances::on(self.disbursed_on.unwrap_or(today))
        }
    }
}

/// The largest plafons, tenor by tenor.
#[derive(Serialize, ToSchema)]
pub struct CapacityBody {
    /// The largest instalment that the debt-service ratio leaves.
    #[schema(value_type = String)]
    pub max_instalment: Money,
    /// Shortest tenor first.
    pub rows: Vec<CapacityRowBody>,
}

/// The largest plafon of a tenor.
#[derive(Serialize, ToSchema)]
pub struct CapacityRowBody {
    /// Months.
    pub tenor: u16,
    /// When the last instalment would be due.
    pub last_due: NaiveDate,
    /// Completed years of age then.
    pub age_at_end: u16,
    /// In the product's steps; zero where none can be had.
    #[schema(value_type = String)]
    pub max_plafon: Money,
    /// The rule that lets it be no larger: `dsr`, `max_benefit`, `plafon_range` or `age`.
    pub limited_by: &'static str,
    /// Its regular instalment.
    #[schema(value_type = String)]
    pub instalment: Money,
    /// Its fees.
    #[schema(value_type = String)]
    pub total_fees: Money,
    /// What is paid out, after fees and the loan taken over.
    #[schema(value_type = String)]
    pub net_disbursement: Money,
}

impl From<&Capacity> for CapacityBody {
    fn from(Capacity { max_instalment, rows }: &Capacity) -> Self {
        let rows = rows.iter().map(CapacityRowBody::from).collect();
        Self { max_instalment: *max_instalment, rows }
    }
}

impl From<&CapacityRow> for CapacityRowBody {
    fn from(row: &CapacityRow) -> Self {
        let CapacityRow {
            tenor,
            last_due,
            age_at_end,
            max_plafon,
            limited_by,
            instalment,
            total_fees,
            net_disbursement,
        } = row.clone();
        Self {
            tenor,
            last_due,
            age_at_end,
            max_plafon,
            limited_by: limited_by.code(),
            instalment,
            total_fees,
            net_disbursement,
        }
    }
}
