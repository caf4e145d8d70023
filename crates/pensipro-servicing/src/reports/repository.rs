//! What reports need from storage.

use pensipro_kernel::{Scope, StorageError};

use super::standing::{AsOf, GroupBy, Standing};

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
