//! Lines that wait for a decision.

use pensipro_billing::{
    RawReconcile, Reconcile, Retry, RetryRepository, RetryRun, RetryStatus, list_unmatched,
};
use pensipro_flows::{open_retry, read_retry, reconcile_line};
use pensipro_kernel::{ImportLineId, RetryId};

use crate::{
    App,
    bodies::billing::{LineBody, ReconcileBody, RetryBody, RetryRunBody, UnmatchedQuery},
    http::{
        Allowed, Begun, Id, List, Listing, Prefer, Progress, Reply, Routes, Shown, Valid,
        right::{ImportBilling, ReconcileBilling},
    },
    jobs::Job,
    routes::id_of,
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/billing/unmatched", "Lists a month's lines that wait for a decision", unmatched)
        .post("/billing/unmatched/retry", "Tries a month's unmatched lines again", retry)
        .get("/billing/unmatched/retry/{id}", "Shows how far a retry is", show_retry)
        .post("/billing/reconcile/{id}", "Settles a line by hand: its money pays a loan", reconcile)
}

async fn unmatched(
    app: App,
    by: Allowed<ImportBilling>,
    listing: Listing<UnmatchedQuery>,
) -> Reply<List<LineBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let lines = list_unmatched(tx, &by, filter.periode, &page)?;
        Ok(pager.list(lines, LineBody::from))
    })
    .await
}

async fn reconcile(
    app: App,
    by: Allowed<ReconcileBilling>,
    id: Id<ImportLineId>,
    body: Valid<ReconcileBody>,
) -> Reply<Shown<LineBody>> {
    let (once, body) = body.split();
    let command = Reconcile::check(&RawReconcile::from(body))?;
    let policy = app.policies().servicing;
    app.post("reconcile_line", once, move |tx, at| {
        Ok(Shown::new(reconcile_line(tx, &by, *id, &command, &policy, at)?.into()))
    })
    .await
}

async fn retry(
    app: App,
    by: Allowed<ReconcileBilling>,
    prefer: Prefer,
    body: Valid<RetryBody>,
) -> Reply<Begun<RetryRunBody>> {
    let (once, body) = body.split();
    let of = Retry::check(&body.into())?;
    let opened = app.post("begin_retry", once, move |tx, _| Ok(begun(open_retry(tx, &by, of)?)));
    let opened = opened.await?;
    match id_of(opened.location()).map(RetryId::new) {
        Some(id) if opened.is_acceptance() => {
            app.wait_for(Job::Retry(id), prefer.wait).await?;
            opened.showing(begun(app.load(move |tx, _| Ok(tx.retry(id)?)).await?))
        }
        _ => Ok(opened),
    }
}

async fn show_retry(
    app: App,
    by: Allowed<ReconcileBilling>,
    id: Id<RetryId>,
) -> Reply<Shown<RetryRunBody>> {
    app.read(move |tx, _| Ok(Shown::new(read_retry(tx, &by, *id)?.into()))).await
}

fn begun(run: RetryRun) -> Begun<RetryRunBody> {
    let progress = match run.status {
        RetryStatus::Running => Progress::Going,
        RetryStatus::Done => Progress::Complete,
    };
    Begun::new(progress, format!("/billing/unmatched/retry/{}", run.id), run.into())
}
