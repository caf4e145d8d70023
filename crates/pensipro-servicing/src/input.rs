//! What people and payers did to a loan: the inputs of its fold.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};

use crate::{loan::Collection, row::Row};

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
    /// The payer could not cut an instalment.
    FailedCut(FailedCut),
    /// Money came in.
    Payment(PaymentInput),
    /// The status was set by hand.
    Status(Setting<StatusByHand>),
    /// The way of collecting was set.
    Collection(Setting<Collection>),
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
            Self::Death => Rank::Death,
            Self::FailedCut(_) => Rank::FailedCut,
            Self::Payment(_) => Rank::Payment,
            Self::Status(_) | Self::Collection(_) => Rank::Status,
        }
    }
}
