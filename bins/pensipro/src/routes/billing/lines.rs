//! What follows from lines, across imports and exports.

use pensipro_billing::member_history;
use pensipro_flows::list_refunds;
use pensipro_kernel::{MemberId, RefundId};
use pensipro_servicing::{DecideRefund, decide_refund};

use crate::{
    App,
    bodies::billing::{CutBody, DecideRefundBody, RefundBody, RefundQuery},
    http::{
        Allowed, Id, IfMatch, List, Listing, NoFilter, Reply, Routes, Shown, Valid,
        right::{ReconcileBilling, ViewMember},
    },
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/billing/member/{member_id}", "Lists a member's cuts, newest month first", history)
        .get("/billing/refunds", "Lists refund requests, oldest first", refunds)
        .put("/billing/refunds/{id}", "Approves, pays out or refuses a refund", decide)
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

async fn decide(
    app: App,
    by: Allowed<ReconcileBilling>,
    id: Id<RefundId>,
    expected: IfMatch,
    body: Valid<DecideRefundBody>,
) -> Reply<Shown<RefundBody>> {
    let command = DecideRefund::try_from(body.into_inner())?;
    let policy = app.policies().servicing;
    app.write("decide_refund", move |tx, at| {
        let refund = decide_refund(tx, &by, *id, expected.0, &command, &policy, at)?;
        let version = refund.version;
        Ok(Shown::new(RefundBody::from(refund)).at(version))
    })
    .await
}
