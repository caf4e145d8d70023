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

    /// Days past due.
    pub fn dpd(&self, today: NaiveDate) -> u32 {
        let days = self.oldest_unpaid_due.map_or(0, |due| (today - due).num_days());
        u32::try_from(days).unwrap_or_default()
    }

    /// The bucket of its days past due.
    pub fn bucket(&self, today: NaiveDate) -> &'static str {
        match self.dpd(today) {
            0..=30 => "0-30",
            31..=60 => "31-60",
            61..=90 => "61-90",
            _ => ">90",
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_past_due_have_their_bucket() {
        let loan = |due: Option<&str>| PortfolioLoan {
            loan_id: LoanId::new(1),
            number: "LN-2026-000001".into(),
            contract_id: ContractId::new(1),
            kind: AllocationKind::Participation,
            status: "active".into(),
            held: HeldLoan {
                outstanding: Money::from_sen(50),
                principal: Money::from_sen(70),
                plafon: Money::from_sen(100),
            },
            oldest_unpaid_due: due.map(|day| day.parse().unwrap()),
        };
        let today: NaiveDate = "2026-06-30".parse().unwrap();
        let bucket = |due| (loan(due).dpd(today), loan(due).bucket(today));
        assert_eq!(bucket(None), (0, "0-30"));
        assert_eq!(bucket(Some("2026-07-05")), (0, "0-30"));
        assert_eq!(bucket(Some("2026-05-31")), (30, "0-30"));
        assert_eq!(bucket(Some("2026-05-30")), (31, "31-60"));
        assert_eq!(bucket(Some("2026-04-01")), (90, "61-90"));
        assert_eq!(bucket(Some("2026-03-31")), (91, ">90"));
        assert_eq!(loan(None).share_pct(), Rate::percent(70));
    }
}
