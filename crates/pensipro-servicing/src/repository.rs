//! What this module needs from storage.

use std::{collections::BTreeMap, vec};

use chrono::NaiveDate;
use pensipro_kernel::{
    ApplicationId, AuditLog, Authority, BranchId, LoanId, MemberId, Outbox, Page, PageRequest,
    PaymentId, Period, ProductId, RefundId, RestructureId, SalesId, Scope, StorageError,
    TransactionId, UserId, Version,
};

use crate::{
    loan::{Loan, LoanStatus, LoanSummary, NewLoan, StoredLoan},
    open_loan::LoanHistory,
    payment::Channel,
    posting::PostingBatch,
    records::{Disbursement, Payment, SettlementRecord, Transaction},
    refund::{RefundChange, RefundRequest, RefundStatus},
    restructure::{NewRestructure, Restructure},
    row::Row,
};

/// Which loans, and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoanFilter {
    /// Only loans of this status.
    pub status: Option<LoanStatus>,
    /// Only this member's.
    pub member_id: Option<MemberId>,
    /// Only this product's.
    pub product_id: Option<ProductId>,
    /// Only those sold by this person.
    pub sales_id: Option<SalesId>,
    /// Only this branch's.
    pub branch_id: Option<BranchId>,
    /// The order.
    pub sort: LoanSort,
}

/// The orders of a list of loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LoanSort {
    /// As they were made.
    #[default]
    Id,
    /// The latest first.
    IdDescending,
    /// The longest overdue first: by the oldest unpaid due date, loans without one last.
    OldestUnpaidDue,
}

/// Loans and their accounts.
pub trait LoanRepository {
    /// A loan with its stored account, to be read.
    fn stored_loan(&mut self, id: LoanId, scope: Scope) -> Result<StoredLoan, StorageError>;

    /// The same, the loan locked until the transaction ends.
    fn lock_loan(&mut self, id: LoanId, scope: Scope) -> Result<StoredLoan, StorageError>;

    /// The loans that applications became; one that was not approved has none.
    fn loans_of_applications(
        &mut self,
        ids: &[ApplicationId],
    ) -> Result<BTreeMap<ApplicationId, LoanId>, StorageError>;

    /// The loan that an application became, if it was approved.
    fn loan_of_application(&mut self, id: ApplicationId) -> Result<Option<LoanId>, StorageError> {
        Ok(self.loans_of_applications(&[id])?.remove(&id))
    }

    /// All loans of a member, by ascending id.
    fn loans_of_member(&mut self, member: MemberId) -> Result<Vec<LoanId>, StorageError>;

    /// Loans with their stored accounts, locked in ascending order of id; ids that are not there are
    /// left out. Three queries whatever the number: loans, rows, holds.
    fn lock_loans(&mut self, ids: &[LoanId]) -> Result<Vec<StoredLoan>, StorageError>;

    /// The histories of loans that are locked already, in the order of the ids given. A fixed
    /// number of queries.
    fn histories(&mut self, ids: &[LoanId]) -> Result<Vec<(LoanId, LoanHistory)>, StorageError>;

