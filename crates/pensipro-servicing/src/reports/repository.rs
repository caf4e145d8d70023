//! What reports need from storage.

use pensipro_kernel::{Period, Scope, StorageError};

use super::{
    closed::AgingEntry,
    kept_quality::QualityEntry,
    standing::{AsOf, GroupBy, Standing},
};

/// A portfolio, counted by the database: rows are as many as ways in which loans stand, not as loans.
pub trait StandingRepository {
    /// Open loans within the scope, by how they stand.
    fn standings(
        &mut self,
        as_of: AsOf,
        by: Option<GroupBy>,
        scope: Scope,
    ) -> Result<Vec<Standing>, StorageError>;
}

/// The aging of closed months. Nothing changes it.
pub trait AgingRepository {
    /// What was kept of a month, parted so, by entry.
    fn kept_aging(
        &mut self,
        periode: Period,
        by: Option<GroupBy>,
    ) -> Result<Vec<AgingEntry>, StorageError>;
    /// What was kept of each of these months, not parted.
    fn kept_agings(
        &mut self,
        from: Period,
        to: Period,
    ) -> Result<Vec<(Period, AgingEntry)>, StorageError>;
    /// Keeps a month's.
    fn keep_aging(&mut self, periode: Period, entries: &[AgingEntry]) -> Result<(), StorageError>;
}

/// The quality of closed months. Nothing changes it.
pub trait QualityRepository {
    /// What was kept of each of these months, by month.
    fn kept_quality(
        &mut self,
        from: Period,
        to: Period,
    ) -> Result<Vec<(Period, QualityEntry)>, StorageError>;
    /// Keeps a month's.
    fn keep_quality(
        &mut self,
        periode: Period,
        entries: &[QualityEntry],
    ) -> Result<(), StorageError>;
}
