//! Spreadsheets of members.

use chrono::{DateTime, Utc};
use pensipro_kernel::{BranchId, MemberId, SalesId, UserId};
use pensipro_members::{
    Intake, IntakeCommand, IntakeFilter, IntakeMode, IntakeStatus, RawIntake, RowFault,
    StoredVerdict, Tally, VerdictKind,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{clock::hex, http::List};

/// The fields of an upload beside its file.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IntakeForm {
    /// `true`: every row gets its verdict and nobody is registered.
    #[schema(value_type = Option<bool>)]
    pub dry_run: Option<String>,
    /// The branch of rows that name none; by default the caller's.
    #[schema(value_type = Option<i64>)]
    pub branch_id: Option<String>,
    /// The sales person of rows that name none; by default the caller, if he is one.
    #[schema(value_type = Option<i64>)]
    pub sales_id: Option<String>,
}

impl From<IntakeForm> for RawIntake {
    fn from(IntakeForm { dry_run, branch_id, sales_id }: IntakeForm) -> Self {
        Self { dry_run, branch_id, sales_id }
    }
}

/// A spreadsheet of members.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntakeBody {
    /// Its id.
    pub id: i64,
    /// Whether nobody is registered.
    pub dry_run: bool,
    /// The branch of rows that name none.
    pub branch_id: Option<i64>,
    /// The sales person of rows that name none.
    pub sales_id: Option<i64>,
    /// The file's SHA-256.
    pub sha256: String,
    /// `processing` or `done`.
    pub status: &'static str,
    /// Rows of the file that hold something, its header left out.
    pub rows: u32,
    /// Rows that have their verdict.
    pub rows_done: u32,
    /// Rows whose people are members now.
    pub registered: u32,
    /// Rows whose people would be registered, were it no dry run.
    pub acceptable: u32,
    /// Rows whose people were members before.
    pub present: u32,
    /// Rows that cannot be taken.
    pub refused: u32,
    /// Who sent it.
    pub created_by: Option<i64>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<Intake> for IntakeBody {
    fn from(intake: Intake) -> Self {
        let Intake {
            id,
            command,
            sent_from: _,
            sha256,
            rows,
            spool_key: _,
            status,
            last_row: _,
            tally,
            created_by,
            created_at,
        } = intake;
        let IntakeCommand { mode, branch_id, sales_id } = command;
        let Tally { registered, acceptable, present, refused } = tally;
        Self {
            id: id.get(),
            dry_run: mode == IntakeMode::DryRun,
            branch_id: branch_id.map(BranchId::get),
            sales_id: sales_id.map(SalesId::get),
            sha256: hex(&sha256.0),
            status: status.code(),
            rows,
            rows_done: tally.rows(),
            registered,
            acceptable,
            present,
            refused,
            created_by: created_by.map(UserId::get),
            created_at,
        }
    }
}

/// A spreadsheet of members with a page of its rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntakeDetailBody {
    /// The spreadsheet.
    #[serde(flatten)]
    pub intake: IntakeBody,
    /// A page of its rows, by their numbers.
    #[serde(flatten)]
    pub page: List<IntakeRowBody>,
}

/// What became of a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntakeRowBody {
    /// Its number in the sheet, from 1; of a CSV file the line that it begins on.
    pub row: u32,
    /// `registered`, `acceptable` (a dry run), `present` or `refused`.
    pub verdict: &'static str,
    /// The member that its person is.
    pub member_id: Option<i64>,
    /// What is wrong with it.
    pub errors: Vec<RowFaultBody>,
}

/// What is wrong with a field of a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowFaultBody {
    /// The field.
    pub field: String,
    /// Stable, `snake_case`.
    pub code: String,
    /// For people.
    pub message: String,
}

impl From<StoredVerdict> for IntakeRowBody {
    fn from(StoredVerdict { row, kind, member_id, faults }: StoredVerdict) -> Self {
        let fault =
            |RowFault { field, code, message }: RowFault| RowFaultBody { field, code, message };
        Self {
            row,
            verdict: kind.code(),
            member_id: member_id.map(MemberId::get),
            errors: faults.into_iter().map(fault).collect(),
        }
    }
}

/// Filters of the list of spreadsheets.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct IntakeQuery {
    /// `processing` or `done`.
    #[param(value_type = Option<String>)]
    status: Option<IntakeStatus>,
}

impl From<IntakeQuery> for IntakeFilter {
    fn from(IntakeQuery { status }: IntakeQuery) -> Self {
        Self { status }
    }
}

/// Which rows are shown.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct IntakeRowQuery {
    /// `registered`, `acceptable`, `present` or `refused`.
    #[param(value_type = Option<String>)]
    pub verdict: Option<VerdictKind>,
}
