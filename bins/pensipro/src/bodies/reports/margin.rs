//! Bodies of the report on funders' margins.

use pensipro_funding::FunderMargin;
use pensipro_kernel::{Money, Period};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::FileFormat;

/// Which month, and how it is written.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MarginQuery {
    /// The month, `YYYY-MM`.
    #[param(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// `json`, `csv`, `xlsx` or `pdf`
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

/// A funder's row.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct FunderMarginBody {
    pub funder_id: i64,
    pub code: String,
    pub name: String,
    /// How far the settlement is: `draft`, `final` or `paid`
    pub status: &'static str,
    /// The interest that members paid on his share.
    #[schema(value_type = String)]
    pub interest_received: Money,
    /// What he takes of it.
    #[schema(value_type = String)]
    pub funder_share: Money,
    #[schema(value_type = String)]
    pub fee_originator: Money,
    #[schema(value_type = String)]
    pub fee_servicing: Money,
    /// What the cooperative keeps: the interest that he leaves, and the fees.
    #[schema(value_type = String)]
    pub margin: Money,
}

impl From<FunderMargin> for FunderMarginBody {
    fn from(row: FunderMargin) -> Self {
        let (interest_received, funder_share, margin) =
            (row.interest_received(), row.funder_share(), row.margin());
        Self {
            funder_id: row.funder.id.get(),
            code: row.funder.details.code,
            name: row.funder.details.name,
            status: row.settlement.status.code(),
            interest_received,
            funder_share,
            fee_originator: row.settlement.fee_originator,
            fee_servicing: row.settlement.fee_servicing,
            margin,
        }
    }
}

/// The funders whose settlement of the month is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct FunderMarginsBody {
    /// The month.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// By the funders' codes.
    pub rows: Vec<FunderMarginBody>,
}
