//! What is done to an account by hand: penalties, waivers, the deposit, write-offs.

use pensipro_kernel::LoanId;
use pensipro_servicing::{
    Transaction, UseDeposit, WaiveOwed, apply_deposit, charge_penalty, list_penalties,
    release_deposit, waive, write_off,
};

use super::table;
use crate::{
    App,
    bodies::loans::{
        ChargePenaltyBody, DepositBody, PenaltyBody, TransactionBody, WaiverBody, WriteOffBody,
    },
    http::{
        Allowed, Created, Id, List, Reply, Routes, Valid,
        right::{EditLoan, ViewLoan},
    },
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loans/{id}/penalties", "Lists a loan's penalties, of rows and by hand", penalties)
        .post("/loans/{id}/penalties", "Charges a penalty by hand", charge)
        .post("/loans/{id}/waivers", "Waives what has accrued", forgive)
        .post("/loans/{id}/deposits/apply", "Pays what is due with the deposit", apply)
        .post("/loans/{id}/deposits/release", "Gives the deposit back to the member", release)
        .post("/loans/{id}/write-offs", "Gives a loan up; what comes later is recovery", give_up)
}

async fn penalties(app: App, by: Allowed<ViewLoan>, id: Id<LoanId>) -> Reply<List<PenaltyBody>> {
    let policy = app.policies().servicing;
    app.read_snapshot(move |tx, at| {
        let penalties = list_penalties(tx, by.scope, *id, &policy, at.today)?;
        Ok(List::whole(penalties, PenaltyBody::from))
    })
    .await
}

async fn charge(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<ChargePenaltyBody>,
) -> Reply<Created<TransactionBody>> {
    let (once, body) = body.split();
    let command = body.check(app.clock.today())?;
    let policy = app.policies().servicing;
    app.post("charge_penalty", once, move |tx, at| {
        Ok(created(*id, charge_penalty(tx, &by, *id, &command, &policy, at)?))
    })
    .await
}

async fn forgive(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<WaiverBody>,
) -> Reply<Created<TransactionBody>> {
    let (once, body) = body.split();
    let command = WaiveOwed::try_from(body)?;
    let policy = app.policies().servicing;
    app.post("waive", once, move |tx, at| {
        Ok(created(*id, waive(tx, &by, *id, &command, &policy, at)?))
    })
    .await
}

async fn apply(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<DepositBody>,
) -> Reply<Created<TransactionBody>> {
    let (once, body) = body.split();
    let command = UseDeposit::try_from(body)?;
    let policy = app.policies().servicing;
    app.post("apply_deposit", once, move |tx, at| {
        Ok(created(*id, apply_deposit(tx, &by, *id, &command, &policy, at)?))
    })
    .await
}

async fn release(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<DepositBody>,
) -> Reply<Created<TransactionBody>> {
    let (once, body) = body.split();
    let command = UseDeposit::try_from(body)?;
    let policy = app.policies().servicing;
    app.post("release_deposit", once, move |tx, at| {
        Ok(created(*id, release_deposit(tx, &by, *id, &command, &policy, at)?))
    })
    .await
}

async fn give_up(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<WriteOffBody>,
) -> Reply<Created<TransactionBody>> {
    let (once, body) = body.split();
    let command = body.check(app.clock.today())?;
    let policy = app.policies().servicing;
    app.post("write_off", once, move |tx, at| {
        Ok(created(*id, write_off(tx, &by, *id, &command, &policy, at)?))
    })
    .await
}

fn created(loan: LoanId, transaction: Transaction) -> Created<TransactionBody> {
    Created::new(format!("/loans/{loan}/transactions"), transaction.into())
}
