//! What a loan object shows of what is owed: as stored in a list, as of today in its detail.

use chrono::NaiveDate;
use pensipro_kernel::Money;

use crate::{
    amount::total,
    loan::{LoanStatus, LoanSummary},
    outstanding::{Kolektibilitas, days_past_due},
    reading::LoanView,
    rules::KolektibilitasBounds,
};

/// The figures of a loan object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanFigures {
    /// Where the loan stands.
    pub status: LoanStatus,
    /// Unpaid principal.
    pub principal: Money,
    /// Unpaid interest that is due.
    pub interest: Money,
    /// Unpaid fees.
    pub fee: Money,
    /// Penalties charged and not paid.
    pub penalty: Money,
    /// Their sum.
    pub total: Money,
    /// The day on which the amounts stand; `None` before the disbursement.
    pub state_on: Option<NaiveDate>,
    /// Days past due, today.
    pub dpd: u32,
    /// The quality that follows.
    pub kolektibilitas: Kolektibilitas,
}

impl LoanSummary {
    /// The amounts as stored; days past due follow from the oldest unpaid due date and today.
    pub fn figures(&self, bounds: &KolektibilitasBounds, today: NaiveDate) -> LoanFigures {
        let stored = &self.balances;
        let dpd = days_past_due(stored.oldest_unpaid_due, today);
        LoanFigures {
            status: self.loan.status,
            principal: stored.principal,
            interest: stored.interest,
            fee: stored.fee,
            penalty: stored.penalty,
            total: total([stored.principal, stored.interest, stored.fee, stored.penalty]),
            state_on: stored.state_on(),
            dpd,
            kolektibilitas: Kolektibilitas::of(dpd, bounds),
        }
    }
}

impl LoanView {
    /// The figures on the day of reading.
    pub fn figures(&self) -> LoanFigures {
        let owed = &self.outstanding;
        LoanFigures {
            status: self.status,
            principal: owed.principal,
            interest: owed.interest_due,
            fee: owed.fee,
            penalty: owed.penalty,
            total: owed.owed(),
            state_on: self.loan.disbursed_on.map(|_| owed.date),
            dpd: owed.dpd,
            kolektibilitas: owed.kolektibilitas,
        }
    }
}
