//! Restructures: asked for by one person with a preview, decided by another.

use pensipro_kernel::{LoanId, RestructureId};
use pensipro_servicing::{
    DecideRestructure, decide_restructure, list_restructures, request_restructure,
};

use super::table;
use crate::{
    App,
    bodies::loans::{DecideRestructureBody, RestructureBody, RestructureRequest},
    http::{Allowed, Created, Id, List, Reply, Routes, Shown, Valid, right},
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loans/{id}/restructures", "Lists a loan's restructures, asked for and decided", list)
        .post("/loans/{id}/restructures", "Asks for a restructure, with its preview", request)
        .post(
            "/loans/{id}/restructures/{restructure_id}/decide",
            "Decides on a restructure, if its preview still holds",
            decide,
        )
}

async fn list(
    app: App,
    by: Allowed<right::ViewLoan>,
    id: Id<LoanId>,
) -> Reply<List<RestructureBody>> {
    let policy = app.policies().servicing;
    app.read_snapshot(move |tx, at| {
        let requests = list_restructures(tx, by.scope, *id, &policy, at.today)?;
        Ok(List::whole(requests, RestructureBody::from))
    })
    .await
}

async fn request(
    app: App,
    by: Allowed<right::RequestRestructure>,
    id: Id<LoanId>,
    body: Valid<RestructureRequest>,
) -> Reply<Created<RestructureBody>> {
    let (once, body) = body.split();
    let command = body.check(app.clock.today())?;
    let policy = app.policies().servicing;
    app.post("request_restructure", once, move |tx, at| {
        let request = request_restructure(tx, &by, *id, command.clone(), &policy, at)?;
        Ok(Created::new(format!("/loans/{}/restructures", *id), request.into()))
    })
    .await
}

async fn decide(
    app: App,
    by: Allowed<right::ApproveRestructure>,
    ids: Id<(LoanId, RestructureId)>,
    body: Valid<DecideRestructureBody>,
) -> Reply<Shown<RestructureBody>> {
    let (once, body) = body.split();
    let command = DecideRestructure::try_from(body)?;
    let policy = app.policies().servicing;
    app.post("decide_restructure", once, move |tx, at| {
        Ok(Shown::new(decide_restructure(tx, &by, *ids, &command, &policy, at)?.into()))
    })
    .await
}
