//! The analysis, the committee's decisions and its conditions.

use pensipro_flows::decide_application;
use pensipro_kernel::{ApplicationId, ConditionId};
use pensipro_origination::{
    Decide, Findings,
    usecases::{analyze_application, fulfil_condition},
};

use super::{shown, table};
use crate::{
    App,
    bodies::applications::{
        AnalyzeBody, ApplicationDetailBody, ConditionBody, DecideBody, FulfilBody,
    },
    http::{
        Allowed, Id, IfMatch, Reply, Routes, Shown, Valid,
        right::{AnalyzeApplication, ApproveApplication, VerifyDocument},
    },
};

pub(super) fn routes() -> Routes {
    table()
        .post(
            "/applications/{id}/analyze",
            "Completes the analysis and hands the application to the committee",
            analyze,
        )
        .post(
            "/applications/{id}/decide",
            "Decides at the committee's level that is due; the last approval makes the loan",
            decide,
        )
        .post(
            "/applications/{id}/conditions/{condition_id}/fulfil",
            "Marks a condition of the committee as met",
            fulfil,
        )
}

async fn analyze(
    app: App,
    by: Allowed<AnalyzeApplication>,
    id: Id<ApplicationId>,
    expected: IfMatch,
    body: Valid<AnalyzeBody>,
) -> Reply<Shown<ApplicationDetailBody>> {
    let (once, body) = body.split();
    let findings = Findings::try_from(body)?;
    let policies = app.policies();
    app.post("analyze_application", once, move |tx, at| {
        let first_due = policies.precheck.first_due;
        analyze_application(tx, &by, *id, expected.0, findings.clone(), first_due, at)?;
        shown(tx, &by, *id, &policies)
    })
    .await
}

async fn decide(
    app: App,
    by: Allowed<ApproveApplication>,
    id: Id<ApplicationId>,
    body: Valid<DecideBody>,
) -> Reply<Shown<ApplicationDetailBody>> {
    let (once, body) = body.split();
    let command = Decide::try_from(body)?;
    let policies = app.policies();
    app.post("decide_application", once, move |tx, at| {
        let (committee, first_due) = (&policies.committee, policies.precheck.first_due);
        decide_application(tx, &by, *id, command.clone(), committee, first_due, at)?;
        shown(tx, &by, *id, &policies)
    })
    .await
}

async fn fulfil(
    app: App,
    by: Allowed<VerifyDocument>,
    ids: Id<(ApplicationId, ConditionId)>,
    body: Valid<FulfilBody>,
) -> Reply<Shown<ConditionBody>> {
    let (once, body) = body.split();
    app.post("fulfil_condition", once, move |tx, at| {
        let condition = fulfil_condition(tx, &by, *ids, body.notes.as_deref(), at)?;
        Ok(Shown::new(condition.into()))
    })
    .await
}
