//! What becomes of a line of a realisation file, and of its money.

use pensipro_kernel::Money;
use pensipro_kernel::codes;

use pensipro_kernel::UnknownCode;

codes! {
    /// The kinds of outcome, as lists filter and summaries count them.
    pub enum OutcomeKind {
        /// What was billed, within the tolerance.
        Matched = "matched",
        /// Less than billed.
        Partial = "partial",
        /// More than billed.
        Over = "over",
        /// The payer could not cut, and says why.
        Failed = "failed",
        /// No billed line, or no single one, belongs to it.
        Unmatched = "unmatched",
        /// Its money was there before.
        Duplicate = "duplicate",
        /// It cannot be read.
        Invalid = "invalid",
    }
}

codes! {
    /// Why a payer could not cut, mapped from each payer's own words.
    pub enum FailReason {
        /// The pension left does not cover the instalment.
        Insufficient = "insufficient",
        /// The pensioner has died.
        Deceased = "deceased",
        /// The pension is paid by another office now.
        MovedOffice = "moved_office",
        /// The pension is no longer paid.
        PensionStopped = "pension_stopped",
        /// The pensioner has not proved to be alive.
        NotAuthenticated = "not_authenticated",
        /// The account is passive or closed.
        AccountPassive = "account_passive",
        /// The payer does not know the person or the deduction.
        NotFound = "not_found",
        /// The pension was not drawn, or is paid late.
        LatePay = "late_pay",
        /// Anything else.
        Other = "other",
    }
}

codes! {
    /// Why no billed line was found.
    pub enum UnmatchedReason {
        /// The reference is of our form, but no live line answers to it.
        UnknownReference = "unknown_reference",
        /// Nobody with this number was billed for the month.
        NotBilled = "not_billed",
        /// Several billed lines could be meant, or the amount is a sum of several.
        Ambiguous = "ambiguous",
        /// The line belongs to a loan that another payer was billed for.
        OtherPayer = "other_payer",
        /// The line names another month than the import.
        OtherPeriode = "other_periode",
        /// The loan account does not take the payment (never disbursed, or only later, or cancelled).
        LoanRefused = "loan_refused",
        /// It was paid, and the payment was taken back: somebody has to say whose money it is.
        PaymentReversed = "payment_reversed",
    }
}

codes! {
    /// Why money counts as there before.
    pub enum DuplicateReason {
        /// The billed line is fully paid.
        FullyPaid = "fully_paid",
        /// The same amount was paid on the billed line.
        SameAmount = "same_amount",
        /// The billed line is paid in part, and this is more than its rest.
        ExceedsRest = "exceeds_rest",
        /// The same line came in an earlier file.
        RepeatedLine = "repeated_line",
        /// A failure of a billed line that is paid, or is known to have failed.
        AlreadyReported = "already_reported",
    }
}

codes! {
    /// Why a line cannot be read.
    pub enum InvalidReason {
        /// Longer than a line may be.
        LineTooLong = "line_too_long",
        /// A quote is opened and never closed on the line.
        UnclosedQuote = "unclosed_quote",
        /// A NUL byte.
        NulByte = "nul_byte",
        /// More or fewer fields than the header.
        FieldCount = "field_count",
        /// Neither reference nor pension number nor NIK.
        IdentifierMissing = "identifier_missing",
        /// What is there is neither a reference nor a pension number nor a NIK.
        IdentifierUnreadable = "identifier_unreadable",
        /// The month's cell names no month.
        PeriodeUnreadable = "periode_unreadable",
        /// A result code that the profile does not know.
        ResultUnknown = "result_unknown",
        /// Paid, but no amount.
        AmountMissing = "amount_missing",
        /// Paid, but nothing.
        AmountZero = "amount_zero",
        /// Below zero.
        AmountNegative = "amount_negative",
        /// No number.
        AmountMalformed = "amount_malformed",
        /// `1.500`: thousands or thousandths.
        AmountAmbiguous = "amount_ambiguous",
        /// More than two decimals.
        AmountTooPrecise = "amount_too_precise",
        /// More than a pension cut can be.
        AmountTooLarge = "amount_too_large",
        /// Failed, but with an amount.
        FailedWithAmount = "failed_with_amount",
    }
}

