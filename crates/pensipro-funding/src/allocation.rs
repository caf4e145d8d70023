//! Who holds a loan from which day on. What no funder holds is the cooperative's.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    AllocationId, AuditValue, ContractId, FunderId, LoanId, Money, Rate, Rounding, UserId,
    div_round,
};

use crate::{Contract, FundingError};

pensipro_kernel::codes! {
    /// How a funder holds a loan.
    pub enum AllocationKind {
        /// He holds a share of principal and interest.
        Participation = "participation",
        /// The whole receivable was transferred to him.
        Assignment = "assignment",
    }
}

/// A funder's share of a loan, to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAllocation {
    /// The loan.
    pub loan_id: LoanId,
    /// Whose share it is.
    pub funder_id: FunderId,
    /// Under which contract.
    pub contract_id: ContractId,
    /// How he holds it.
    pub kind: AllocationKind,
    /// His part of the plafon: his share of whatever is paid is this over the plafon.
    pub principal: Money,
    /// The first day on which he holds it.
    pub valid_from: NaiveDate,
}

/// A share as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocation {
    /// Its id.
    pub id: AllocationId,
    /// What it is.
    pub content: NewAllocation,
    /// The first day on which he holds it no more.
    pub ended_on: Option<NaiveDate>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: Option<UserId>,
}

/// What is known of a loan that is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanFacts {
    /// The loan.
    pub id: LoanId,
    /// Its plafon.
    pub plafon: Money,
    /// Its unpaid principal; the plafon while it is not disbursed.
    pub outstanding: Money,
    /// The only funder that its product is for.
    pub locked_to: Option<FunderId>,
}

/// An allocation as it is asked for, its contract found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocate {
    /// How the funder holds it.
    pub kind: AllocationKind,
    /// How much of it.
    pub share: Share,
    /// From which day.
    pub valid_from: NaiveDate,
}

/// How much of a loan a funder holds; an assignment is of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// As his contract says.
    Agreed,
    /// This percentage.
    Percent(Rate),
    /// This part of the plafon.
    Part(Money),
}

/// What becomes of a loan's allocations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reallocation {
    /// Those that end.
    pub ended: Vec<AllocationId>,
    /// On this day.
    pub ended_on: NaiveDate,
    /// The new one; none where the cooperative buys back.
    pub added: Option<NewAllocation>,
}

/// All allocations of one loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holdings<'a>(pub &'a [Allocation]);

impl Allocation {
    /// True if it stands on a day.
    pub fn stands_on(&self, date: NaiveDate) -> bool {
        self.content.valid_from <= date && self.ended_on.is_none_or(|ended| date < ended)
    }

    /// His share of the plafon, percent.
    pub fn share_pct(&self, plafon: Money) -> Rate {
        share_of(self.content.principal, plafon)
    }

    /// What the audit trail stores of it.
    pub fn audit_view(&self) -> AuditValue {
        let NewAllocation { loan_id, funder_id, contract_id, kind, principal, valid_from } =
            self.content;
        AuditValue::new()
            .with("loan_id", loan_id.get())
            .with("funder_id", funder_id.get())
            .with("contract_id", contract_id.get())
            .with("kind", kind.code())
            .text("principal", principal)
            .text("valid_from", valid_from)
            .with("ended_on", self.ended_on.map(|day| day.to_string()))
    }
}

impl<'a> Holdings<'a> {
    /// What funders hold on a day.
    pub fn on(self, date: NaiveDate) -> impl Iterator<Item = &'a Allocation> + 'a {
        self.0.iter().filter(move |allocation| allocation.stands_on(date))
    }

    /// Gives a funder his share of the loan from a day on, in place of the one that he has then.
    /// `exposure` is what other loans have outstanding under the contract.
    pub fn allocate(
        &self,
        loan: &LoanFacts,
        contract: &Contract,
        command: Allocate,
        exposure: Money,
    ) -> Result<Reallocation, FundingError> {
        let Allocate { kind, share, valid_from } = command;
        let funder = contract.funder_id;
        if let Some(locked_to) = loan.locked_to.filter(|only| *only != funder) {
            return Err(FundingError::ProductLocked { locked_to });
        }
        if !contract.details.validity.holds_on(valid_from) {
            return Err(FundingError::ContractNotValid { contract: contract.id });
        }
        self.refuse_later(Some(funder), valid_from)?;
        let principal = match (kind, share) {
            (AllocationKind::Assignment, _) => loan.plafon,
            (AllocationKind::Participation, Share::Agreed) => {
                percentage_of(loan.plafon, contract.details.share_pct)
            }
            (AllocationKind::Participation, Share::Percent(pct)) => percentage_of(loan.plafon, pct),
            (AllocationKind::Participation, Share::Part(principal)) => principal,
        };
        let others = self.others_most(funder, valid_from);
        let left = loan.plafon.minus_or_zero(others);
        if principal > left {
            return Err(FundingError::SharesExceeded { left: share_of(left, loan.plafon) });
        }
        let (outstanding, plafon) = (loan.outstanding, loan.plafon);
        let outstanding = HeldLoan { outstanding, principal, plafon }.share();
        if let Some(limit) = contract.details.limit {
            let room = limit.minus_or_zero(exposure);
            if outstanding > room {
                return Err(FundingError::LimitExceeded { room });
            }
        }
        let (loan_id, funder_id, contract_id) = (loan.id, funder, contract.id);
        let added = NewAllocation { loan_id, funder_id, contract_id, kind, principal, valid_from };
        let ended = self.standing(Some(funder), valid_from);
        Ok(Reallocation { ended, ended_on: valid_from, added: Some(added) })
    }

