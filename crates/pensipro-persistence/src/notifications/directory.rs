//! Who is behind an audience.

use diesel::prelude::*;
use pensipro_kernel::{BranchId, FunderId, MemberId, Scope, StorageError, UserId};
use pensipro_notifications::{Broadcast, RecipientDirectory};

use crate::{
    Tx,
    schema::{applications, loans, members, sales, sys_roles, sys_user_roles, sys_users},
    scope::{seen_members, seen_users},
};

impl RecipientDirectory for Tx<'_> {
    fn sales_user_of(
        &mut self,
        ref_table: &str,
        ref_id: i64,
    ) -> Result<Option<UserId>, StorageError> {
        let user: Option<Option<i64>> = match ref_table {
            "applications" => {
                let query = applications::table
                    .inner_join(sales::table)
                    .filter(applications::id.eq(ref_id))
                    .select(sales::user_id);
                self.run(|conn| query.first(conn).optional())?
            }
            "loans" => {
                let query = loans::table
                    .inner_join(sales::table)
                    .filter(loans::id.eq(ref_id))
                    .select(sales::user_id);
                self.run(|conn| query.first(conn).optional())?
            }
            _ => None,
        };
        Ok(user.flatten().map(UserId::new))
    }

    fn role_holders_of(
        &mut self,
        roles: &[String],
        (ref_table, ref_id): (&str, i64),
    ) -> Result<Vec<UserId>, StorageError> {
        let branch: Option<Option<i64>> = match ref_table {
            "applications" => {
                let query = applications::table.find(ref_id).select(applications::branch_id);
                self.run(|conn| query.first(conn).optional())?
            }
            _ => None,
        };
        let holders = sys_user_roles::table
            .inner_join(sys_roles::table)
            .filter(sys_roles::is_active)
            .filter(sys_roles::role_name.eq_any(roles))
            .select(sys_user_roles::user_id);
        let mut users = sys_users::table
            .filter(sys_users::is_active)
            .filter(sys_users::funder_id.is_null())
            .filter(sys_users::id.eq_any(holders))
            .order(sys_users::id)
            .select(sys_users::id)
            .into_boxed();
        users = match branch.flatten() {
            Some(branch) => users.filter(
                sys_users::branch_id
                    .is_null()
                    .or(sys_users::branch_id.eq(branch).assume_not_null()),
            ),
            None => users.filter(sys_users::branch_id.is_null()),
        };
        let ids: Vec<i64> = self.run(|conn| users.load(conn))?;
        Ok(ids.into_iter().map(UserId::new).collect())
    }

    fn funder_users_of(&mut self, funder: FunderId) -> Result<Vec<UserId>, StorageError> {
        let query = sys_users::table
            .filter(sys_users::is_active)
            .filter(sys_users::funder_id.eq(funder.get()))
            .order(sys_users::id)
            .select(sys_users::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(UserId::new).collect())
    }

    fn users_to_tell(
        &mut self,
        broadcast: &Broadcast,
        scope: Scope,
        limit: u32,
    ) -> Result<Vec<UserId>, StorageError> {
        let Broadcast { role, branch_id, all: _ } = broadcast;
        let mut users = sys_users::table
            .filter(sys_users::is_active)
            .filter(seen_users(scope))
            .order(sys_users::id)
            .limit(limit.into())
            .select(sys_users::id)
            .into_boxed();
        if let Some(branch) = branch_id.map(BranchId::get) {
            users = users.filter(sys_users::branch_id.eq(branch));
        }
        if let Some(role) = role.clone() {
            let holders = sys_user_roles::table
                .inner_join(sys_roles::table)
                .filter(sys_roles::is_active)
                .filter(sys_roles::role_name.eq(role))
                .select(sys_user_roles::user_id);
            users = users.filter(sys_users::id.eq_any(holders));
        }
        let ids: Vec<i64> = self.run(|conn| users.load(conn))?;
        Ok(ids.into_iter().map(UserId::new).collect())
    }

    fn is_user_to_tell(&mut self, user: UserId, scope: Scope) -> Result<bool, StorageError> {
        let found = sys_users::table
            .find(user.get())
            .filter(sys_users::is_active)
            .filter(seen_users(scope))
            .select(sys_users::id);
        let id: Option<i64> = self.run(|conn| found.first(conn).optional())?;
        Ok(id.is_some())
    }

    fn is_member_to_tell(&mut self, member: MemberId, scope: Scope) -> Result<bool, StorageError> {
        let found = members::table
            .find(member.get())
            .filter(members::deleted_at.is_null())
            .filter(seen_members(scope))
            .select(members::id);
        let id: Option<i64> = self.run(|conn| found.first(conn).optional())?;
        Ok(id.is_some())
    }
}
