//! Bodies of imports.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_billing::{
    Import, ImportFilter, ImportStatus, MonthAccount, MonthTotals, OutcomeKind, OutcomeTotals,
    Payer, RawImport, Summary,
};
use pensipro_kernel::{Money, Period, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::LineBody;
use crate::{clock::hex, http::List};

/// The fields of an upload beside its file.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportForm {
    /// `TASPEN`, `ASABRI` or `LAINNYA`.
    #[schema(required, example = "TASPEN")]
    pub payer: String,
    /// The month that the file answers to, `YYYY-MM`.
    #[schema(required, example = "2026-10")]
    pub periode: String,
    /// The value date of its money, `YYYY-MM-DD`; by default the profile's pay day in the month.
    pub paid_on: Option<String>,
    /// The profile that the file follows; by default the payer's, else the generic one.
    pub profile: Option<String>,
}

impl From<ImportForm> for RawImport {
    fn from(ImportForm { payer, periode, paid_on, profile }: ImportForm) -> Self {
        Self { payer, periode, paid_on, profile }
    }
}

/// An import of a realisation file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportBody {
    /// Its id.
    pub id: i64,
    /// Whose file it is.
    pub payer: &'static str,
    /// The month that it answers to.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// The profile whose header was found.
    pub profile: String,
    /// The value date of its money.
    pub paid_on: NaiveDate,
    /// Differences up to this count as none.
    #[schema(value_type = String, example = "0.00")]
    pub tolerance: Money,
    /// The file's SHA-256.
    pub sha256: String,
    /// The file's size.
    pub bytes: u64,
    /// `processing`, `done` or `discarded`.
    pub status: &'static str,
    /// Lines of the file.
    pub lines: u32,
    /// Lines that have their outcome.
    pub lines_done: u32,
    /// Totals by outcome of the lines done.
    pub summary: SummaryBody,
    /// The readable amounts of the lines done: applied, to be refunded and held together.
    #[schema(value_type = String, example = "1500000.00")]
    pub total_amount: Money,
    /// Lines done whose amount cannot be read.
    pub unreadable: u32,
    /// Who uploaded it.
    pub created_by: Option<i64>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Totals of the lines of each outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryBody {
    pub matched: TotalsBody,
    pub partial: TotalsBody,
    pub over: TotalsBody,
    pub failed: TotalsBody,
    pub unmatched: TotalsBody,
    pub duplicate: TotalsBody,
    pub invalid: TotalsBody,
}

/// Counts and sums of the lines of an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotalsBody {
    /// Lines.
    pub count: u32,
    /// What was billed for them.
    #[schema(value_type = String)]
    pub billed: Money,
    /// Their readable amounts.
    #[schema(value_type = String)]
    pub amount: Money,
    /// Of these, on loan accounts.
    #[schema(value_type = String)]
    pub applied: Money,
    /// Of these, to be paid back.
    #[schema(value_type = String)]
    pub to_refund: Money,
    /// Of these, waiting for a decision.
    #[schema(value_type = String)]
    pub held: Money,
}

impl From<OutcomeTotals> for TotalsBody {
    fn from(totals: OutcomeTotals) -> Self {
        let OutcomeTotals { count, billed, amount, applied, to_refund, held } = totals;
        Self { count, billed, amount, applied, to_refund, held }
    }
}

impl From<&Summary> for SummaryBody {
    fn from(summary: &Summary) -> Self {
        let of = |kind| TotalsBody::from(summary.of(kind));
        Self {
            matched: of(OutcomeKind::Matched),
            partial: of(OutcomeKind::Partial),
            over: of(OutcomeKind::Over),
            failed: of(OutcomeKind::Failed),
            unmatched: of(OutcomeKind::Unmatched),
            duplicate: of(OutcomeKind::Duplicate),
            invalid: of(OutcomeKind::Invalid),
        }
    }
}

impl From<Import> for ImportBody {
    fn from(import: Import) -> Self {
        let Import {
            id,
            payer,
            periode,
            profile,
            paid_on,
            tolerance,
            sha256,
            bytes,
            spool_key: _,
            status,
            lines,
            lines_done,
            last_line: _,
            summary,
            created_by,
            created_at,
        } = import;
        Self {
            id: id.get(),
            payer: payer.code(),
            periode,
            profile,
            paid_on,
            tolerance,
            sha256: hex(&sha256),
            bytes,
            status: status.code(),
            lines,
            lines_done,
            summary: SummaryBody::from(&summary),
            total_amount: summary.total().amount,
            unreadable: summary.unreadable(),
            created_by: created_by.map(UserId::get),
            created_at,
        }
    }
}

/// What was billed to the payer for the month, by the latest outcome of each billed line: all of it
/// together is what was billed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BilledMonthBody {
    /// What was billed.
    #[schema(value_type = String)]
    pub billed: Money,
    pub matched: BilledBody,
    pub partial: BilledBody,
    pub over: BilledBody,
    pub failed: BilledBody,
    /// Lines that no file has answered.
    pub not_returned: BilledBody,
}

/// Billed lines of an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct BilledBody {
    /// Lines.
    pub count: u32,
    /// What was billed on them.
    #[schema(value_type = String)]
    pub billed: Money,
    /// All that was cut for them.
    #[schema(value_type = String)]
    pub paid: Money,
}

impl From<MonthTotals> for BilledBody {
    fn from(MonthTotals { count, billed, paid }: MonthTotals) -> Self {
        Self { count, billed, paid }
    }
}

impl From<MonthAccount> for BilledMonthBody {
    fn from(month: MonthAccount) -> Self {
        let of = |kind| BilledBody::from(month.of(kind));
        Self {
            billed: month.exported,
            matched: of(Some(OutcomeKind::Matched)),
            partial: of(Some(OutcomeKind::Partial)),
            over: of(Some(OutcomeKind::Over)),
            failed: of(Some(OutcomeKind::Failed)),
            not_returned: of(None),
        }
    }
}

/// An import with a page of its lines.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportDetailBody {
    /// The import.
    #[serde(flatten)]
    pub import: ImportBody,
    /// The payer's month as it stands now, once the import is done; with the first page of lines alone.
    pub month: Option<BilledMonthBody>,
    /// The page of its lines, in their order in the file.
    #[serde(flatten)]
    pub page: List<LineBody>,
}

impl ImportDetailBody {
    /// An import with its month, if that is told, and a page of its lines.
    pub fn new(import: Import, month: Option<MonthAccount>, page: List<LineBody>) -> Self {
        Self { import: import.into(), month: month.map(BilledMonthBody::from), page }
    }
}

/// Filters of the imports.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// The month.
    #[param(value_type = Option<String>)]
    periode: Option<Period>,
    /// The payer.
    #[param(value_type = Option<String>)]
    payer: Option<Payer>,
    /// `processing`, `done` or `discarded`.
    #[param(value_type = Option<String>)]
    status: Option<ImportStatus>,
}

impl From<ImportQuery> for ImportFilter {
    fn from(ImportQuery { periode, payer, status }: ImportQuery) -> Self {
        Self { periode, payer, status }
    }
}