/// What became of a line: its kind, and why where that is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// What was billed, within the tolerance.
    Matched,
    /// Less than billed.
    Partial,
    /// More than billed.
    Over,
    /// The payer could not cut.
    Failed(FailReason),
    /// No billed line belongs to it; its money is held.
    Unmatched(UnmatchedReason),
    /// Its money was there before; it is held.
    Duplicate(DuplicateReason),
    /// It cannot be read; a readable amount is held.
    Invalid(InvalidReason),
}

impl Outcome {
    /// Its kind.
    pub const fn kind(self) -> OutcomeKind {
        match self {
            Self::Matched => OutcomeKind::Matched,
            Self::Partial => OutcomeKind::Partial,
            Self::Over => OutcomeKind::Over,
            Self::Failed(_) => OutcomeKind::Failed,
            Self::Unmatched(_) => OutcomeKind::Unmatched,
            Self::Duplicate(_) => OutcomeKind::Duplicate,
            Self::Invalid(_) => OutcomeKind::Invalid,
        }
    }

    /// The reason's code, where there is one.
    pub const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Matched | Self::Partial | Self::Over => None,
            Self::Failed(reason) => Some(reason.code()),
            Self::Unmatched(reason) => Some(reason.code()),
            Self::Duplicate(reason) => Some(reason.code()),
            Self::Invalid(reason) => Some(reason.code()),
        }
    }

    /// The outcome that was stored as these two codes.
    pub fn from_stored(kind: OutcomeKind, reason: Option<&str>) -> Result<Self, UnknownCode> {
        let reason = reason.unwrap_or_default();
        Ok(match kind {
            OutcomeKind::Matched => Self::Matched,
            OutcomeKind::Partial => Self::Partial,
            OutcomeKind::Over => Self::Over,
            OutcomeKind::Failed => Self::Failed(reason.parse()?),
            OutcomeKind::Unmatched => Self::Unmatched(reason.parse()?),
            OutcomeKind::Duplicate => Self::Duplicate(reason.parse()?),
            OutcomeKind::Invalid => Self::Invalid(reason.parse()?),
        })
    }

    /// True where the line stands for a billed line: its outcome is that line's latest.
    pub const fn answers_a_billed_line(self) -> bool {
        matches!(self, Self::Matched | Self::Partial | Self::Over | Self::Failed(_))
    }

    /// True where somebody has to look at it: everything but a full payment and a plain failure.
    pub const fn is_exceptional(self) -> bool {
        !matches!(self, Self::Matched | Self::Failed(_))
    }
}

/// Where the money of a line went; the three parts are its readable amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Split {
    /// On the loan account.
    pub applied: Money,
    /// To be paid back to the member.
    pub to_refund: Money,
    /// Waiting for somebody to decide.
    pub held: Money,
}

impl Split {
    /// All of it waits.
    pub const fn held(amount: Money) -> Self {
        Self { applied: Money::ZERO, to_refund: Money::ZERO, held: amount }
    }

    /// All of it is paid, this part of it more than is owed; `None` if that part is negative or more
    /// than the whole.
    pub fn paid(amount: Money, to_refund: Money) -> Option<Self> {
        let applied = amount.checked_sub(to_refund)?;
        let sound = !to_refund.is_negative() && !applied.is_negative();
        sound.then_some(Self { applied, to_refund, held: Money::ZERO })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_survive_storage() {
        let every = [Outcome::Matched, Outcome::Partial, Outcome::Over]
            .into_iter()
            .chain(FailReason::ALL.iter().copied().map(Outcome::Failed))
            .chain(UnmatchedReason::ALL.iter().copied().map(Outcome::Unmatched))
            .chain(DuplicateReason::ALL.iter().copied().map(Outcome::Duplicate))
            .chain(InvalidReason::ALL.iter().copied().map(Outcome::Invalid));
        for outcome in every {
            assert_eq!(Outcome::from_stored(outcome.kind(), outcome.reason()), Ok(outcome));
        }
        assert!(Outcome::from_stored(OutcomeKind::Failed, None).is_err());
        assert!(Outcome::from_stored(OutcomeKind::Invalid, Some("moved_office")).is_err());
    }

    #[test]
    fn a_split_is_its_amount() {
        let amount = Money::from_sen(500);
        let split = Split::paid(amount, Money::from_sen(100)).unwrap();
        assert_eq!((split.applied.sen(), split.to_refund.sen(), split.held.sen()), (400, 100, 0));
        assert_eq!(Split::paid(amount, Money::from_sen(501)), None);
        assert_eq!(Split::paid(amount, Money::from_sen(-1)), None);
    }
}
