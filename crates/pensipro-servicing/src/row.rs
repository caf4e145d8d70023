//! One instalment of a schedule, with what was paid on it and how long it was overdue.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};

use crate::{amount::plus, overdue::Overdue, rules::Rules};

/// Names a row of a loan: the disbursement or restructure that made it, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowKey {
    /// The transaction that made the row.
    pub made_by: TransactionId,
    /// 1, 2, … within the schedule.
    pub no: u16,
}

impl RowKey {
    /// Stands where an allocation belongs to no row.
    pub const NONE: Self = Self { made_by: Self::PROVISIONAL, no: 0 };
    /// The maker of rows of a loan that is not disbursed yet.
    pub const PROVISIONAL: TransactionId = TransactionId::new(0);

    /// The row of this number, made by this transaction.
    pub const fn new(made_by: TransactionId, no: u16) -> Self {
        Self { made_by, no }
    }
}

/// Whether a row still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowState {
    /// It is owed.
    #[default]
    Live,
    /// Another schedule took its place; what was paid on it stays.
    Superseded,
}

pensipro_kernel::codes! {
    /// How a row reads in a schedule.
    pub enum RowStatus {
        /// Nothing paid yet.
        Unpaid = "unpaid",
        /// Something paid.
        Partial = "partial",
        /// Nothing is owed on it any more.
        Paid = "paid",
        /// Replaced by another schedule.
        Superseded = "superseded",
    }
}

/// A row. What is owed is agreed by its maker; everything below `fee` is what the fold made of the
/// inputs since, and starts at nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which row.
    pub key: RowKey,
    /// The first day of the time whose interest the row bears: the due date before, or the
    /// disbursement.
    pub starts_on: NaiveDate,
    /// When it is to be paid.
    pub due_date: NaiveDate,
    /// Principal.
    pub principal: Money,
    /// Interest.
    pub interest: Money,
    /// Fees billed with it.
    pub fee: Money,
    /// Paid of the principal.
    pub principal_paid: Money,
    /// Paid of the interest.
    pub interest_paid: Money,
    /// Paid of the fees.
    pub fee_paid: Money,
    /// Paid of the penalty.
    pub penalty_paid: Money,
    /// Of the interest, what is not charged: waived, or stopped before it was earned.
    pub interest_waived: Money,
    /// Waived of the fees.
    pub fee_waived: Money,
    /// Waived of the penalty.
    pub penalty_waived: Money,
    /// Charged by hand, beside the penalty for lateness.
    pub penalty_charged: Money,
    /// What a pension cut left within its tolerance: owed, but counted neither for DPD nor penalty.
    pub tolerated: Money,
    /// The overdue days that count for the penalty.
    pub counted: Overdue,
    /// The overdue days under a hold: they count once the cut is known to have failed.
    pub held: Overdue,
    /// When a pension cut of the row last failed; holds set up to then are void.
    pub cut_failed_on: Option<NaiveDate>,
    /// Whether it still stands.
    pub state: RowState,
}

impl Row {
    /// A row on which nothing was paid.
    pub fn new(key: RowKey, starts_on: NaiveDate, due_date: NaiveDate, owed: Instalment) -> Self {
        let Instalment { principal, interest, fee } = owed;
        Self {
            key,
            starts_on,
            due_date,
            principal,
            interest,
            fee,
            principal_paid: Money::ZERO,
            interest_paid: Money::ZERO,
            fee_paid: Money::ZERO,
            penalty_paid: Money::ZERO,
            interest_waived: Money::ZERO,
            fee_waived: Money::ZERO,
            penalty_waived: Money::ZERO,
            penalty_charged: Money::ZERO,
            tolerated: Money::ZERO,
            counted: Overdue::default(),
            held: Overdue::default(),
            cut_failed_on: None,
            state: RowState::Live,
        }
    }

    /// The row as its maker agreed it, without anything that came later.
    #[must_use]
    pub fn as_agreed(&self) -> Self {
        let Self { principal, interest, fee, .. } = *self;
        Self::new(self.key, self.starts_on, self.due_date, Instalment { principal, interest, fee })
    }

    /// Principal and interest, as agreed.
    pub const fn instalment(&self) -> Money {
        plus(self.principal, self.interest)
    }

    /// True unless superseded.
    pub const fn is_live(&self) -> bool {
        matches!(self.state, RowState::Live)
    }

    /// Unpaid principal; nothing on a superseded row.
    pub fn principal_left(&self) -> Money {
        self.left(self.principal, self.principal_paid)
    }

    /// Unpaid interest; nothing on a superseded row.
    pub fn interest_left(&self) -> Money {
        self.left(self.interest_charged(), self.interest_paid)
    }

    /// The interest without what is not charged.
    pub fn interest_charged(&self) -> Money {
        self.interest.minus_or_zero(self.interest_waived)
    }

    /// Unpaid fees; nothing on a superseded row.
    pub fn fee_left(&self) -> Money {
        self.left(self.fee.minus_or_zero(self.fee_waived), self.fee_paid)
    }

    /// Unpaid principal and interest.
    pub fn instalment_left(&self) -> Money {
        plus(self.principal_left(), self.interest_left())
    }

    /// Unpaid principal and interest without what is tolerated: what makes the row late.
    pub fn late_base(&self) -> Money {
        self.instalment_left().minus_or_zero(self.tolerated)
    }

    /// Charges no more interest than this, and gives what was paid beyond it.
    pub(crate) fn charge_at_most(&mut self, interest: Money) -> Money {
        self.interest_waived = self.interest_waived.max(self.interest.minus_or_zero(interest));
        let beyond = self.interest_paid.minus_or_zero(self.interest_charged());
        self.interest_paid = self.interest_paid.minus_or_zero(beyond);
        beyond
    }

    /// Everything paid on it.
    pub fn paid(&self) -> Money {
        plus(plus(self.principal_paid, self.interest_paid), plus(self.fee_paid, self.penalty_paid))
    }

    /// How the row reads.
    pub fn status(&self, rules: &Rules) -> RowStatus {
        match (self.state, self.is_paid(rules), self.paid().is_positive()) {
            (RowState::Superseded, _, _) => RowStatus::Superseded,
            (RowState::Live, true, _) => RowStatus::Paid,
            (RowState::Live, false, true) => RowStatus::Partial,
            (RowState::Live, false, false) => RowStatus::Unpaid,
        }
    }

    fn left(&self, owed: Money, paid: Money) -> Money {
        if self.is_live() { owed.minus_or_zero(paid) } else { Money::ZERO }
    }
}

/// What a row asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Instalment {
    /// Principal.
    pub principal: Money,
    /// Interest.
    pub interest: Money,
    /// Fees billed with it.
    pub fee: Money,
}
