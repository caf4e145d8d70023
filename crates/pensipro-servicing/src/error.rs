//! What can be refused here.

use chrono::NaiveDate;
use pensipro_kernel::{
    AuthorityError, Class, DomainError, ErrorKind, Faults, FieldFault, Money, PaymentId, Period,
    RestructureId, StorageError, TransactionId,
};
use pensipro_pricing::ScheduleError;
use serde_json::{Map, Value};

use crate::{
    loan::LoanStatus, payment::Channel, refund::RefundStatus, restructure::RestructureStatus,
};

/// Everything this module refuses.
#[derive(Debug, thiserror::Error)]
pub enum ServicingError {
    /// Fields that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// A step that no loan takes.
    #[error("a loan that is {from} cannot become {to}")]
    InvalidTransition {
        /// Where it stands.
        from: LoanStatus,
        /// Where it was to go.
        to: LoanStatus,
    },
    /// What only an open loan takes: a payment to one that nobody owes yet or any more.
    #[error("the loan is {status} on that day; only an open one takes this")]
    LoanNotOpen {
        /// Where it stands on the payment's date.
        status: LoanStatus,
    },
    /// A payment dated before the loan was paid out.
    #[error("the loan was disbursed on {disbursed_on}; a payment cannot be earlier")]
    BeforeDisbursement {
        /// When it was paid out.
        disbursed_on: NaiveDate,
    },
    /// More than paying everything off would take.
    #[error("the payment is above {total}, which would settle the loan on that day")]
    AmountExceedsOutstanding {
        /// What settles the loan on that day.
        total: Money,
    },
    /// A live payment of the channel has the reference already.
    #[error("a payment by {channel} with this reference is recorded already")]
    ReferenceTaken {
        /// The channel.
        channel: Channel,
        /// That payment.
        payment: PaymentId,
    },
    /// The sources do not add up to the plafon.
    #[error("the sources add up to {sum}, the plafon is {plafon}")]
    SourcesMismatch {
        /// What they add up to.
        sum: Money,
        /// What they should.
        plafon: Money,
    },
    /// A disbursement dated before the loan was approved.
    #[error("the loan was approved on {approved_on}; it cannot be disbursed earlier")]
    BeforeApproval {
        /// When it was approved.
        approved_on: NaiveDate,
    },
    /// Fees and deposit leave nothing to pay out.
    #[error("fees and deposit of {deducted} leave nothing of the plafon to pay out")]
    NothingToPayOut {
        /// What is deducted.
        deducted: Money,
    },
    /// Reversed before.
    #[error("transaction {0} is reversed already")]
    AlreadyReversed(TransactionId),
    /// A reversal cannot be reversed.
    #[error("transaction {0} is itself a reversal")]
    NotReversible(TransactionId),
    /// Paid from another loan's disbursement, with which it goes.
    #[error(
        "disbursement {disbursement} of another loan paid this; it is taken back with that one"
    )]
    Netted {
        /// That disbursement's transaction.
        disbursement: TransactionId,
    },
    /// A death is no loan's alone.
    #[error("a death is corrected with the member: PUT /members/{{id}}")]
    CorrectMember,
    /// The default follows from arrears.
    #[error("the default follows from arrears; paying them ends it")]
    DefaultByArrears,
    /// Closed by hand, with something owed.
    #[error("{outstanding} is owed; only a loan without an outstanding closes")]
    OutstandingNotZero {
        /// What is owed.
        outstanding: Money,
    },
    /// The pension of somebody who died.
    #[error("the member died; nothing is cut from his pension any more")]
    MemberDeceased,
    /// A settlement that is not the quote of its date.
    #[error("settling on that day takes {total}")]
    QuoteMismatch {
        /// What it takes.
        total: Money,
    },
    /// More is waived than has accrued.
    #[error("only {accrued} has accrued by that day and is unpaid")]
    WaiverExceedsAccrued {
        /// What has accrued.
        accrued: Money,
    },
    /// The deposit is smaller.
    #[error("the deposit is {deposit}")]
    DepositTooSmall {
        /// What is there.
        deposit: Money,
    },
    /// More of the deposit than is due.
    #[error("only {due} is due on that day")]
    AmountExceedsDue {
        /// What is due.
        due: Money,
    },
    /// A step that no refund request takes.
    #[error("a refund request that is {from} cannot become {to}")]
    RefundTransition {
        /// Where it stands.
        from: RefundStatus,
        /// Where it was to go.
        to: RefundStatus,
    },
    /// The loan was settled; the settlement's payment was taken back.
    #[error("the loan was settled and what it takes is due; a settlement is reversed first")]
    LoanSettled,
    /// Nothing is left that could be repaid in new rows.
    #[error("no principal is left that could be repaid in other instalments")]
    NothingToRestructure,
    /// Another request waits for a decision.
    #[error("the request {0} to restructure the loan waits for a decision")]
    RestructurePending(RestructureId),
    /// What a request would come to is not what its preview says any more.
    #[error("the account changed since the request was made; its preview no longer holds")]
    PreviewOutdated,
    /// A step that no request to restructure takes.
    #[error("a request that is {from} cannot become {to}")]
    RestructureTransition {
        /// Where it stands.
        from: RestructureStatus,
        /// Where it was to go.
        to: RestructureStatus,
    },
    /// Interest stopped before.
    #[error("interest stopped on {since} already")]
    InterestFrozen {
        /// Since when.
        since: NaiveDate,
    },
    /// Two people are needed.
    #[error("another person is needed for this")]
    SamePerson,
    /// Today lies in a closed month.
    #[error("the month {0} is closed; nothing can be booked in it")]
    PeriodClosed(Period),
    /// A month that is to be closed is not over.
    #[error("the month {0} is not over")]
    PeriodNotOver(Period),
    /// A month that is to be closed lies before anything was entered.
    #[error("nothing was entered by the end of {0}")]
    PeriodBeforeFirst(Period),
    /// A month that is to be closed has days that the end of day has not done.
    #[error("the end of day has not done the whole of {period}")]
    EndOfDayBehind {
        /// The month.
        period: Period,
        /// The last day done for good.
        through: Option<NaiveDate>,
    },
    /// A month that is to be closed, with loans that the end of its last day could not do.
    #[error(
        "the end of {period} left {loans} loans out; once their exceptions are looked into, the end of \
         its last day is run again"
    )]
    MonthEndIncomplete {
        /// The month.
        period: Period,
        /// How many.
        loans: u64,
    },
    /// An input that comes before others was posted without the loan's history: a fault of ours.
    #[error("an input was posted out of order without the loan's history")]
    HistoryMissing,
    /// The caller may not.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const INVALID_TRANSITION: ErrorKind =
    ErrorKind::new("invalid_transition", Class::Conflict, "A step that is not possible");
