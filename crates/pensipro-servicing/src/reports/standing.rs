//! Loans that stand alike, counted together: what reports are made of.

use chrono::NaiveDate;
use pensipro_kernel::{BranchId, FunderId, Money, Period, Scope};

use crate::{
    amount::plus,
    outstanding::{Kolektibilitas, days_past_due},
};

pensipro_kernel::codes! {
    /// By what a report is parted.
    pub enum GroupBy {
        /// The loan's branch.
        Branch = "branch",
        /// Who pays the member's pension.
        Payer = "payer",
        /// The product.
        Product = "product",
        /// Who holds it: each funder his share, the cooperative the rest.
        Funder = "funder",
        /// The sales person.
        Sales = "sales",
    }
}

/// The day of a report, and where its figures are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Today, from the loans themselves.
    Today(NaiveDate),
    /// A month's last day, from what was written down at its end.
    MonthEnd(NaiveDate),
}

/// A part of the portfolio.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct GroupKey {
    /// What it is called; none where a loan has no such thing.
    pub name: Option<String>,
    /// Its id; none for a payer, and where a loan has no such thing.
    pub id: Option<i64>,
}

/// Whose loans a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Portfolio {
    /// All loans.
    Whole,
    /// A branch's; those of none, where none is named.
    Branch(Option<BranchId>),
}

/// Whose loans, and which part of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// Whose.
    pub portfolio: Portfolio,
    /// By what they are parted.
    pub by: Option<GroupBy>,
    /// The part; none for all together.
    pub group: Option<GroupKey>,
}

/// A count of loans, and their unpaid principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// How many.
    pub count: u64,
    /// Their unpaid principal.
    pub outstanding: Money,
}

/// Open loans of one part that stand alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Of which part; none where the report is not parted.
    pub group: Option<GroupKey>,
    /// Their oldest unpaid due date, today; none at a month's end.
    pub oldest_unpaid_due: Option<NaiveDate>,
    /// Days past due and quality as written down at a month's end; none today.
    pub written: Option<(u32, Kolektibilitas)>,
    /// How many they are.
    pub figures: Figures,
}

impl AsOf {
    /// The day.
    pub const fn date(self) -> NaiveDate {
        match self {
            Self::Today(date) | Self::MonthEnd(date) => date,
        }
    }

    /// The day of a month's report: today while it runs, then its last day.
    pub fn of(periode: Period, today: NaiveDate) -> Self {
        if periode.last_day() < today {
            Self::MonthEnd(periode.last_day())
        } else {
            Self::Today(today)
        }
    }
}

/// What somebody sees, as it is kept of closed months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptView {
    /// Whose loans.
    pub portfolio: Portfolio,
    /// Of these this funder's share alone.
    pub funder: Option<FunderId>,
}

impl KeptView {
    /// What somebody of this scope sees.
    pub const fn of(scope: Scope) -> Self {
        match scope {
            Scope::WholeHouse => Self { portfolio: Portfolio::Whole, funder: None },
            Scope::Branch(branch) => {
                Self { portfolio: Portfolio::Branch(Some(branch)), funder: None }
            }
            Scope::Funder(funder) => Self { portfolio: Portfolio::Whole, funder: Some(funder) },
        }
    }

    /// By what the figures are kept that this is part of; none where nothing is kept that is parted so.
    pub fn kept_by(self, by: Option<GroupBy>) -> Option<Option<GroupBy>> {
        match (self.funder, by) {
            (None, by) => Some(by),
            (Some(_), None | Some(GroupBy::Funder)) => Some(Some(GroupBy::Funder)),
            (Some(_), Some(_)) => None,
        }
    }

    /// What he sees of figures that were kept: of a funder's people his part alone, which is their total too.
    pub(super) fn seen<T: Clone>(
        self,
        kept: Vec<T>,
        by: Option<GroupBy>,
        slice: fn(&mut T) -> &mut Slice,
    ) -> Vec<T> {
        let Some(funder) = self.funder else { return kept };
        let is_his = |of: &Slice| of.group.as_ref().is_some_and(|it| it.id == Some(funder.get()));
        let mut seen = Vec::new();
        for mut part in kept {
            if !is_his(slice(&mut part)) {
                continue;
            }
            let mut total = part.clone();
            slice(&mut total).group = None;
            seen.push(total);
            if by.is_some() {
                seen.push(part);
            }
        }
        seen
    }
}

impl Figures {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            outstanding: plus(self.outstanding, other.outstanding),
        }
    }
}

impl Standing {
    /// Their days past due.
    pub fn dpd(&self, on: NaiveDate) -> u32 {
        self.written.map_or_else(|| days_past_due(self.oldest_unpaid_due, on), |(dpd, _)| dpd)
    }
}
