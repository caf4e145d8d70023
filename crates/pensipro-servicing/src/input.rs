//! What people and payers did to a loan: the inputs of its fold.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};

use crate::{
    loan::Collection,
    restructured::Restructured,
    row::{Row, RowKey},
};

/// One input. It is never changed; a reversal takes it out of the fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its transaction.
    pub id: TransactionId,
    /// The value date: penalties, interest and DPD follow it.
    pub effective_on: NaiveDate,
    /// The business date of entry: month close and funder settlements follow it.
    pub booked_on: NaiveDate,
    /// What was done.
    pub kind: InputKind,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputKind {
    /// The plafon was paid out and the schedule made.
    Disbursement(Disbursed),
    /// The member died on the value date.
    Death,
    /// Interest stops on the value date.
    InterestFreeze,
    /// Other rows take the place of those that are owed.
    Restructure(Box<Restructured>),
    /// A penalty was charged by hand.
    ManualPenalty(ManualPenalty),
    /// The payer could not cut an instalment.
    FailedCut(FailedCut),
    /// Something owed was waived.
    Waiver(Waiver),
    /// This much of the member's own money held back pays what is due.
    DepositApplied(Money),
    /// This much of it went back to the member.
    DepositReleased(Money),
    /// Money came in.
    Payment(PaymentInput),
    /// Money came in after a write-off.
    Recovery(PaymentInput),
    /// The loan is paid off early: interest stops and everything is due.
    Settlement(Settlement),
    /// The loan is given up: it closes, and what comes in later is recovery.
    WriteOff,
    /// The status was set by hand.
    Status(Setting<StatusByHand>),
    /// The way of collecting was set.
    Collection(Setting<Collection>),
    /// A payment's refund was paid out.
    RefundPaid(RefundPaid),
    /// A payment's refund was refused: the money prepays.
    RefundRefused(RefundRefused),
}

/// A penalty charged by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManualPenalty {
    /// Above zero.
    pub amount: Money,
    /// The row that it is for; it stands without one where that row asks for nothing any more.
    pub row: Option<RowKey>,
}

/// Something owed that is waived, as far as it has accrued by the value date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiver {
    /// Above zero.
    pub amount: Money,
    /// What is waived.
    pub component: Waivable,
    /// Of which row; the oldest first where none is named.
    pub row: Option<RowKey>,
}

pensipro_kernel::codes! {
    /// What can be waived. Principal is not: a loan is written off.
    pub enum Waivable {
        /// Penalties.
        Penalty = "penalty",
        /// Fees of rows that are due.
        Fee = "fee",
        /// Interest of rows that are due.
        Interest = "interest",
        /// A discount on paying off early: it counts in a settlement alone.
        Settlement = "settlement",
    }
}

/// What a settlement agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settlement {
    /// The penalty for paying off early.
    pub early_penalty: Money,
}

/// A refund that was paid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundPaid {
    /// The payment whose excess it was.
    pub payment: TransactionId,
    /// Above zero. What of it turns out to be no excess is due from the member.
    pub amount: Money,
}

/// A refund that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundRefused {
    /// The payment whose excess prepays.
    pub payment: TransactionId,
}

/// What was set by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting<T> {
    /// What it was set to.
    pub to: T,
    /// The death with which it came: a correction of the one takes the other back too.
    pub of_death: Option<TransactionId>,
}

pensipro_kernel::codes! {
    /// A status that people set.
    pub enum StatusByHand {
        /// A default set by hand is lifted; one that follows from arrears is not.
        Active = "active",
        /// In default until it is lifted by hand.
        Default = "default",
        /// Closed, where nothing is owed.
        Closed = "closed",
    }
}

/// What a disbursement agrees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disbursed {
    /// The schedule, oldest row first.
    pub rows: Vec<Row>,
    /// Instalments of the member's own money held back.
    pub deposit: Money,
}

/// Which rows a payer could not cut: those due between the two dates. Its value date is the pay day,
/// or the day on which its export line was made where that is later: nothing fails before it was
/// asked for, and the line's hold ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedCut {
    /// The oldest due date that was billed.
    pub due_from: NaiveDate,
    /// The newest.
    pub due_through: NaiveDate,
}