const LOAN_NOT_OPEN: ErrorKind =
    ErrorKind::new("loan_not_open", Class::Conflict, "The loan is not open");
const BEFORE_DISBURSEMENT: ErrorKind =
    ErrorKind::new("payment_before_disbursement", Class::Refused, "Earlier than the disbursement");
const AMOUNT_EXCEEDS: ErrorKind =
    ErrorKind::new("amount_exceeds_outstanding", Class::Refused, "More than is owed");
const REFERENCE_TAKEN: ErrorKind =
    ErrorKind::new("duplicate_reference", Class::Conflict, "The reference was used already");
const SOURCES_MISMATCH: ErrorKind =
    ErrorKind::new("sources_mismatch", Class::Refused, "The sources do not fit");
const BEFORE_APPROVAL: ErrorKind =
    ErrorKind::new("disbursement_before_approval", Class::Refused, "Earlier than the approval");
const NOTHING_TO_PAY_OUT: ErrorKind =
    ErrorKind::new("nothing_to_pay_out", Class::Refused, "Fees leave nothing to pay out");
const ALREADY_REVERSED: ErrorKind =
    ErrorKind::new("already_reversed", Class::Conflict, "Reversed already");
const NOT_REVERSIBLE: ErrorKind =
    ErrorKind::new("not_reversible", Class::Conflict, "A reversal cannot be reversed");
const NETTED: ErrorKind =
    ErrorKind::new("netted", Class::Conflict, "Paid from another loan's disbursement");
const CORRECT_MEMBER: ErrorKind =
    ErrorKind::new("correct_member", Class::Conflict, "A death is corrected with the member");
const DEFAULT_BY_ARREARS: ErrorKind =
    ErrorKind::new("default_by_arrears", Class::Refused, "The default follows from arrears");
