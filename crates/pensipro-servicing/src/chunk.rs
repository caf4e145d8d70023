//! Many loans at once, for a payer's file.

use std::collections::BTreeMap;

use pensipro_kernel::LoanId;

use crate::{
    error::ServicingError, input::Order, open_loan::OpenLoan, repository::LoanRepository,
    rules::ServicingPolicy,
};

/// Locks the loans that a chunk of inputs is for, with the histories of those whose inputs will not
/// come in order; the inputs are then posted in the order given here. Loans that are not there are
/// left out.
///
/// Cost: a fixed number of queries for the loans, and as many again if any history is needed; memory
/// in proportion to the open rows, and to the whole history of the loans that need theirs.
pub fn open_loans<Tx: LoanRepository>(
    tx: &mut Tx,
    inputs: &[(LoanId, Order)],
    policy: &ServicingPolicy,
) -> Result<BTreeMap<LoanId, OpenLoan>, ServicingError> {
    let mut orders: BTreeMap<LoanId, Vec<Order>> = BTreeMap::new();
    for (loan, order) in inputs {
        orders.entry(*loan).or_default().push(*order);
    }
    let ids: Vec<_> = orders.keys().copied().collect();
    let stored = tx.lock_loans(&ids)?.into_iter();
    let mut loans: BTreeMap<_, _> =
        stored.map(|stored| (stored.loan.id, OpenLoan::new(stored, policy))).collect();
    let late: Vec<_> = loans
        .iter()
        .filter(|(id, loan)| orders.get(id).is_some_and(|orders| !loan.takes_in_turn(orders)))
        .map(|(id, _)| *id)
        .collect();
    if late.is_empty() {
        return Ok(loans);
    }
    for (id, history) in tx.histories(&late)? {
        if let Some(loan) = loans.remove(&id) {
            loans.insert(id, loan.with_history(history));
        }
    }
    Ok(loans)
}