/// What the fold needs of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentInput {
    /// Above zero.
    pub amount: Money,
    /// The rows due up to this day are what the payment is for.
    pub due_through: NaiveDate,
    /// What may remain of them without counting as late, or be left over without being refunded.
    pub tolerance: Money,
    /// What becomes of the rest.
    pub excess_to: ExcessTo,
    /// As what it came in.
    pub paid_as: PaidAs,
}

pensipro_kernel::codes! {
    /// As what a payment came in.
    pub enum PaidAs {
        /// Money of the borrower's, his heirs' or an insurer's.
        Ordinary = "ordinary",
        /// A cut of the pension of the month in which its last due date lies. One of a month after
        /// the member's death belongs to the payer, and is refunded whole.
        PensionCut = "pension_cut",
        /// What a settlement takes: it follows its settlement within the day.
        Settlement = "settlement",
    }
}

pensipro_kernel::codes! {
    /// What becomes of money that is left over once everything due is paid.
    pub enum ExcessTo {
        /// It pays the next rows at once.
        PrepayNext = "prepay_next",
        /// It is refunded.
        Refund = "refund",
    }
}

/// Which of two inputs of one day comes first. Stored by number; every kind that an account can know
/// has its place here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(i16)]
pub enum Rank {
    /// Disbursement.
    Disbursement = 1,
    /// Death, interest freeze.
    Death = 2,
    /// Restructure.
    Restructure = 3,
    /// Manual penalty.
    ManualPenalty = 4,
    /// Failed cut.
    FailedCut = 5,
    /// Waiver.
    Waiver = 6,
    /// Deposit applied or released.
    Deposit = 7,
    /// Payment.
    Payment = 8,
    /// Recovery.
    Recovery = 9,
    /// Settlement.
    Settlement = 10,
    /// Write-off.
    WriteOff = 11,
    /// Status or collection set by hand.
    Status = 12,
    /// Refund paid out or refused.
    Refund = 13,
}

impl Rank {
    const ALL: [Self; 13] = [
        Self::Disbursement,
        Self::Death,
        Self::Restructure,
        Self::ManualPenalty,
        Self::FailedCut,
        Self::Waiver,
        Self::Deposit,
        Self::Payment,
        Self::Recovery,
        Self::Settlement,
        Self::WriteOff,
        Self::Status,
        Self::Refund,
    ];

    /// Its number, as stored.
    #[expect(clippy::as_conversions, reason = "the discriminant of a fieldless repr(i16) enum")]
    pub const fn get(self) -> i16 {
        self as i16
    }

    /// True if such an input needs to know what earlier ones pay, so that it is posted by a replay.
    pub const fn looks_back(self) -> bool {
        matches!(self, Self::Restructure | Self::Refund)
    }

    /// The rank with this number.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.get() == number)
    }
}

/// An input's place in the fold: by value date, kind, entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    /// The value date.
    pub effective_on: NaiveDate,
    /// The kind's rank.
    pub rank: Rank,
    /// The transaction, by entry.
    pub id: TransactionId,
}

impl Input {
    /// Its place in the fold.
    pub const fn order(&self) -> Order {
        Order { effective_on: self.effective_on, rank: self.kind.rank(), id: self.id }
    }
}

impl InputKind {
    /// The death with which it came.
    pub const fn of_death(&self) -> Option<TransactionId> {
        match self {
            Self::Status(status) => status.of_death,
            Self::Collection(collection) => collection.of_death,
            _ => None,
        }
    }

    /// Which of two inputs of one day comes first.
    pub const fn rank(&self) -> Rank {
        match self {
            Self::Disbursement(_) => Rank::Disbursement,
            Self::Death | Self::InterestFreeze => Rank::Death,
            Self::Restructure(_) => Rank::Restructure,
            Self::ManualPenalty(_) => Rank::ManualPenalty,
            Self::FailedCut(_) => Rank::FailedCut,
            Self::Waiver(_) => Rank::Waiver,
            Self::DepositApplied(_) | Self::DepositReleased(_) => Rank::Deposit,
            Self::Payment(payment) if matches!(payment.paid_as, PaidAs::Settlement) => {
                Rank::Settlement
            }
            Self::Payment(_) => Rank::Payment,
            Self::Recovery(_) => Rank::Recovery,
            Self::Settlement(_) => Rank::Settlement,
            Self::WriteOff => Rank::WriteOff,
            Self::Status(_) | Self::Collection(_) => Rank::Status,
            Self::RefundPaid(_) | Self::RefundRefused(_) => Rank::Refund,
        }
    }
}
