//! Entering applications, editing their drafts, and reading them.

use pensipro_kernel::ApplicationId;
use pensipro_origination::usecases::{
    create_application, list_prechecks, search_applications, update_draft,
};

use super::{detail, listed, shown, table};
use crate::{
    App,
    bodies::applications::{
        ApplicationBody, ApplicationChangeBody, ApplicationDetailBody, ApplicationQuery,
        NewApplicationBody, PrecheckBody,
    },
    http::{
        Allowed, Created, Either, Id, IfMatch, List, Listing, Reply, Routes, Shown, Valid,
        right::{CreateApplication, DisburseLoan, ViewApplication},
    },
};

pub(super) fn routes() -> Routes {
    table()
        .post("/applications", "Enters an application as a draft", create)
        .get("/applications", "Lists applications, all or what waits on a desk", list)
        .get("/applications/{id}", "Shows an application with what was said of it", show)
        .get(
            "/applications/{id}/prechecks",
            "Lists every pre-check of an application, oldest first",
            prechecks,
        )
        .put("/applications/{id}", "Edits a draft", update)
}

async fn create(
    app: App,
    by: Allowed<CreateApplication>,
    body: Valid<NewApplicationBody>,
) -> Reply<Created<ApplicationDetailBody>> {
    let (once, body) = body.split();
    let new = body.check()?;
    let policies = app.policies();
    app.post("create_application", once, move |tx, at| {
        let id = create_application(tx, &by, new.clone(), policies.cap, at)?.id;
        let (body, version) = detail(tx, &by, id, &policies)?;
        Ok(Created::new(format!("/applications/{id}"), body).at(version))
    })
    .await
}

async fn list(
    app: App,
    by: Allowed<Either<ViewApplication, DisburseLoan>>,
    listing: Listing<ApplicationQuery>,
) -> Reply<List<ApplicationBody>> {
    let Listing { filter, page, pager } = listing;
    let policies = app.policies();
    app.read(move |tx, _| {
        let desk = (filter.desk, filter.level);
        let (filter, policy) = (filter.into(), &policies.committee);
        let page = search_applications(tx, &by, desk, filter, policy, &page)?;
        listed(tx, page, &pager)
    })
    .await
}

async fn show(
    app: App,
    by: Allowed<ViewApplication>,
    id: Id<ApplicationId>,
) -> Reply<Shown<ApplicationDetailBody>> {
    let policies = app.policies();
    app.read_snapshot(move |tx, _| shown(tx, &by, *id, &policies)).await
}

async fn prechecks(
    app: App,
    by: Allowed<ViewApplication>,
    id: Id<ApplicationId>,
) -> Reply<List<PrecheckBody>> {
    app.read(move |tx, _| Ok(List::whole(list_prechecks(tx, &by, *id)?, PrecheckBody::from))).await
}

async fn update(
    app: App,
    by: Allowed<CreateApplication>,
    id: Id<ApplicationId>,
    expected: IfMatch,
    body: Valid<ApplicationChangeBody>,
) -> Reply<Shown<ApplicationDetailBody>> {
    let change = body.into_inner().check()?;
    let policies = app.policies();
    app.write("update_draft", move |tx, at| {
        update_draft(tx, &by, *id, expected.0, change.clone(), policies.cap, at)?;
        shown(tx, &by, *id, &policies)
    })
    .await
}