const OUTSTANDING_NOT_ZERO: ErrorKind =
    ErrorKind::new("outstanding_not_zero", Class::Refused, "Something is still owed");
const MEMBER_DECEASED: ErrorKind =
    ErrorKind::new("member_deceased", Class::Refused, "The member died");
const QUOTE_MISMATCH: ErrorKind =
    ErrorKind::new("quote_mismatch", Class::Refused, "Not the quote of that day");
const WAIVER_EXCEEDS: ErrorKind =
    ErrorKind::new("waiver_exceeds_accrued", Class::Refused, "More than has accrued");
const DEPOSIT_TOO_SMALL: ErrorKind =
    ErrorKind::new("deposit_too_small", Class::Refused, "More than was held back");
const AMOUNT_EXCEEDS_DUE: ErrorKind =
    ErrorKind::new("amount_exceeds_due", Class::Refused, "More than is due");
const LOAN_SETTLED: ErrorKind =
    ErrorKind::new("loan_settled", Class::Conflict, "The loan was settled");
const NOTHING_TO_RESTRUCTURE: ErrorKind =
    ErrorKind::new("nothing_to_restructure", Class::Refused, "No principal is left");
const RESTRUCTURE_PENDING: ErrorKind =
    ErrorKind::new("restructure_pending", Class::Conflict, "Another request waits for a decision");
const PREVIEW_OUTDATED: ErrorKind =
    ErrorKind::new("preview_outdated", Class::Conflict, "The preview no longer holds");
const INTEREST_FROZEN: ErrorKind =
    ErrorKind::new("interest_frozen", Class::Conflict, "Interest stopped already");
const PERIOD_CLOSED: ErrorKind =
    ErrorKind::new("period_closed", Class::Refused, "The month is closed");
const PERIOD_NOT_OVER: ErrorKind =
    ErrorKind::new("period_not_over", Class::Refused, "The month is not over");
const PERIOD_BEFORE_FIRST: ErrorKind = ErrorKind::new(
    "period_before_first",
    Class::Refused,
    "The month lies before anything was entered",
);
const END_OF_DAY_BEHIND: ErrorKind =
    ErrorKind::new("end_of_day_behind", Class::Refused, "The end of day is behind");
const MONTH_END_INCOMPLETE: ErrorKind =
    ErrorKind::new("month_end_incomplete", Class::Conflict, "The month's end left loans out");
const HISTORY_MISSING: ErrorKind =
    ErrorKind::new("internal_error", Class::Internal, "Internal error");

/// Every code of this module's own.
pub const ERRORS: &[ErrorKind] = &[
    INVALID_TRANSITION,
    LOAN_NOT_OPEN,
    BEFORE_DISBURSEMENT,
    AMOUNT_EXCEEDS,
    REFERENCE_TAKEN,
    SOURCES_MISMATCH,
    BEFORE_APPROVAL,
    NOTHING_TO_PAY_OUT,
    ALREADY_REVERSED,
    NOT_REVERSIBLE,
    NETTED,
    CORRECT_MEMBER,
    DEFAULT_BY_ARREARS,
    OUTSTANDING_NOT_ZERO,
    MEMBER_DECEASED,
    QUOTE_MISMATCH,
    WAIVER_EXCEEDS,
    DEPOSIT_TOO_SMALL,
    AMOUNT_EXCEEDS_DUE,
    LOAN_SETTLED,
    NOTHING_TO_RESTRUCTURE,
    RESTRUCTURE_PENDING,
    PREVIEW_OUTDATED,
    INTEREST_FROZEN,
    PERIOD_CLOSED,
    PERIOD_NOT_OVER,
    PERIOD_BEFORE_FIRST,
    END_OF_DAY_BEHIND,
    MONTH_END_INCOMPLETE,
];

impl From<ScheduleError> for ServicingError {
    /// A schedule's refusal is the fault of a field.
    fn from(error: ScheduleError) -> Self {
        let FieldFault { field, code, message } = error.fault();
        let mut faults = Faults::new();
        faults.add(field, code, message);
        Self::Invalid(faults)
    }
}

