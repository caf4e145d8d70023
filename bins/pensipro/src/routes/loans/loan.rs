//! Reading loans, and what is set of them by hand.

use pensipro_kernel::LoanId;
use pensipro_servicing::{
    LoanView, SetLoan, list_loans, read_loan, read_outstanding, read_schedule, set_loan,
};

use super::table;
use crate::{
    App,
    bodies::loans::{
        LoanBody, LoanQuery, LoanSettingBody, OutstandingBody, OutstandingQuery, ScheduleQuery,
        ScheduleRowBody,
    },
    http::{
        Allowed, Id, IfMatch, List, Listing, Query, Reply, Routes, Shown, Valid,
        right::{EditLoan, ViewLoan},
    },
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loans", "Lists loans with their stored figures", list)
        .get("/loans/{id}", "Shows a loan as it stands today", show)
        .put("/loans/{id}/status", "Sets a loan's status or way of collecting by hand", set)
        .get("/loans/{id}/schedules", "Shows a loan's schedule with what was paid on it", schedule)
        .get("/loans/{id}/outstanding", "Tells what is owed on a day", outstanding)
}

async fn list(
    app: App,
    by: Allowed<ViewLoan>,
    listing: Listing<LoanQuery>,
) -> Reply<List<LoanBody>> {
    let bounds = app.policies().servicing.kolektibilitas;
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, at| {
        let page = list_loans(tx, by.scope, &filter.into(), &page)?;
        Ok(pager.list(page, |summary| {
            let figures = summary.figures(&bounds, at.today);
            LoanBody::of(summary.loan, figures)
        }))
    })
    .await
}

async fn show(app: App, by: Allowed<ViewLoan>, id: Id<LoanId>) -> Reply<Shown<LoanBody>> {
    let policy = app.policies().servicing;
    app.read_snapshot(move |tx, at| Ok(shown(read_loan(tx, *id, by.scope, &policy, at.today)?)))
        .await
}

async fn set(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    expected: IfMatch,
    body: Valid<LoanSettingBody>,
) -> Reply<Shown<LoanBody>> {
    let command = SetLoan::check(body.into_inner().into())?;
    let policy = app.policies().servicing;
    app.write("set_loan", move |tx, at| {
        set_loan(tx, &by, *id, expected.0, command.clone(), &policy, at)?;
        Ok(shown(read_loan(tx, *id, by.scope, &policy, at.today)?))
    })
    .await
}

fn shown(view: LoanView) -> Shown<LoanBody> {
    let (figures, version) = (view.figures(), view.loan.version);
    Shown::new(LoanBody::of(view.loan, figures)).at(version)
}

async fn schedule(
    app: App,
    by: Allowed<ViewLoan>,
    id: Id<LoanId>,
    query: Query<ScheduleQuery>,
) -> Reply<List<ScheduleRowBody>> {
    let which = query.0.into();
    let policy = app.policies().servicing;
    app.read_snapshot(move |tx, at| {
        let rows = read_schedule(tx, *id, which, by.scope, &policy, at.today)?;
        Ok(List::whole(rows, ScheduleRowBody::from))
    })
    .await
}

async fn outstanding(
    app: App,
    by: Allowed<ViewLoan>,
    id: Id<LoanId>,
    query: Query<OutstandingQuery>,
) -> Reply<Shown<OutstandingBody>> {
    let policy = app.policies().servicing;
    app.read_snapshot(move |tx, at| {
        let date = query.0.date.unwrap_or(at.today);
        Ok(Shown::new(read_outstanding(tx, *id, by.scope, &policy, date)?.into()))
    })
    .await
}
