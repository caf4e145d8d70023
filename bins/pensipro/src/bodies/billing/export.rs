//! Bodies of exports.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_billing::{
    Arrears, Export, ExportFilter, ExportScope, ExportStatus, LeftOut, MarkSent, Payer, RawExport,
};
use pensipro_kernel::{ExportId, Faults, LoanId, Money, Period, UserId, optional_text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::List;

/// An export that is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewExportBody {
    /// The month, `YYYY-MM`.
    #[schema(required, example = "2026-10")]
    pub periode: String,
    /// `TASPEN`, `ASABRI` or `LAINNYA`.
    #[schema(required, example = "TASPEN")]
    pub payer: String,
    /// Only this pay office's pensioners.
    pub pay_office: Option<String>,
    /// Bill unpaid instalments of earlier months too; by default as `BILLING_ARREARS` says.
    pub include_arrears: Option<bool>,
    /// Supersede the scope's live export.
    pub replace: Option<bool>,
    /// Why, where that one was sent, or where the month's cut-off has passed.
    pub reason: Option<String>,
}

impl From<NewExportBody> for RawExport {
    fn from(body: NewExportBody) -> Self {
        let NewExportBody { periode, payer, pay_office, include_arrears, replace, reason } = body;
        Self { periode, payer, pay_office, include_arrears, replace, reason }
    }
}

/// An export was handed to the payer.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExportSentBody {
    /// The day.
    #[schema(required)]
    pub sent_on: Option<NaiveDate>,
    /// How, or to whom.
    pub note: Option<String>,
    /// Why, when it was marked before.
    pub reason: Option<String>,
}

impl ExportSentBody {
    /// Checks the body, all faults at once.
    pub fn check(self) -> Result<MarkSent, Faults> {
        let Self { sent_on, note, reason } = self;
        let mut faults = Faults::new();
        if sent_on.is_none() {
            faults.add("sent_on", "required", "is needed");
        }
        let note = faults.take(optional_text("note", note.as_deref(), 500));
        let reason = faults.take(optional_text("reason", reason.as_deref(), 500));
        let command = sent_on.zip(note).zip(reason);
        faults.finish(command.map(|((sent_on, note), reason)| MarkSent { sent_on, note, reason }))
    }
}

/// An export.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportBody {
    /// Its id.
    pub id: i64,
    /// The month billed.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// Whose pensioners.
    pub payer: &'static str,
    /// Of which pay office; empty for all.
    pub pay_office: String,
    /// Whether it bills arrears.
    pub include_arrears: bool,
    /// `generating`, `generated`, `sent` or `superseded`.
    pub status: &'static str,
    /// Its lines so far.
    pub lines: u32,
    /// Loans left out so far, which the detail lists.
    pub left_out: u32,
    /// The sum of its lines so far.
    #[schema(value_type = String, example = "1500000.00")]
    pub total_amount: Money,
    /// Remainders up to this are billed in any case.
    #[schema(value_type = String, example = "0.00")]
    pub tolerance: Money,
    /// The profile of its file.
    pub profile: String,
    /// The export that it replaced.
    pub replaces: Option<i64>,
    /// Why it replaced a sent one.
    pub reason: Option<String>,
    /// When it was handed over.
    pub sent_on: Option<NaiveDate>,
    /// A note on the handing over.
    pub note: Option<String>,
    /// Who asked for it.
    pub created_by: Option<i64>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<Export> for ExportBody {
    fn from(export: Export) -> Self {
        let Export {
            id,
            scope: ExportScope { periode, payer, pay_office },
            arrears,
            tolerance,
            profile,
            status,
            cursor: _,
            lines,
            left_out,
            total_amount,
            replaces,
            reason,
            sent_on,
            sent_note,
            created_by,
            created_at,
        } = export;
        Self {
            id: id.get(),
            periode,
            payer: payer.code(),
            pay_office,
            include_arrears: arrears == Arrears::Include,
            status: status.code(),
            lines,
            left_out,
            total_amount,
            tolerance,
            profile,
            replaces: replaces.map(ExportId::get),
            reason,
            sent_on,
            note: sent_note,
            created_by: created_by.map(UserId::get),
            created_at,
        }
    }
}

/// Filters of the exports.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// The month.
    #[param(value_type = Option<String>)]
    periode: Option<Period>,
    /// The payer.
    #[param(value_type = Option<String>)]
    payer: Option<Payer>,
    /// `generating`, `generated`, `sent` or `superseded`.
    #[param(value_type = Option<String>)]
    status: Option<ExportStatus>,
}

impl From<ExportQuery> for ExportFilter {
    fn from(ExportQuery { periode, payer, status }: ExportQuery) -> Self {
        Self { periode, payer, status }
    }
}

/// An export with a page of the loans left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportDetailBody {
    /// The export.
    #[serde(flatten)]
    pub export: ExportBody,
    /// The page of the loans left out, by ascending id.
    #[serde(flatten)]
    pub page: List<LeftOutBody>,
}

/// A loan that an export left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutBody {
    /// The loan.
    pub loan_id: i64,
    /// `held_by_export` or `awaiting_answer`.
    pub reason: &'static str,
    /// The export that bills it, where one does.
    pub held_by: Option<i64>,
}

impl From<LeftOut> for LeftOutBody {
    fn from(LeftOut { loan_id, reason, held_by }: LeftOut) -> Self {
        let held_by = held_by.map(ExportId::get);
        Self { loan_id: LoanId::get(loan_id), reason: reason.code(), held_by }
    }
}
