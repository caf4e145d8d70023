//! The books of loans, read to be verified.

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{LoanId, StorageError};
use pensipro_servicing::{LoanBook, LoanBooks};

use super::{history, month_ends, read};
use crate::{Tx, schema::loans};

impl LoanBooks for Tx<'_> {
    fn next_loans(&mut self, after: LoanId, limit: u16) -> Result<Vec<LoanId>, StorageError> {
        let query = loans::table
            .filter(loans::id.gt(after.get()))
            .order(loans::id)
            .limit(limit.into())
            .select(loans::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(LoanId::new).collect())
    }

    fn loan_books(
        &mut self,
        ids: &[LoanId],
        ends: &[NaiveDate],
    ) -> Result<Vec<LoanBook>, StorageError> {
        let loans = read::with_balances(self, ids, None)?;
        let ids: Vec<_> = loans.iter().map(|(stored, _)| stored.loan.id).collect();
        let histories = history::histories(self, &ids)?.into_iter();
        let written = month_ends::written(self, &ids, ends)?;
        let books = loans.into_iter().zip(histories).zip(written);
        Ok(books
            .map(|(((stored, balances), (_, history)), month_ends)| LoanBook {
                stored,
                balances,
                history,
                month_ends,
            })
            .collect())
    }
}
