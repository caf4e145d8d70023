//! Everything that was done to a loan, and taking it back.

use pensipro_flows::reverse as reverse_any;
use pensipro_kernel::{LoanId, TransactionId};
use pensipro_servicing::{Reverse, get_transaction, list_transactions};

use super::table;
use crate::{
    App,
    bodies::loans::{ReverseBody, TransactionBody},
    http::{
        Allowed, Id, List, Reply, Routes, Shown, Valid,
        right::{ReversePayment, ViewLoan},
    },
};

pub(super) fn routes() -> Routes {
    table().get("/loans/{id}/transactions", "Lists everything that was done to a loan", list).post(
        "/loans/{id}/transactions/{transaction_id}/reverse",
        "Takes a transaction back, whatever came later",
        reverse,
    )
}

async fn list(app: App, by: Allowed<ViewLoan>, id: Id<LoanId>) -> Reply<List<TransactionBody>> {
    app.read_snapshot(move |tx, _| {
        Ok(List::whole(list_transactions(tx, by.scope, *id)?, TransactionBody::from))
    })
    .await
}

/// Answers with the transaction as it is now. What is not a payment also needs the right with which
/// it was made.
async fn reverse(
    app: App,
    by: Allowed<ReversePayment>,
    ids: Id<(LoanId, TransactionId)>,
    body: Valid<ReverseBody>,
) -> Reply<Shown<TransactionBody>> {
    let (once, body) = body.split();
    let command = Reverse::try_from(body)?;
    let policy = app.policies().servicing;
    let (loan, transaction) = *ids;
    app.post("reverse_transaction", once, move |tx, at| {
        reverse_any(tx, &by, loan, transaction, command.clone(), &policy, at)?;
        Ok(Shown::new(get_transaction(tx, by.scope, loan, transaction)?.into()))
    })
    .await
}
