//! Everything that billing refuses.

use chrono::NaiveDate;
use pensipro_kernel::{
    Class, DomainError, ErrorKind, ExportId, FieldFault, ImportId, PaymentId, Period, StorageError,
};
use serde_json::{Map, Value};

use crate::{FileFault, Payer};

/// Why a billing command is refused.
#[derive(Debug, thiserror::Error)]
pub enum BillingError {
    /// Storage refused or failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The caller may not.
    #[error(transparent)]
    Authority(#[from] pensipro_kernel::AuthorityError),
    /// Some fields cannot be taken.
    #[error(transparent)]
    Faults(#[from] pensipro_kernel::Faults),
    /// The file as a whole cannot be taken.
    #[error(transparent)]
    File(#[from] FileFault),
    /// The present status does not allow it.
    #[error("an {thing} that is {from} cannot become {to}")]
    InvalidTransition {
        /// `export` or `import`.
        thing: &'static str,
        /// The present status.
        from: &'static str,
        /// The one asked for.
        to: &'static str,
    },
    /// The export's last chunk is not there yet.
    #[error("the export is still being generated")]
    ExportGenerating,
    /// A payer's answer counts against the export already.
    #[error("the payer's answer counts against this export already; it cannot be replaced")]
    ExportAnswered {
        /// The export.
        export_id: ExportId,
    },
    /// Another export of the scope came first, at the same time.
    #[error("another export of this scope is being made; read it and try again")]
    ExportRaced,
    /// The first import of the file was discarded at this very moment.
    #[error("the file's first import is changing; try again")]
    ImportRaced,
    /// It was sent; changing that needs a reason.
    #[error("the export was sent to the payer; a reason is needed")]
    ReasonRequired,
    /// A day of handing over ahead of today.
    #[error("sent_on {sent_on} lies ahead of today, {today}")]
    SentOnAhead {
        /// The day given.
        sent_on: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// Payers take no instruction for the month any more.
    #[error(
        "payers took the month's deductions until {cut_off}, today is {today}; a reason is needed"
    )]
    PastCutOff {
        /// The last day.
        cut_off: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// Money cannot have come tomorrow.
    #[error("paid_on {paid_on} lies ahead of today, {today}")]
    PaidOnAhead {
        /// The day given, or the profile's pay day.
        paid_on: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// The same file was imported for another payer or month.
    #[error("the same file was imported for another payer or month, as import {first}")]
    FileImportedElsewhere {
        /// The first import.
        first: ImportId,
    },
    /// The file says of itself that it is of another month.
    #[error("the file's title names {titled}, and not {periode}")]
    FileOfOtherMonth {
        /// The month that the title names.
        titled: Period,
        /// The month given.
        periode: Period,
    },
    /// A payment of the import stands.
    #[error("{live_postings} payments or failed cuts of the import stand; reverse them first")]
    ImportHasPayments {
        /// How many.
        live_postings: u32,
    },
    /// It was taken back; its lines are nobody's any more.
    #[error("the import was discarded")]
    ImportDiscarded,
    /// A line pays once.
    #[error("the line is paid already, as payment {payment_id}; reverse that first")]
    LinePaid {
        /// The payment.
        payment_id: PaymentId,
    },
    /// There is nothing to be paid.
    #[error("the line holds no money")]
    NothingHeld,
    /// Another payer cuts this loan.
    #[error("the loan belongs to {payer}, the file is of another payer")]
    OtherPayersLoan {
        /// Who cuts it.
        payer: Payer,
    },
    /// The loan takes no money, or only money that names it.
    #[error("a loan that is {status} takes no money that does not name it")]
    LoanTakesNoMoney {
        /// Its status.
        status: &'static str,
    },
    /// No profile has this code.
    #[error("there is no payer profile {code:?}")]
    ProfileUnknown {
        /// The code given.
        code: String,
    },
    /// Another profile has this code.
    #[error("there is a payer profile {code:?} already; change that one")]
    ProfileTaken {
        /// The code.
        code: String,
    },
    /// A profile keeps its code.
    #[error("the payer profile {code:?} keeps its code; exports and imports name it")]
    ProfileRenamed {
        /// The code that it has.
        code: String,
    },
    /// Files were written or read in it.
    #[error("exports or imports are in the payer profile {code:?}; it can be changed, not removed")]
    ProfileInUse {
        /// The code.
        code: String,
    },
    /// What is left of a file is read by the profile as it is then.
    #[error(
        "import {import_id} is reading its file by the payer profile {code:?}; try again later"
    )]
    ProfileBeingRead {
        /// The code.
        code: String,
        /// The import.
        import_id: ImportId,
    },
    /// More lines than numbers.
    #[error("an export has at most 9,999,999 lines")]
    TooManyLines,
    /// The file that the profile describes cannot hold what is to stand in it.
    #[error("{field} of line {line_no} {fault}, as the payer profile has it")]
    ExportDoesNotFit {
        /// The line; 0 for the file's last.
        line_no: u32,
        /// The field.
        field: &'static str,
        /// What is wrong.
        fault: &'static str,
    },
    /// The loan accounts' answers do not belong to the chunk's orders.
    #[error("a posting is missing, of the wrong kind, or refunds more than was paid")]
    PostingMissing,
    /// A sum does not fit.
    #[error("the amounts do not add up within 64 bits")]
    AmountOverflow,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $class:ident, $title:literal;)*) => {
        impl BillingError {
            $(const $name: ErrorKind = ErrorKind::new($code, Class::$class, $title);)*

            /// Every code of this error.
            pub const ERRORS: &[ErrorKind] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    INVALID_TRANSITION = "invalid_transition", Conflict, "The status does not allow it";
    EXPORT_GENERATING = "export_generating", Conflict, "The export is not complete yet";
    EXPORT_ANSWERED = "export_answered", Conflict, "The payer's answer counts against the export";
    EXPORT_RACED = "export_raced", Conflict, "Another export of the scope came first";
    IMPORT_RACED = "import_raced", Conflict, "The file's first import is changing";
    REASON_REQUIRED = "reason_required", Refused, "A reason is needed";
    SENT_ON_AHEAD = "sent_on_ahead", Refused, "The day of sending lies ahead of today";
    PAID_ON_AHEAD = "paid_on_ahead", Refused, "The value date lies ahead of today";
    FILE_IMPORTED_ELSEWHERE = "file_imported_elsewhere", Conflict, "The file was imported for another payer or month";
    FILE_OF_OTHER_MONTH = "file_of_other_month", Refused, "The file's title names another month";
    IMPORT_HAS_PAYMENTS = "import_has_payments", Conflict, "Payments of the import stand";
    PAST_CUT_OFF = "past_cut_off", Refused, "The month's cut-off has passed; a reason is needed";
    IMPORT_DISCARDED = "import_discarded", Conflict, "The import was discarded";
    LINE_PAID = "line_paid", Conflict, "The line is paid already";
    NOTHING_HELD = "nothing_held", Conflict, "The line holds no money";
    OTHER_PAYERS_LOAN = "other_payers_loan", Refused, "Another payer cuts the loan";
    LOAN_TAKES_NO_MONEY = "loan_takes_no_money", Refused, "The loan takes no such money";
    PROFILE_UNKNOWN = "profile_unknown", Refused, "No such payer profile";
    PROFILE_TAKEN = "profile_taken", Conflict, "A payer profile has this code";
    PROFILE_RENAMED = "profile_renamed", Refused, "A payer profile keeps its code";
    PROFILE_IN_USE = "profile_in_use", Conflict, "Files are in the payer profile";
    TOO_MANY_LINES = "too_many_lines", Refused, "More lines than an export may have";
    EXPORT_DOES_NOT_FIT = "export_does_not_fit", Refused, "The profile's file cannot hold the export";
    POSTING_MISSING = "internal_error", Internal, "Internal error";
    AMOUNT_OVERFLOW = "amount_overflow", Internal, "The amounts do not add up";
    FILE_REFUSED = "file_refused", Refused, "The file is no realisation file of the profile";
    FILE_INCOMPLETE = "file_incomplete", Refused, "The file does not hold what its trailer tells";
    FILE_ENCODING = "file_encoding", Refused, "The file's encoding is not taken";
    FILE_TOO_LONG = "file_too_long", Refused, "The file has too many lines";
}

impl DomainError for BillingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Storage(error) => error.kind(),
            Self::Authority(error) => error.kind(),
            Self::Faults(error) => error.kind(),
            Self::File(FileFault::Utf16 | FileFault::NulByte { .. }) => Self::FILE_ENCODING,
            Self::File(
                FileFault::NoHeader { .. }
                | FileFault::Empty
                | FileFault::OldSpreadsheet
                | FileFault::Spreadsheet(_),
            ) => Self::FILE_REFUSED,
            Self::File(FileFault::NoTrailer | FileFault::Incomplete { .. }) => {
                Self::FILE_INCOMPLETE
            }
            Self::File(FileFault::TooManyLines) => Self::FILE_TOO_LONG,
            Self::InvalidTransition { .. } => Self::INVALID_TRANSITION,
            Self::ExportGenerating => Self::EXPORT_GENERATING,
            Self::ExportAnswered { .. } => Self::EXPORT_ANSWERED,
            Self::ExportRaced => Self::EXPORT_RACED,
            Self::ImportRaced => Self::IMPORT_RACED,
            Self::ReasonRequired => Self::REASON_REQUIRED,
            Self::SentOnAhead { .. } => Self::SENT_ON_AHEAD,
            Self::PastCutOff { .. } => Self::PAST_CUT_OFF,
            Self::PaidOnAhead { .. } => Self::PAID_ON_AHEAD,
            Self::FileImportedElsewhere { .. } => Self::FILE_IMPORTED_ELSEWHERE,
            Self::FileOfOtherMonth { .. } => Self::FILE_OF_OTHER_MONTH,
            Self::ImportHasPayments { .. } => Self::IMPORT_HAS_PAYMENTS,
            Self::ImportDiscarded => Self::IMPORT_DISCARDED,
            Self::LinePaid { .. } => Self::LINE_PAID,
            Self::NothingHeld => Self::NOTHING_HELD,
            Self::OtherPayersLoan { .. } => Self::OTHER_PAYERS_LOAN,
            Self::LoanTakesNoMoney { .. } => Self::LOAN_TAKES_NO_MONEY,
            Self::ProfileUnknown { .. } => Self::PROFILE_UNKNOWN,
            Self::ProfileTaken { .. } => Self::PROFILE_TAKEN,
            Self::ProfileRenamed { .. } => Self::PROFILE_RENAMED,
            Self::ProfileInUse { .. } | Self::ProfileBeingRead { .. } => Self::PROFILE_IN_USE,
            Self::TooManyLines => Self::TOO_MANY_LINES,
            Self::ExportDoesNotFit { .. } => Self::EXPORT_DOES_NOT_FIT,
            Self::PostingMissing => Self::POSTING_MISSING,
            Self::AmountOverflow => Self::AMOUNT_OVERFLOW,
        }
    }

    fn fields(&self) -> &[FieldFault] {
        match self {
            Self::Faults(faults) => faults.list(),
            _ => &[],
        }
    }

    fn extensions(&self) -> Map<String, Value> {
        let members: Vec<(&str, Value)> = match self {
            Self::Authority(error) => return error.extensions(),
            Self::InvalidTransition { from, to, .. } => {
                vec![("from", (*from).into()), ("to", (*to).into())]
            }
            Self::ExportAnswered { export_id } => vec![("existing_id", export_id.get().into())],
            Self::FileImportedElsewhere { first } => vec![("existing_id", first.get().into())],
            Self::ProfileBeingRead { import_id, .. } => {
                vec![("existing_id", import_id.get().into())]
            }
            Self::LinePaid { payment_id } => vec![("existing_id", payment_id.get().into())],
            _ => vec![],
        };
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
