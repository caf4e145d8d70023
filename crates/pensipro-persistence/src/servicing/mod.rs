//! Loan accounts.
//!
//! What a posting reads is small however long the loan: the loan with its terms, its plan and its
//! holds is one SELECT, and the rows that may have changed since they were agreed and are still open
//! are another. The rows to come are taken from the plan, a packed copy of what was agreed, which
//! never changes; `loans.touched_through` is the last due date of a row that was ever changed.

mod aging;
mod balances;
mod books;
mod columns;
mod details;
mod disbursements;
mod end_of_day;
mod history;
mod holds;
mod list;
mod loans;
mod month_end_bounds;
mod month_end_gaps;
mod month_ends;
mod payments;
mod periods;
mod plan;
mod postings;
mod quality;
mod read;
mod refunds;
mod restructures;
mod schedule;
mod settlements;
mod slices;
mod standings;
mod transactions;

use std::collections::BTreeMap;

use std::vec;

use pensipro_kernel::{
    ApplicationId, LoanId, MemberId, Page, PageRequest, PaymentId, Scope, StorageError,
    TransactionId, UserId,
};
use pensipro_servicing::{
    Channel, Disbursement, Loan, LoanFilter, LoanHistory, LoanRepository, LoanSummary, NewLoan,
    Payment, PostingBatch, Row, SettlementRecord, StoredLoan, Transaction,
};

use crate::{Tx, sql::RowLock};

impl LoanRepository for Tx<'_> {
    fn stored_loan(&mut self, id: LoanId, scope: Scope) -> Result<StoredLoan, StorageError> {
        read::one(self, id, scope, None)
    }

    fn lock_loan(&mut self, id: LoanId, scope: Scope) -> Result<StoredLoan, StorageError> {
        read::one(self, id, scope, Some(RowLock::ForUpdate))
    }

    fn loans_of_applications(
        &mut self,
        ids: &[ApplicationId],
    ) -> Result<BTreeMap<ApplicationId, LoanId>, StorageError> {
        read::of_applications(self, ids)
    }

    fn loans_of_member(&mut self, member: MemberId) -> Result<Vec<LoanId>, StorageError> {
        read::of_member(self, member)
    }

    fn lock_loans(&mut self, ids: &[LoanId]) -> Result<Vec<StoredLoan>, StorageError> {
        read::many(self, ids)
    }

    fn histories(&mut self, ids: &[LoanId]) -> Result<Vec<(LoanId, LoanHistory)>, StorageError> {
        history::histories(self, ids)
    }

    fn loans(
        &mut self,
        filter: &LoanFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<LoanSummary>, StorageError> {
        list::page(self, filter, page, scope)
    }

    fn schedule(&mut self, id: LoanId) -> Result<Vec<Row>, StorageError> {
        schedule::all(self, id)
    }

    fn payments(&mut self, id: LoanId) -> Result<Vec<Payment>, StorageError> {
        payments::of_loan(self, id)
    }

    fn payment(&mut self, loan: LoanId, id: PaymentId) -> Result<Payment, StorageError> {
        payments::one(self, loan, id)
    }

    fn disbursements(&mut self, id: LoanId) -> Result<Vec<Disbursement>, StorageError> {
        disbursements::of_loan(self, id)
    }

    fn settlements(&mut self, id: LoanId) -> Result<Vec<SettlementRecord>, StorageError> {
        settlements::of_loan(self, id)
    }

    fn settlement_netted_by(
        &mut self,
        disbursement: TransactionId,
    ) -> Result<Option<SettlementRecord>, StorageError> {
        settlements::netted_by(self, disbursement)
    }

    fn transactions(&mut self, id: LoanId) -> Result<Vec<Transaction>, StorageError> {
        transactions::of_loan(self, id)
    }

    fn payment_by_reference(
        &mut self,
        channel: Channel,
        reference: &str,
    ) -> Result<Option<PaymentId>, StorageError> {
        payments::by_reference(self, channel, reference)
    }

    fn add_loans(
        &mut self,
        new: &[NewLoan],
        by: Option<UserId>,
    ) -> Result<Vec<Loan>, StorageError> {
        loans::add(self, new, by)
    }

    fn cancel_loan(&mut self, loan: &Loan) -> Result<Loan, StorageError> {
        loans::cancel(self, loan)
    }

    fn reserve_transaction_ids(
        &mut self,
        count: u32,
    ) -> Result<vec::IntoIter<TransactionId>, StorageError> {
        transactions::reserve(self, count)
    }

    fn store_postings(
        &mut self,
        batch: &PostingBatch,
        by: Option<UserId>,
    ) -> Result<(), StorageError> {
        postings::store(self, batch, by)
    }
}
