//! Bodies for lines that wait: settling one, trying a month's again.

use chrono::{DateTime, Utc};
use pensipro_billing::{RawReconcile, RawRetry, Retry, RetryRun, RetryTally};
use pensipro_kernel::{LoanId, Period, UserId};
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

/// A run that tries lines again, and what it came to so far.
#[derive(Debug, Serialize, ToSchema)]
pub struct RetryRunBody {
    /// Its id.
    pub id: i64,
    /// The month of the lines' imports.
    #[schema(value_type = String, example = "2026-10")]
    pub from_periode: Period,
    /// Whose lines; `null` for all.
    pub payer: Option<&'static str>,
    /// `running` or `done`.
    pub status: &'static str,
    /// Lines tried.
    pub retried: u32,
    /// Lines whose money was posted.
    pub matched: u32,
    /// Lines that turned out to repeat what was paid; their money is held.
    pub duplicate: u32,
    /// Lines that wait as before.
    pub still_unmatched: u32,
    /// Who asked for it; `null` if it began by itself.
    pub created_by: Option<i64>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl From<RetryRun> for RetryRunBody {
    fn from(run: RetryRun) -> Self {
        let RetryRun {
            id,
            of: Retry { from_periode, payer },
            status,
            through: _,
            tally,
            created_by,
            created_at,
            finished_at,
        } = run;
        let RetryTally { retried, matched, duplicate } = tally;
        Self {
            id: id.get(),
            from_periode,
            payer: payer.map(|payer| payer.code()),
            status: status.code(),
            retried,
            matched,
            duplicate,
            still_unmatched: tally.still_unmatched(),
            created_by: created_by.map(UserId::get),
            created_at,
            finished_at,
        }
    }
}
