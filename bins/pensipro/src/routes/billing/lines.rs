//! What follows from lines, across imports and exports.

use pensipro_billing::{list_unmatched, member_history};
use pensipro_flows::list_refunds;
use pensipro_kernel::MemberId;

use crate::{
    App,
    bodies::billing::{CutBody, LineBody, RefundBody, RefundQuery, UnmatchedQuery},
    http::{
        Allowed, Id, List, Listing, NoFilter, Reply, Routes,
        right::{ImportBilling, ReconcileBilling, ViewMember},
    },
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/billing/unmatched", "Lists a month's lines that wait for a decision", unmatched)
        .get("/billing/member/{member_id}", "Lists a member's cuts, newest month first", history)
        .get("/billing/refunds", "Lists refund requests, oldest first", refunds)
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

async fn history(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
    listing: Listing<NoFilter>,
) -> Reply<List<CutBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read(move |tx, _| {
        let cuts = member_history(tx, &by, *member, &page)?;
        Ok(pager.list(cuts, CutBody::from))
    })
    .await
}

async fn refunds(
    app: App,
    by: Allowed<ReconcileBilling>,
    listing: Listing<RefundQuery>,
) -> Reply<List<RefundBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let refunds = list_refunds(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(refunds, RefundBody::from))
    })
    .await
}
