//! The analysis, the committee's decisions and its conditions.

use std::sync::Arc;

use pensipro_flows::{analyze_application, decide_application};
use pensipro_kernel::{ApplicationId, ConditionId};
use pensipro_origination::{
    Decide, Findings, Recusal,
    usecases::{fulfil_condition, level_due, recuse},
};

use super::{settled, shown, table};
use crate::{
    App,
    bodies::applications::{
        AnalyzeBody, ApplicationDetailBody, ConditionBody, DecideBody, FulfilBody, RecusalBody,
        RecuseBody,
    },
    http::{
        Allowed, Created, Id, IfMatch, Reply, Routes, Shown, Valid,
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
            "/applications/{id}/recusals",
            "Steps back from deciding on an application, for good",
            step_back,
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
    app.post_settled("analyze_application", once, move |tx, at| {
        let rules = (&policies.precheck, &policies.scorecard, &policies.servicing);
        let findings = findings.clone();
        let analysed = analyze_application(tx, &by, *id, expected.0, findings, rules, at)?;
        settled(analysed, || shown(tx, &by, *id, &policies))
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
    // Read ahead of the transaction, which may have to wait for another one's decision.
    let (asker, seen) = (by.clone(), Arc::clone(&policies));
    let due = app.load(move |tx, _| Ok(level_due(tx, &asker, *id, &seen.committee)?)).await?;
    let command = command.arrived_at(due);
    app.post_settled("decide_application", once, move |tx, at| {
        let rules = (&policies.committee, &policies.precheck, &policies.servicing);
        let decided = decide_application(tx, &by, *id, command.clone(), rules, at)?;
        settled(decided, || shown(tx, &by, *id, &policies))
    })
    .await
}

async fn step_back(
    app: App,
    by: Allowed<ApproveApplication>,
    id: Id<ApplicationId>,
    body: Valid<RecuseBody>,
) -> Reply<Created<RecusalBody>> {
    let (once, body) = body.split();
    let reason = Recusal::reason(body.reason.as_deref())?;
    let policies = app.policies();
    app.post("recuse", once, move |tx, at| {
        let recusal = recuse(tx, &by, *id, reason.clone(), &policies.committee, at)?;
        Ok(Created::new(format!("/applications/{}", *id), recusal.into()))
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
