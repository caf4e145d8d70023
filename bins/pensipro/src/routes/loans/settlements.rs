//! Paying a loan off early.

use pensipro_kernel::LoanId;
use pensipro_servicing::{SettleLoan, list_settlements, settle_loan, settlement_quote};

use super::table;
use crate::{
    App,
    bodies::loans::{QuoteBody, QuoteQuery, SettleBody, SettlementBody},
    http::{Allowed, Created, Id, List, Query, Reply, Routes, Shown, Valid, right},
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loans/{id}/settlement-quote", "Tells what paying a loan off on a day takes", quote)
        .get("/loans/{id}/settlements", "Lists a loan's settlements, reversed ones too", list)
        .post("/loans/{id}/settlements", "Pays a loan off by the quote of a day", settle)
}

async fn quote(
    app: App,
    by: Allowed<right::ViewLoan>,
    id: Id<LoanId>,
    query: Query<QuoteQuery>,
) -> Reply<Shown<QuoteBody>> {
    let policy = app.policies().servicing;
    app.read_snapshot(move |tx, at| {
        let date = query.0.date.unwrap_or(at.today);
        Ok(Shown::new(settlement_quote(tx, *id, by.scope, &policy, date)?.into()))
    })
    .await
}

async fn list(
    app: App,
    by: Allowed<right::ViewLoan>,
    id: Id<LoanId>,
) -> Reply<List<SettlementBody>> {
    app.read_snapshot(move |tx, _| {
        Ok(List::whole(list_settlements(tx, by.scope, *id)?, SettlementBody::from))
    })
    .await
}

async fn settle(
    app: App,
    by: Allowed<right::SettleLoan>,
    id: Id<LoanId>,
    body: Valid<SettleBody>,
) -> Reply<Created<SettlementBody>> {
    let (once, body) = body.split();
    let command = SettleLoan::check(body.into(), app.clock.today())?;
    let policy = app.policies().servicing;
    app.post("settle_loan", once, move |tx, at| {
        let settled = settle_loan(tx, &by, *id, &command, &policy, at)?;
        Ok(Created::new(format!("/loans/{}/settlements", *id), settled.into()))
    })
    .await
}
