//! A loan that another one of the same member tops up: settled with money of the new loan's
//! disbursement, and opened again with it.

use chrono::NaiveDate;
use pensipro_kernel::{Actor, AuditLog, Authority, LoanId, Moment, Outbox, TransactionId};

use crate::{
    error::ServicingError,
    open_loan::OpenLoan,
    payment::Channel,
    posting::NewSettlement,
    reading::with_history,
    records::SettlementRecord,
    repository::{AccountingPeriods, LoanRepository, RefundRepository},
    reversal::Reverse,
    rules::ServicingPolicy,
    settle::{SettleLoan, quote, settle_by},
    usecases::take_back,
};

/// What nets a loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Netting {
    /// The loan that is paid off.
    pub loan_id: LoanId,
    /// The day of the disbursement.
    pub on: NaiveDate,
    /// The disbursement's transaction.
    pub disbursement: TransactionId,
    /// The new loan's number, the payment's reference.
    pub reference: String,
}

/// Settles a loan by its quote of the day, with money that a disbursement moves: a transfer within
/// the cooperative.
pub fn net_loan<Tx>(
    tx: &mut Tx,
    by: &Actor,
    netting: Netting,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<SettlementRecord, ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox,
{
    let Netting { loan_id, on, disbursement, reference } = netting;
    let mut loan = OpenLoan::new(tx.lock_loan(loan_id, by.scope)?, policy);
    tx.book_on(at.today)?;
    if loan.needs_history_on(on) {
        loan = with_history(tx, loan)?;
    }
    let quote = quote(&loan, on)?;
    let command = SettleLoan {
        settled_on: on,
        amount: quote.total,
        channel: Channel::Transfer,
        reference: Some(reference),
    };
    settle_by(tx, by, loan, &command, quote, Some(disbursement), at)
}

/// Takes back what a disbursement that is itself taken back paid off.
pub fn undo_netting<Tx>(
    tx: &mut Tx,
    by: &Actor,
    disbursement: TransactionId,
    command: &Reverse,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<(), ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority,
{
    let Some(SettlementRecord { settlement, .. }) = tx.settlement_netted_by(disbursement)? else {
        return Ok(());
    };
    for of in settlement.payment.into_iter().chain([settlement.transaction_id]) {
        let loan = tx.lock_loan(settlement.loan_id, by.scope)?;
        take_back(tx, by, (loan, of), command, policy, at)?;
    }
    Ok(())
}

/// Refuses to take back alone what goes with a disbursement.
pub(crate) fn refuse_netted<Tx: LoanRepository>(
    tx: &mut Tx,
    loan: LoanId,
    of: TransactionId,
) -> Result<(), ServicingError> {
    let netted = tx.settlements(loan)?.into_iter().find_map(|record| {
        let NewSettlement { transaction_id, payment, netted_by, .. } = record.settlement;
        netted_by.filter(|_| transaction_id == of || payment == Some(of))
    });
    netted.map_or(Ok(()), |disbursement| Err(ServicingError::Netted { disbursement }))
}
