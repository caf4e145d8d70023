//! Lists: loans by page, and what belongs to one loan as a whole, within the caller's scope.

use pensipro_kernel::{LoanId, Page, PageRequest, PaymentId, Scope, StorageError, TransactionId};

use crate::{
    error::ServicingError,
    loan::LoanSummary,
    records::{Disbursement, Payment, Transaction},
    repository::{LoanFilter, LoanRepository},
};

/// A page of loans with their stored figures.
pub fn list_loans<Tx: LoanRepository>(
    tx: &mut Tx,
    scope: Scope,
    filter: &LoanFilter,
    page: &PageRequest,
) -> Result<Page<LoanSummary>, ServicingError> {
    Ok(tx.loans(filter, page, scope)?)
}

/// All payments of a loan, reversed ones too, with what each pays now.
pub fn list_payments<Tx: LoanRepository>(
    tx: &mut Tx,
    scope: Scope,
    loan: LoanId,
) -> Result<Vec<Payment>, ServicingError> {
    tx.stored_loan(loan, scope)?;
    Ok(tx.payments(loan)?)
}

/// One payment of a loan, with what it pays now.
pub fn get_payment<Tx: LoanRepository>(
    tx: &mut Tx,
    scope: Scope,
    loan: LoanId,
    id: PaymentId,
) -> Result<Payment, ServicingError> {
    tx.stored_loan(loan, scope)?;
    Ok(tx.payment(loan, id)?)
}

/// All disbursements of a loan, reversed ones too.
pub fn list_disbursements<Tx: LoanRepository>(
    tx: &mut Tx,
    scope: Scope,
    loan: LoanId,
) -> Result<Vec<Disbursement>, ServicingError> {
    tx.stored_loan(loan, scope)?;
    Ok(tx.disbursements(loan)?)
}

/// Everything that was done to a loan, reversals too, in the order of entry.
pub fn list_transactions<Tx: LoanRepository>(
    tx: &mut Tx,
    scope: Scope,
    loan: LoanId,
) -> Result<Vec<Transaction>, ServicingError> {
    tx.stored_loan(loan, scope)?;
    Ok(tx.transactions(loan)?)
}

/// One transaction of a loan.
pub fn get_transaction<Tx: LoanRepository>(
    tx: &mut Tx,
    scope: Scope,
    loan: LoanId,
    id: TransactionId,
) -> Result<Transaction, ServicingError> {
    let found = list_transactions(tx, scope, loan)?.into_iter().find(|each| each.id == id);
    Ok(found.ok_or(StorageError::not_found("transaction", id.get()))?)
}
