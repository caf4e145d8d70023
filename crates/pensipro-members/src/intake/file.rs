//! A spreadsheet of members, and how far it is worked off.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    AuditValue, BranchId, Class, DomainError, ErrorKind, Faults, IntakeId, SalesId, Scope, UserId,
    codes,
};

use super::Tally;
use crate::Sha256;

codes! {
    /// What a spreadsheet is worked off for.
    pub enum IntakeMode {
        /// Its people become members.
        Register = "register",
        /// Its rows are judged, and nothing is stored but the verdicts.
        DryRun = "dry_run",
    }
}

codes! {
    /// How far it is.
    pub enum IntakeStatus {
        /// Rows are being judged.
        Processing = "processing",
        /// Every row has its verdict.
        Done = "done",
    }
}

/// More rows are refused: a file of so many is to be parted.
pub const MAX_ROWS: u32 = 500_000;

/// Why a spreadsheet is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetFault {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Neither CSV nor XLSX.
    #[error("the file is no spreadsheet that can be read: {0}")]
    Unsupported(&'static str),
    /// It begins like one and then breaks.
    #[error("the spreadsheet cannot be read: {0}")]
    Unreadable(String),
    /// No row of headings near the top.
    #[error("none of the first ten rows holds the headings nik and no_pensiun")]
    NoHeader,
    /// Headings that every file has.
    #[error("the header lacks {}", .missing.join(", "))]
    ColumnsMissing {
        /// Their fields.
        missing: Vec<&'static str>,
    },
    /// One field has two columns.
    #[error("two columns are headed as {column}")]
    ColumnTwice {
        /// The field.
        column: &'static str,
    },
    /// Unfolds to more than may be held in memory, or has too many rows.
    #[error("the spreadsheet is too large: {0}")]
    TooLarge(&'static str),
}

impl SheetFault {
    pub(crate) const UNSUPPORTED: ErrorKind =
        ErrorKind::new("not_a_spreadsheet", Class::WrongType, "Not a CSV or XLSX file");
    pub(crate) const UNREADABLE: ErrorKind =
        ErrorKind::new("unreadable_spreadsheet", Class::Refused, "The spreadsheet is broken");
    pub(crate) const HEADER: ErrorKind =
        ErrorKind::new("spreadsheet_header", Class::Refused, "Columns are missing or there twice");
    pub(crate) const TOO_LARGE: ErrorKind =
        ErrorKind::new("spreadsheet_too_large", Class::Refused, "The spreadsheet is too large");
}

impl DomainError for SheetFault {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty => crate::FileRefusal::EMPTY,
            Self::Unsupported(_) => Self::UNSUPPORTED,
            Self::Unreadable(_) => Self::UNREADABLE,
            Self::NoHeader | Self::ColumnsMissing { .. } | Self::ColumnTwice { .. } => Self::HEADER,
            Self::TooLarge(_) => Self::TOO_LARGE,
        }
    }
}

/// The fields of an upload beside its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawIntake {
    /// `true`: judge alone.
    pub dry_run: Option<String>,
    /// The branch of rows that name none.
    pub branch_id: Option<String>,
    /// The sales person of rows that name none.
    pub sales_id: Option<String>,
}

/// What is to be done with a spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntakeCommand {
    /// Register or judge.
    pub mode: IntakeMode,
    /// The branch of rows that name none; by default the caller's.
    pub branch_id: Option<BranchId>,
    /// The sales person of rows that name none; by default the caller, if he is one.
    pub sales_id: Option<SalesId>,
}

impl IntakeCommand {
    /// Checks the fields, all faults at once.
    pub fn check(raw: &RawIntake) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let text = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let mode = match text(&raw.dry_run).as_deref() {
            None | Some("false") => Some(IntakeMode::Register),
            Some("true") => Some(IntakeMode::DryRun),
            Some(_) => {
                faults.add("dry_run", "unknown_value", "is one of true, false");
                None
            }
        };
        let mut id = |field: &str, raw: &Option<String>| {
            let read = text(raw).map(|text| text.parse::<i64>()).transpose();
            read.map_err(|_| faults.add(field, "invalid", "is a number")).ok()
        };
        let branch_id = id("branch_id", &raw.branch_id);
        let sales_id = id("sales_id", &raw.sales_id);
        let command = || {
            Some(Self {
                mode: mode?,
                branch_id: branch_id?.map(BranchId::new),
                sales_id: sales_id?.map(SalesId::new),
            })
        };
        let command = command();
        faults.finish(command)
    }
}

/// A spreadsheet as stored. What it holds is stored nowhere but in the members that come of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intake {
    /// Its id.
    pub id: IntakeId,
    /// What is done with it.
    pub command: IntakeCommand,
    /// The branch that its sender is tied to, who sees it with others of the branch.
    pub sent_from: Option<BranchId>,
    /// The file's digest.
    pub sha256: Sha256,
    /// Rows that get a verdict.
    pub rows: u32,
    /// Where the file lies until its last row has its verdict.
    pub spool_key: Option<String>,
    /// How far it is.
    pub status: IntakeStatus,
    /// The last row that has its verdict, 0 at first: where to go on after a crash.
    pub last_row: u32,
    /// What became of its rows so far.
    pub tally: Tally,
    /// Who sent it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A spreadsheet about to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntake {
    /// What is to be done with it.
    pub command: IntakeCommand,
    /// The branch that its sender is tied to.
    pub sent_from: Option<BranchId>,
    /// The file's digest.
    pub sha256: Sha256,
    /// Rows that get a verdict.
    pub rows: u32,
    /// Where the file lies.
    pub spool_key: String,
}

impl Intake {
    /// What its sender sees, and so may name.
    pub const fn scope(&self) -> Scope {
        match self.sent_from {
            Some(branch) => Scope::Branch(branch),
            None => Scope::WholeHouse,
        }
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self { command, sha256, rows, status, tally, .. } = self;
        let Tally { registered, acceptable, present, refused } = *tally;
        AuditValue::new()
            .with("mode", command.mode.code())
            .with("branch_id", command.branch_id.map(BranchId::get))
            .with("sales_id", command.sales_id.map(SalesId::get))
            .text("sha256", sha256)
            .with("rows", *rows)
            .with("status", status.code())
            .with("registered", registered)
            .with("acceptable", acceptable)
            .with("present", present)
            .with("refused", refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_an_upload_are_checked_together() {
        let raw = |dry_run: &str, branch: &str| RawIntake {
            dry_run: Some(dry_run.into()),
            branch_id: Some(branch.into()),
            sales_id: None,
        };
        let command = IntakeCommand::check(&raw("true", "7")).unwrap();
        assert_eq!((command.mode, command.branch_id), (IntakeMode::DryRun, Some(BranchId::new(7))));
        let plain = IntakeCommand::check(&RawIntake::default()).unwrap();
        assert_eq!((plain.mode, plain.branch_id), (IntakeMode::Register, None));
        let faults = IntakeCommand::check(&raw("maybe", "JKT")).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["dry_run", "branch_id"]);
    }
}
