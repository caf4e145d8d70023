//! The loans in which a funder has a share, as they stand today.

use chrono::NaiveDate;
use pensipro_kernel::{ContractId, LoanId, Money, Rate};

use crate::{AllocationKind, HeldLoan, allocation::share_of};

/// Which loans a portfolio's list holds; every condition given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PortfolioFilter {
    /// A loan's status, by its code.
    pub status: Option<String>,
    /// Shares under this contract.
    pub contract_id: Option<ContractId>,
    /// Days past due at least.
    pub dpd_from: Option<u32>,
}

/// A loan with a funder's share of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortfolioLoan {
    /// The loan.
    pub loan_id: LoanId,
    /// Its number.
    pub number: String,
    /// Under which contract he holds it.
    pub contract_id: ContractId,
    /// How.
    pub kind: AllocationKind,
    /// The loan's status, by its code.
    pub status: String,
    /// What is outstanding of the loan, and his part of its plafon.
    pub held: HeldLoan,
    /// The due date of the oldest instalment that is not paid.
    pub oldest_unpaid_due: Option<NaiveDate>,
}

impl PortfolioLoan {
    /// His share of the plafon, percent.
    pub fn share_pct(&self) -> Rate {
        share_of(self.held.principal, self.held.plafon)
    }
}

/// What a funder has outstanding, against what he may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exposure {
    /// The limits of his contracts that take loans today, together; none where one of them has none.
    pub limit: Option<Money>,
    /// His shares of what is outstanding on pending and open loans.
    pub exposure: Money,
}
