//! Branches.

use pensipro_kernel::BranchId;
use pensipro_sales::{
    Branch, BranchDetails, BranchFilter, RawBranchChange,
    usecases::{create_branch, get_branch, list_branches, update_branch},
};

use crate::{
    App,
    bodies::sales::{BranchBody, BranchChangeBody, BranchQuery, NewBranchBody},
    http::{
        Allowed, Created, Id, IfMatch, List, Listing, Reply, Shown, Valid,
        right::{EditSales, ViewSales},
    },
};

pub(super) async fn create(
    app: App,
    by: Allowed<EditSales>,
    body: Valid<NewBranchBody>,
) -> Reply<Created<BranchBody>> {
    let (once, body) = body.split();
    let details = BranchDetails::check(body.into())?;
    app.post("create_branch", once, move |tx, _| {
        let branch = create_branch(tx, &by, &details)?;
        let (id, version) = (branch.id, branch.version);
        Ok(Created::new(format!("/sales-branches/{id}"), BranchBody::from(branch)).at(version))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewSales>,
    listing: Listing<BranchQuery>,
) -> Reply<List<BranchBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = BranchFilter::try_from(filter)?;
    app.read(move |tx, _| Ok(pager.list(list_branches(tx, &by, &filter, &page)?, BranchBody::from)))
        .await
}

pub(super) async fn show(
    app: App,
    by: Allowed<ViewSales>,
    id: Id<BranchId>,
) -> Reply<Shown<BranchBody>> {
    app.read(move |tx, _| Ok(shown(get_branch(tx, &by, *id)?))).await
}

pub(super) async fn change(
    app: App,
    by: Allowed<EditSales>,
    id: Id<BranchId>,
    expected: IfMatch,
    body: Valid<BranchChangeBody>,
) -> Reply<Shown<BranchBody>> {
    let change = RawBranchChange::from(body.into_inner());
    app.write("update_branch", move |tx, at| {
        Ok(shown(update_branch(tx, &by, *id, expected.0, change.clone(), at)?))
    })
    .await
}

fn shown(branch: Branch) -> Shown<BranchBody> {
    let version = branch.version;
    Shown::new(BranchBody::from(branch)).at(version)
}
