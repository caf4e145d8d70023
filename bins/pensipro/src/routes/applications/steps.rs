//! Handing in, sending back, withdrawing.

use pensipro_flows::{set_application_status, submit_application, withdraw_application};
use pensipro_kernel::ApplicationId;
use pensipro_origination::StatusChange;

use super::{settled, shown, table};
use crate::{
    App,
    bodies::applications::{ApplicationDetailBody, CancelBody, StatusBody},
    http::{
        Allowed, Id, IfMatch, NoBody, Reply, Routes, Shown, Valid,
        right::{CreateApplication, EditApplication},
    },
};

pub(super) fn routes() -> Routes {
    table()
        .post("/applications/{id}/submit", "Hands in a draft: the pre-check decides", submit)
        .post("/applications/{id}/cancel", "Withdraws an application", cancel)
        .put("/applications/{id}/status", "Withdraws an application or sends it back", set_status)
}

async fn submit(
    app: App,
    by: Allowed<CreateApplication>,
    id: Id<ApplicationId>,
    expected: IfMatch,
    body: NoBody,
) -> Reply<Shown<ApplicationDetailBody>> {
    let policies = app.policies();
    app.post_settled("submit_application", body.once(), move |tx, at| {
        let rules = (&policies.precheck, &policies.servicing);
        let handed_in = submit_application(tx, &by, *id, expected.0, rules, at)?;
        settled(handed_in, || shown(tx, &by, *id, &policies))
    })
    .await
}

async fn cancel(
    app: App,
    by: Allowed<CreateApplication>,
    id: Id<ApplicationId>,
    expected: IfMatch,
    body: Valid<CancelBody>,
) -> Reply<Shown<ApplicationDetailBody>> {
    let (once, body) = body.split();
    let reason = body.reason()?;
    let policies = app.policies();
    app.post("withdraw_application", once, move |tx, at| {
        withdraw_application(tx, &by, *id, expected.0, reason.clone(), at)?;
        shown(tx, &by, *id, &policies)
    })
    .await
}

async fn set_status(
    app: App,
    by: Allowed<EditApplication>,
    id: Id<ApplicationId>,
    expected: IfMatch,
    body: Valid<StatusBody>,
) -> Reply<Shown<ApplicationDetailBody>> {
    let change = StatusChange::try_from(body.into_inner())?;
    let policies = app.policies();
    app.write("set_application_status", move |tx, at| {
        set_application_status(tx, &by, *id, expected.0, change.clone(), at)?;
        shown(tx, &by, *id, &policies)
    })
    .await
}
