//! Payments at the counter.

use pensipro_flows::{record_payment, reverse_payment};
use pensipro_kernel::{LoanId, PaymentId};
use pensipro_servicing::{RecordPayment, Reverse, get_payment, list_payments};

use super::table;
use crate::{
    App,
    bodies::loans::{PaymentBody, RecordPaymentBody, ReverseBody},
    http::{Allowed, Created, Id, List, Reply, Routes, Shown, Valid, right},
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loans/{id}/payments", "Lists a loan's payments, reversed ones too", list)
        .post("/loans/{id}/payments", "Records a payment", record)
        .post("/loans/{id}/payments/{payment_id}/reverse", "Takes a payment back", reverse)
}

async fn list(app: App, by: Allowed<right::ViewLoan>, id: Id<LoanId>) -> Reply<List<PaymentBody>> {
    app.read_snapshot(move |tx, _| {
        Ok(List::whole(list_payments(tx, by.scope, *id)?, PaymentBody::from))
    })
    .await
}

async fn record(
    app: App,
    by: Allowed<right::RecordPayment>,
    id: Id<LoanId>,
    body: Valid<RecordPaymentBody>,
) -> Reply<Created<PaymentBody>> {
    let (once, body) = body.split();
    let command = RecordPayment::check(body.into(), app.clock.today())?;
    let policy = app.policies().servicing;
    app.post("record_payment", once, move |tx, at| {
        let recorded = record_payment(tx, &by, *id, command.clone(), &policy, at)?;
        Ok(Created::new(format!("/loans/{}/payments", *id), recorded.payment.into()))
    })
    .await
}

/// Answers with the payment as it is now: reversed, and paying nothing.
async fn reverse(
    app: App,
    by: Allowed<right::ReversePayment>,
    ids: Id<(LoanId, PaymentId)>,
    body: Valid<ReverseBody>,
) -> Reply<Shown<PaymentBody>> {
    let (once, body) = body.split();
    let command = Reverse::try_from(body)?;
    let policy = app.policies().servicing;
    let (loan, payment) = *ids;
    app.post("reverse_payment", once, move |tx, at| {
        reverse_payment(tx, &by, loan, payment, command.clone(), &policy, at)?;
        Ok(Shown::new(get_payment(tx, by.scope, loan, payment)?.into()))
    })
    .await
}
