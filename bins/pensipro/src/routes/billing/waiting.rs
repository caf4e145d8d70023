//! Lines that wait for a decision.

use pensipro_billing::{
    RawReconcile, Reconcile, RetriableQuery, Retry, RetryTally, list_unmatched,
};
use pensipro_flows::{Retried, reconcile_line, retry_lines};
use pensipro_kernel::{Actor, ImportLineId};

use crate::{
    App,
    bodies::billing::{LineBody, ReconcileBody, RetriedBody, RetryBody, UnmatchedQuery},
    http::{
        Allowed, Id, List, Listing, Problem, Reply, Routes, Shown, Valid,
        right::{ImportBilling, ReconcileBilling},
    },
    jobs::rows_of_a_batch,
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/billing/unmatched", "Lists a month's lines that wait for a decision", unmatched)
        .post("/billing/unmatched/retry", "Tries a month's unmatched lines again", retry)
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

/// Chunks are transactions of their own: repeating the whole pays nothing twice. The answer is stored
/// with the last, empty one.
async fn retry(
    app: App,
    by: Allowed<ReconcileBilling>,
    body: Valid<RetryBody>,
) -> Reply<Shown<RetriedBody>> {
    let (once, body) = body.split();
    let retry = Retry::check(&body.into())?;
    by.whole_house()?;
    let tally = match app.is_known(&once).await? {
        true => RetryTally::default(),
        false => app.retry_unmatched(&by, retry).await?,
    };
    app.post("retry_unmatched", once, move |_, _| Ok(Shown::new(tally.into()))).await
}

impl App {
    /// Tries a month's unmatched lines again, chunk by chunk.
    pub(crate) async fn retry_unmatched(
        &self,
        by: &Actor,
        of: Retry,
    ) -> Result<RetryTally, Problem> {
        let limit = u32::try_from(rows_of_a_batch(self.store().backend())).unwrap_or(u32::MAX);
        let (mut tally, mut after) = (RetryTally::default(), None);
        loop {
            let (by, policy) = (by.clone(), self.policies().servicing);
            let query = RetriableQuery { of, after, limit };
            let chunk = self
                .change("retry_chunk", move |tx, at| Ok(retry_lines(tx, &by, query, &policy, at)?));
            let Retried { tally: more, through } = chunk.await?;
            tally = tally.plus(more);
            match through {
                Some(line) => after = Some(line),
                None => return Ok(tally),
            }
        }
    }
}
