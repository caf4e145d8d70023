//! What reports need from storage.

use pensipro_kernel::{Period, Scope, StorageError};

use super::{
    closed::AgingEntry,
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
    /// Keeps a month's.
    fn keep_aging(&mut self, periode: Period, entries: &[AgingEntry]) -> Result<(), StorageError>;
}
