//! What the members module asks of branches and sales people.

use diesel::prelude::*;
use pensipro_auth::UserRepository;
use pensipro_kernel::{BranchId, SalesId, StorageError, UserId};
use pensipro_members::SalesDirectory;

use crate::{Tx, schema::sales};

impl SalesDirectory for Tx<'_> {
    fn sales_of_user(&mut self, user: UserId) -> Result<Option<SalesId>, StorageError> {
        let id: Option<i64> = self.run(|conn| {
            sales::table
                .filter(sales::user_id.eq(user.get()))
                .filter(sales::is_active)
                .select(sales::id)
                .first(conn)
                .optional()
        })?;
        Ok(id.map(SalesId::new))
    }

    fn sales_exists(&mut self, id: SalesId) -> Result<bool, StorageError> {
        let found: Option<i64> =
            self.run(|conn| sales::table.find(id.get()).select(sales::id).first(conn).optional())?;
        Ok(found.is_some())
    }

    fn branch_exists(&mut self, branch: BranchId) -> Result<bool, StorageError> {
        UserRepository::branch_exists(self, branch)
    }
}
