//! What other modules ask of sales people and branches, and sales of others.

use std::collections::HashMap;

use diesel::prelude::*;
use pensipro_kernel::{BranchId, FunderId, LoanId, MemberId, SalesId, Scope, StorageError, UserId};
use pensipro_members::{SalesDirectory, Seller};
use pensipro_sales::{SalesReferences, TiedUser};

use crate::{
    Tx,
    convert::unreadable,
    schema::{loans, members, sales, sales_branches, sys_users},
    scope::{seen_loans, seen_members, seen_sales, seen_users},
};

fn seller((id, branch_id): (i64, i64)) -> Seller {
    Seller { id: SalesId::new(id), branch_id: BranchId::new(branch_id) }
}

impl SalesDirectory for Tx<'_> {
    fn seller_of_user(&mut self, user: UserId) -> Result<Option<Seller>, StorageError> {
        let row: Option<(i64, i64)> = self.run(|conn| {
            sales::table
                .filter(sales::user_id.eq(user.get()))
                .filter(sales::is_active)
                .select((sales::id, sales::branch_id))
                .first(conn)
                .optional()
        })?;
        Ok(row.map(seller))
    }

    fn seller(&mut self, id: SalesId, scope: Scope) -> Result<Option<Seller>, StorageError> {
        let row: Option<(i64, i64)> = self.run(|conn| {
            sales::table
                .find(id.get())
                .filter(sales::is_active)
                .filter(seen_sales(scope))
                .select((sales::id, sales::branch_id))
                .first(conn)
                .optional()
        })?;
        Ok(row.map(seller))
    }

    fn branch_is_open(&mut self, branch: BranchId) -> Result<bool, StorageError> {
        let is_active: Option<bool> = self.run(|conn| {
            sales_branches::table
                .find(branch.get())
                .select(sales_branches::is_active)
                .first(conn)
                .optional()
        })?;
        Ok(is_active == Some(true))
    }

    fn branches_by_code(
        &mut self,
        codes: &[String],
    ) -> Result<HashMap<String, BranchId>, StorageError> {
        if codes.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(String, i64)> = self.run(|conn| {
            sales_branches::table
                .filter(sales_branches::code.eq_any(codes))
                .filter(sales_branches::is_active)
                .select((sales_branches::code, sales_branches::id))
                .load(conn)
        })?;
        Ok(rows.into_iter().map(|(code, id)| (code, BranchId::new(id))).collect())
    }

    fn sellers_by_code(
        &mut self,
        codes: &[String],
        scope: Scope,
    ) -> Result<HashMap<String, Seller>, StorageError> {
        if codes.is_empty() {
            return Ok(HashMap::new());
        }
        let rows: Vec<(String, (i64, i64))> = self.run(|conn| {
            sales::table
                .filter(sales::code.eq_any(codes))
                .filter(sales::is_active)
                .filter(seen_sales(scope))
                .select((sales::code, (sales::id, sales::branch_id)))
                .load(conn)
        })?;
        Ok(rows.into_iter().map(|(code, row)| (code, seller(row))).collect())
    }
}

impl SalesReferences for Tx<'_> {
    fn tied_user(&mut self, user: UserId, scope: Scope) -> Result<Option<TiedUser>, StorageError> {
        let row: Option<(Option<i64>, Option<i64>, bool)> = self.run(|conn| {
            sys_users::table
                .find(user.get())
                .filter(seen_users(scope))
                .select((sys_users::branch_id, sys_users::funder_id, sys_users::is_active))
                .first(conn)
                .optional()
        })?;
        let Some((branch, funder, is_active)) = row else { return Ok(None) };
        let scope = Scope::of(branch.map(BranchId::new), funder.map(FunderId::new))
            .ok_or_else(|| unreadable("sys_users.funder_id"))?;
        Ok(Some(TiedUser { scope, is_active }))
    }

    fn member_is_visible(&mut self, id: MemberId, scope: Scope) -> Result<bool, StorageError> {
        let found: Option<i64> = self.run(|conn| {
            members::table
                .find(id.get())
                .filter(members::deleted_at.is_null())
                .filter(seen_members(scope))
                .select(members::id)
                .first(conn)
                .optional()
        })?;
        Ok(found.is_some())
    }

    fn loan_is_visible(&mut self, id: LoanId, scope: Scope) -> Result<bool, StorageError> {
        let found: Option<i64> = self.run(|conn| {
            loans::table
                .find(id.get())
                .filter(seen_loans(scope))
                .select(loans::id)
                .first(conn)
                .optional()
        })?;
        Ok(found.is_some())
    }
}
