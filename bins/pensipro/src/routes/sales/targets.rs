//! Targets of sales people and of branches: the same for both.

use pensipro_kernel::{BranchId, SalesId, TargetId};
use pensipro_sales::{
    Owner, SetTarget,
    usecases::{approve_target, list_targets, set_target},
};

use crate::{
    App,
    bodies::sales::{NewTargetBody, TargetBody, TargetQuery},
    http::{
        Allowed, Created, Id, List, Listing, NoBody, Reply, Shown, Valid,
        right::{ApproveTarget, EditSales, ViewSales},
    },
};

pub(super) async fn set_sales(
    app: App,
    by: Allowed<EditSales>,
    id: Id<SalesId>,
    body: Valid<NewTargetBody>,
) -> Reply<Created<TargetBody>> {
    set(app, by, Owner::Sales(*id), body).await
}

pub(super) async fn set_branch(
    app: App,
    by: Allowed<EditSales>,
    id: Id<BranchId>,
    body: Valid<NewTargetBody>,
) -> Reply<Created<TargetBody>> {
    set(app, by, Owner::Branch(*id), body).await
}

pub(super) async fn list_sales(
    app: App,
    by: Allowed<ViewSales>,
    id: Id<SalesId>,
    listing: Listing<TargetQuery>,
) -> Reply<List<TargetBody>> {
    list(app, by, Owner::Sales(*id), listing).await
}

pub(super) async fn list_branch(
    app: App,
    by: Allowed<ViewSales>,
    id: Id<BranchId>,
    listing: Listing<TargetQuery>,
) -> Reply<List<TargetBody>> {
    list(app, by, Owner::Branch(*id), listing).await
}

pub(super) async fn approve_sales(
    app: App,
    by: Allowed<ApproveTarget>,
    ids: Id<(SalesId, TargetId)>,
    body: NoBody,
) -> Reply<Shown<TargetBody>> {
    let (sales, target) = *ids;
    approve(app, by, (Owner::Sales(sales), target), body).await
}

pub(super) async fn approve_branch(
    app: App,
    by: Allowed<ApproveTarget>,
    ids: Id<(BranchId, TargetId)>,
    body: NoBody,
) -> Reply<Shown<TargetBody>> {
    let (branch, target) = *ids;
    approve(app, by, (Owner::Branch(branch), target), body).await
}

async fn set(
    app: App,
    by: Allowed<EditSales>,
    owner: Owner,
    body: Valid<NewTargetBody>,
) -> Reply<Created<TargetBody>> {
    let (once, body) = body.split();
    let command = SetTarget::check(body.into())?;
    app.post("set_target", once, move |tx, at| {
        let target = set_target(tx, &by, owner, command, at)?;
        Ok(Created::new(place(owner), TargetBody::from(target)))
    })
    .await
}

async fn list(
    app: App,
    by: Allowed<ViewSales>,
    owner: Owner,
    listing: Listing<TargetQuery>,
) -> Reply<List<TargetBody>> {
    let Listing { filter, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        let targets = list_targets(tx, &by, owner, &filter.into(), &page)?;
        Ok(pager.list(targets, TargetBody::from))
    })
    .await
}

async fn approve(
    app: App,
    by: Allowed<ApproveTarget>,
    (owner, id): (Owner, TargetId),
    body: NoBody,
) -> Reply<Shown<TargetBody>> {
    app.post("approve_target", body.once(), move |tx, at| {
        Ok(Shown::new(approve_target(tx, &by, owner, id, at)?.into()))
    })
    .await
}

fn place(owner: Owner) -> String {
    match owner {
        Owner::Sales(id) => format!("/sales/{id}/targets"),
        Owner::Branch(id) => format!("/sales-branches/{id}/targets"),
    }
}