    /// The cooperative buys everything back from a day on.
    pub fn buy_back(&self, from: NaiveDate) -> Result<Reallocation, FundingError> {
        self.refuse_later(None, from)?;
        let ended = self.standing(None, from);
        if ended.is_empty() {
            return Err(FundingError::NothingAllocated);
        }
        Ok(Reallocation { ended, ended_on: from, added: None })
    }

    /// Shares change in order of days: a share that begins later would have to be undone first.
    fn refuse_later(&self, funder: Option<FunderId>, from: NaiveDate) -> Result<(), FundingError> {
        let is_later = |allocation: &&Allocation| {
            let content = &allocation.content;
            let theirs = funder.is_none_or(|funder| content.funder_id == funder);
            // One that ended on the day it began never stood.
            let stood = allocation.ended_on != Some(content.valid_from);
            theirs && stood && content.valid_from > from
        };
        match self.0.iter().find(is_later) {
            Some(later) => Err(FundingError::LaterAllocation { from: later.content.valid_from }),
            None => Ok(()),
        }
    }

    fn standing(&self, funder: Option<FunderId>, on: NaiveDate) -> Vec<AllocationId> {
        let theirs = |allocation: &&Allocation| {
            funder.is_none_or(|funder| allocation.content.funder_id == funder)
        };
        self.on(on).filter(theirs).map(|allocation| allocation.id).collect()
    }

    /// The most that other funders hold on any day from a day on.
    fn others_most(&self, funder: FunderId, from: NaiveDate) -> Money {
        let others = self.0.iter().filter(|it| it.content.funder_id != funder);
        let days = others.clone().map(|it| it.content.valid_from).filter(|day| *day > from);
        let held = |day: NaiveDate| {
            let standing = others.clone().filter(|it| it.stands_on(day));
            Money::checked_sum(standing.map(|it| it.content.principal)).unwrap_or(Money::MAX_INPUT)
        };
        days.chain([from]).map(held).max().unwrap_or_default()
    }
}

/// A percentage of an amount, to the sen.
pub(crate) fn percentage_of(amount: Money, pct: Rate) -> Money {
    scaled(amount, pct.units(), Rate::UNITS_PER_WHOLE)
}

/// What a part is of a plafon, percent.
pub(crate) fn share_of(part: Money, plafon: Money) -> Rate {
    let units = scaled(Money::from_sen(Rate::UNITS_PER_WHOLE), part.sen(), plafon.sen());
    Rate::from_units(units.sen())
}

/// `amount · part / whole`, half away from zero; nothing of nothing.
pub(crate) fn scaled(amount: Money, part: i64, whole: i64) -> Money {
    let product = i128::from(amount.sen()).saturating_mul(part.into());
    let scaled = div_round(product, whole.into(), Rounding::HalfAwayFromZero);
    scaled.and_then(Money::from_wide).unwrap_or_default()
}

/// A loan under a contract: what is outstanding on it, and the funder's part of its plafon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldLoan {
    /// Its unpaid principal; the plafon while it is not disbursed.
    pub outstanding: Money,
    /// The funder's part of the plafon.
    pub principal: Money,
    /// Its plafon.
    pub plafon: Money,
}

impl HeldLoan {
    /// What is outstanding on the funder's part.
    pub fn share(&self) -> Money {
        let Self { outstanding, principal, plafon } = self;
        scaled(*outstanding, principal.sen(), plafon.sen())
    }
}

/// What a funder has outstanding on some loans.
pub fn exposure_of(loans: &[HeldLoan]) -> Money {
    Money::checked_sum(loans.iter().map(HeldLoan::share)).unwrap_or(Money::MAX_INPUT)
}

#[cfg(test)]
#[path = "allocation_tests.rs"]
mod tests;
