//! Bodies for lines that wait: settling one, trying a month's again.

use pensipro_billing::{RawReconcile, RawRetry, RetryTally};
use pensipro_kernel::LoanId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose a line's money is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReconcileBody {
    /// The loan.
    #[schema(value_type = i64)]
    pub loan_id: Option<LoanId>,
    /// How it was found out.
    #[schema(value_type = String)]
    pub notes: Option<String>,
}

impl From<ReconcileBody> for RawReconcile {
    fn from(ReconcileBody { loan_id, notes }: ReconcileBody) -> Self {
        Self { loan_id, notes }
    }
}

/// Which lines to try again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RetryBody {
    /// The month of their imports, `YYYY-MM`.
    #[schema(required, example = "2026-10")]
    pub from_periode: String,
    /// Only this payer's: `TASPEN`, `ASABRI` or `LAINNYA`.
    pub payer: Option<String>,
}

impl From<RetryBody> for RawRetry {
    fn from(RetryBody { from_periode, payer }: RetryBody) -> Self {
        Self { from_periode, payer }
    }
}

/// What trying lines again came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetriedBody {
    /// Lines tried.
    pub retried: u32,
    /// Lines whose money was posted.
    pub matched: u32,
    /// Lines that turned out to repeat what was paid; their money is held.
    pub duplicate: u32,
    /// Lines that wait as before.
    pub still_unmatched: u32,
}

impl From<RetryTally> for RetriedBody {
    fn from(tally: RetryTally) -> Self {
        let RetryTally { retried, matched, duplicate } = tally;
        Self { retried, matched, duplicate, still_unmatched: tally.still_unmatched() }
    }
}