impl DomainError for ServicingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(_) => Faults::KIND,
            Self::InvalidTransition { .. } => INVALID_TRANSITION,
            Self::LoanNotOpen { .. } => LOAN_NOT_OPEN,
            Self::BeforeDisbursement { .. } => BEFORE_DISBURSEMENT,
            Self::AmountExceedsOutstanding { .. } => AMOUNT_EXCEEDS,
            Self::ReferenceTaken { .. } => REFERENCE_TAKEN,
            Self::SourcesMismatch { .. } => SOURCES_MISMATCH,
            Self::BeforeApproval { .. } => BEFORE_APPROVAL,
            Self::NothingToPayOut { .. } => NOTHING_TO_PAY_OUT,
            Self::AlreadyReversed(_) => ALREADY_REVERSED,
            Self::NotReversible(_) => NOT_REVERSIBLE,
            Self::Netted { .. } => NETTED,
            Self::CorrectMember => CORRECT_MEMBER,
            Self::DefaultByArrears => DEFAULT_BY_ARREARS,
            Self::OutstandingNotZero { .. } => OUTSTANDING_NOT_ZERO,
            Self::MemberDeceased => MEMBER_DECEASED,
            Self::QuoteMismatch { .. } => QUOTE_MISMATCH,
            Self::WaiverExceedsAccrued { .. } => WAIVER_EXCEEDS,
            Self::DepositTooSmall { .. } => DEPOSIT_TOO_SMALL,
            Self::AmountExceedsDue { .. } => AMOUNT_EXCEEDS_DUE,
            Self::RefundTransition { .. } | Self::RestructureTransition { .. } => {
                INVALID_TRANSITION
            }
            Self::LoanSettled => LOAN_SETTLED,
            Self::NothingToRestructure => NOTHING_TO_RESTRUCTURE,
            Self::RestructurePending(_) => RESTRUCTURE_PENDING,
            Self::PreviewOutdated => PREVIEW_OUTDATED,
            Self::InterestFrozen { .. } => INTEREST_FROZEN,
            Self::SamePerson => ErrorKind::SAME_PERSON,
            Self::PeriodClosed(_) => PERIOD_CLOSED,
            Self::PeriodNotOver(_) => PERIOD_NOT_OVER,
            Self::PeriodBeforeFirst(_) => PERIOD_BEFORE_FIRST,
            Self::EndOfDayBehind { .. } => END_OF_DAY_BEHIND,
            Self::MonthEndIncomplete { .. } => MONTH_END_INCOMPLETE,
            Self::HistoryMissing => HISTORY_MISSING,
            Self::Authority(error) => error.kind(),
            Self::Storage(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldFault] {
        match self {
            Self::Invalid(faults) => faults.list(),
            _ => &[],
        }
    }

    fn extensions(&self) -> Map<String, Value> {
        let members: Vec<(&str, Value)> = match self {
            Self::InvalidTransition { from, to } => {
                vec![("from", from.code().into()), ("to", to.code().into())]
            }
            Self::RefundTransition { from, to } => {
                vec![("from", from.code().into()), ("to", to.code().into())]
            }
            Self::RestructureTransition { from, to } => {
                vec![("from", from.code().into()), ("to", to.code().into())]
            }
            Self::RestructurePending(id) => vec![("existing_id", id.get().into())],
            Self::LoanNotOpen { status } => vec![("loan_status", status.code().into())],
            Self::AmountExceedsOutstanding { total } => {
                vec![("outstanding", total.to_string().into())]
            }
            Self::CorrectMember => vec![("endpoint", "PUT /members/{id}".into())],
            Self::Netted { disbursement } => vec![("transaction_id", disbursement.get().into())],
            Self::OutstandingNotZero { outstanding } => {
                vec![("outstanding", outstanding.to_string().into())]
            }
            Self::QuoteMismatch { total } => vec![("total", total.to_string().into())],
            Self::WaiverExceedsAccrued { accrued } => {
                vec![("accrued", accrued.to_string().into())]
            }
            Self::DepositTooSmall { deposit } => vec![("deposit", deposit.to_string().into())],
            Self::AmountExceedsDue { due } => vec![("due", due.to_string().into())],
            Self::ReferenceTaken { payment, .. } => vec![("existing_id", payment.get().into())],
            Self::EndOfDayBehind { through: Some(through), .. } => {
                vec![("done_through", through.to_string().into())]
            }
            Self::MonthEndIncomplete { loans, .. } => vec![("loans", (*loans).into())],
            Self::Authority(error) => return error.extensions(),
            _ => Vec::new(),
        };
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
