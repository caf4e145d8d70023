//! A table of plafons and tenors.

use chrono::NaiveDate;
use pensipro_kernel::Money;
use pensipro_pricing::{
    Brochure, BrochureCell, BrochureFigure, BrochureRequest, BrochureRow, Circumstances,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{bodies::many::Many, http::FileFormat};

/// What a table is made for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct BrochureQuery {
    /// Its rows, parted by commas, at most 100; by default round ones of the product's.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "50000000,100000000")]
    plafons: Many<Money>,
    /// Its columns in months, parted by commas, at most 60; by default whole years.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "12,24,36")]
    tenors: Many<u16>,
    /// When loans would be disbursed; by default today.
    disbursed_on: Option<NaiveDate>,
    /// The member's birth date: for fees that depend on the age; with `monthly_benefit` it adds
    /// `passed`.
    birth_date: Option<NaiveDate>,
    /// The gross pension a month.
    #[param(value_type = Option<String>)]
    monthly_benefit: Option<Money>,
    /// Other obligations a month.
    #[param(value_type = Option<String>)]
    obligations: Option<Money>,
    /// What paying off the loan that is taken over costs.
    #[param(value_type = Option<String>)]
    takeover: Option<Money>,
    /// The figure that files show: `instalment` (if absent) or `net_disbursement`.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    pub figure: BrochureFigure,
    /// `json` (if absent), `csv`, `xlsx` or `pdf`.
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

impl BrochureQuery {
    /// The request, as of today.
    pub fn on(self, today: NaiveDate) -> BrochureRequest {
        let Self {
            plafons,
            tenors,
            disbursed_on,
            birth_date,
            monthly_benefit,
            obligations,
            takeover,
            figure: _,
            format: _,
        } = self;
        let circumstances = Circumstances {
            birth_date,
            monthly_benefit,
            obligations: obligations.unwrap_or(Money::ZERO),
            takeover: takeover.unwrap_or(Money::ZERO),
            ..Circumstances::on(disbursed_on.unwrap_or(today))
        };
        BrochureRequest { plafons: plafons.0, tenors: tenors.0, circumstances }
    }
}

/// A table of plafons and tenors.
#[derive(Serialize, ToSchema)]
pub struct BrochureBody {
    /// Months, one a column.
    pub tenors: Vec<u16>,
    /// One a plafon.
    pub rows: Vec<BrochureRowBody>,
}

/// The loans of a plafon.
#[derive(Serialize, ToSchema)]
pub struct BrochureRowBody {
    /// The plafon.
    #[schema(value_type = String)]
    pub plafon: Money,
    /// One a tenor; `null` where the plafon cannot be repaid in that many instalments.
    pub cells: Vec<Option<BrochureCellBody>>,
}

/// A loan of a table.
#[derive(Serialize, ToSchema)]
pub struct BrochureCellBody {
    /// The regular instalment.
    #[schema(value_type = String)]
    pub instalment: Money,
    /// All fees; `null` where they depend on an age that is not known, or have no band for it.
    #[schema(value_type = Option<String>)]
    pub total_fees: Option<Money>,
    /// What is paid out, after fees and the loan taken over.
    #[schema(value_type = Option<String>)]
    pub net_disbursement: Option<Money>,
    /// Whether the member may have it, where birth date and benefit were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub passed: Option<bool>,
}

impl From<&Brochure> for BrochureBody {
    fn from(Brochure { tenors, rows }: &Brochure) -> Self {
        Self { tenors: tenors.clone(), rows: rows.iter().map(BrochureRowBody::from).collect() }
    }
}

impl From<&BrochureRow> for BrochureRowBody {
    fn from(BrochureRow { plafon, cells }: &BrochureRow) -> Self {
        let cells = cells.iter().map(|cell| cell.map(BrochureCellBody::from)).collect();
        Self { plafon: *plafon, cells }
    }
}

impl From<BrochureCell> for BrochureCellBody {
    fn from(cell: BrochureCell) -> Self {
        let BrochureCell { instalment, total_fees, net_disbursement, passed } = cell;
        Self { instalment, total_fees, net_disbursement, passed }
    }
}
