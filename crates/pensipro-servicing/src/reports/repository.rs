//! What reports need from storage.

use std::collections::BTreeMap;

use pensipro_kernel::{BranchId, Period, Scope, StorageError};

use super::{
    kept_aging::AgingEntry,
    kept_quality::QualityEntry,
    standing::{AsOf, GroupBy, Portfolio, Standing},
};

/// Open loans of each branch that stand alike.
pub type StandingsByBranch = BTreeMap<Option<BranchId>, Vec<Standing>>;

/// A portfolio, counted by the database: rows are as many as ways in which loans stand, not as loans.
pub trait StandingRepository {
    /// Open loans within the scope, by how they stand.
    fn standings(
        &mut self,
        as_of: AsOf,
        by: Option<GroupBy>,
        scope: Scope,
    ) -> Result<Vec<Standing>, StorageError>;

    /// All open loans, by how they stand and by branch.
    fn standings_by_branch(
        &mut self,
        as_of: AsOf,
        by: Option<GroupBy>,
    ) -> Result<StandingsByBranch, StorageError>;
}

/// The aging of closed months. Nothing changes it.
pub trait AgingRepository {
    /// What was kept of a month, parted so, by entry.
    fn kept_aging(
        &mut self,
        periode: Period,
        portfolio: Portfolio,
        by: Option<GroupBy>,
    ) -> Result<Vec<AgingEntry>, StorageError>;
    /// True where what was kept of a month stands for each branch too: one of which nothing is kept had no
    /// open loan.
    fn is_kept_by_branch(&mut self, periode: Period) -> Result<bool, StorageError>;
    /// What was kept of each of these months, parted so.
    fn kept_agings(
        &mut self,
        months: (Period, Period),
        portfolio: Portfolio,
        by: Option<GroupBy>,
    ) -> Result<Vec<(Period, AgingEntry)>, StorageError>;
    /// Keeps a month's.
    fn keep_aging(&mut self, periode: Period, entries: &[AgingEntry]) -> Result<(), StorageError>;
}

/// The quality of closed months. Nothing changes it.
pub trait QualityRepository {
    /// What was kept of a month, parted so, by entry.
    fn kept_quality(
        &mut self,
        periode: Period,
        portfolio: Portfolio,
        by: Option<GroupBy>,
    ) -> Result<Vec<QualityEntry>, StorageError>;
    /// What was kept of each of these months, parted so, by month.
    fn kept_qualities(
        &mut self,
        months: (Period, Period),
        portfolio: Portfolio,
        by: Option<GroupBy>,
    ) -> Result<Vec<(Period, QualityEntry)>, StorageError>;
    /// Keeps a month's.
    fn keep_quality(
        &mut self,
        periode: Period,
        entries: &[QualityEntry],
    ) -> Result<(), StorageError>;
}