    /// A page of loans with their figures as stored.
    fn loans(
        &mut self,
        filter: &LoanFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<LoanSummary>, StorageError>;

    /// Every schedule row of a loan, by maker and number: provisional and superseded ones too.
    fn schedule(&mut self, id: LoanId) -> Result<Vec<Row>, StorageError>;

    /// Its payments by transaction, with what each pays now.
    fn payments(&mut self, id: LoanId) -> Result<Vec<Payment>, StorageError>;

    /// One payment of a loan.
    fn payment(&mut self, loan: LoanId, id: PaymentId) -> Result<Payment, StorageError>;

    /// Its disbursements by transaction.
    fn disbursements(&mut self, id: LoanId) -> Result<Vec<Disbursement>, StorageError>;

    /// Its settlements by transaction.
    fn settlements(&mut self, id: LoanId) -> Result<Vec<SettlementRecord>, StorageError>;

    /// The settlement of another loan that a disbursement paid.
    fn settlement_netted_by(
        &mut self,
        disbursement: TransactionId,
    ) -> Result<Option<SettlementRecord>, StorageError>;

    /// Its transactions by id, with what each pays now.
    fn transactions(&mut self, id: LoanId) -> Result<Vec<Transaction>, StorageError>;

    /// The payment of a channel, not reversed, that holds a reference.
    fn payment_by_reference(
        &mut self,
        channel: Channel,
        reference: &str,
    ) -> Result<Option<PaymentId>, StorageError>;

    /// Adds pending loans with their provisional rows, and gives them in their order. A fixed number
    /// of statements for every some thousand rows.
    fn add_loans(&mut self, new: &[NewLoan], by: Option<UserId>)
    -> Result<Vec<Loan>, StorageError>;

    /// Adds one.
    fn add_loan(&mut self, new: &NewLoan, by: Option<UserId>) -> Result<Loan, StorageError> {
        let added = self.add_loans(std::slice::from_ref(new), by)?.pop();
        added.ok_or_else(|| StorageError::Failed("one loan was added and none is there".into()))
    }

    /// Marks a loan that was never disbursed cancelled, if the version still stands.
    fn cancel_loan(&mut self, loan: &Loan) -> Result<Loan, StorageError>;

    /// Ids for this many new transactions, rising, never given again.
    fn reserve_transaction_ids(
        &mut self,
        count: u32,
    ) -> Result<vec::IntoIter<TransactionId>, StorageError>;

    /// Stores a batch of postings to locked loans. A reversal frees the reference of the payment it
    /// takes back. A fixed number of statements for every some thousand rows.
    fn store_postings(
        &mut self,
        batch: &PostingBatch,
        by: Option<UserId>,
    ) -> Result<(), StorageError>;
}

/// Refund requests.
pub trait RefundRepository {
    /// One request. Whoever changes it has locked its loan.
    fn refund(&mut self, id: RefundId) -> Result<RefundRequest, StorageError>;

    /// Saves amount, status, notes and approver over the version read; gives the new version.
    fn save_refund(&mut self, request: &RefundRequest) -> Result<Version, StorageError>;

    /// The requests of these payments.
    fn refunds_of(
        &mut self,
        payments: &[TransactionId],
    ) -> Result<Vec<RefundRequest>, StorageError>;

    /// Stores changes: new requests are `requested` and in bulk, amended ones are `requested` again.
    fn store_refund_changes(
        &mut self,
        changes: &[RefundChange],
        by: Option<UserId>,
    ) -> Result<(), StorageError>;

    /// A page of requests, oldest first.
    fn refunds(
        &mut self,
        filter: &RefundFilter,
        page: &PageRequest,
    ) -> Result<Page<RefundRequest>, StorageError>;
}

/// Requests to restructure loans.
pub trait RestructureRepository {
    /// The requests of a loan by id.
    fn restructures(&mut self, loan: LoanId) -> Result<Vec<Restructure>, StorageError>;

    /// One request of a loan. Whoever decides it has locked the loan.
    fn restructure(&mut self, loan: LoanId, id: RestructureId)
    -> Result<Restructure, StorageError>;

    /// Adds a request; a loan has one at the most that waits for a decision.
    fn add_restructure(
        &mut self,
        new: NewRestructure,
        by: Option<UserId>,
    ) -> Result<Restructure, StorageError>;

    /// Saves status, decision and transaction.
    fn save_restructure(&mut self, restructure: &Restructure) -> Result<(), StorageError>;
}

/// What posting to an account takes: the loan and its refunds, an open month, the trail, the outbox, and
/// the caller's right.
pub trait AccountWork:
    LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority
{
}

impl<Tx> AccountWork for Tx where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority
{
}

/// Which refund requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RefundFilter {
    /// Only those of this status.
    pub status: Option<RefundStatus>,
    /// Only this member's.
    pub member_id: Option<MemberId>,
    /// Only this loan's.
    pub loan_id: Option<LoanId>,
}

/// Whether a month still takes bookings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodState {
    /// It does.
    Open,
    /// It was closed.
    Closed,
}

/// The months that are closed.
pub trait AccountingPeriods {
    /// Whether a month is closed, held so until the transaction ends (`FOR SHARE`).
    fn share_period(&mut self, period: Period) -> Result<PeriodState, StorageError>;

    /// The same, held alone: whoever books in the month has finished, or waits.
    fn hold_period(&mut self, period: Period) -> Result<PeriodState, StorageError>;

    /// Marks a month that is held closed.
    fn close_period(&mut self, period: Period, by: Option<UserId>) -> Result<(), StorageError>;

    /// [`share_period`](Self::share_period) for a booking of a day: an error once its month is closed.
    fn book_on(&mut self, date: NaiveDate) -> Result<(), crate::ServicingError> {
        let period = Period::of(date);
        match self.share_period(period)? {
            PeriodState::Open => Ok(()),
            PeriodState::Closed => Err(crate::ServicingError::PeriodClosed(period)),
        }
    }
}
