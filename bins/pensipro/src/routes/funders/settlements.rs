//! Settlements with funders.

use pensipro_flows::{SettleFunder, open_funder_settlement};
use pensipro_funding::{
    Settlement, SettlementFilter,
    settlement::{PRINTED_LINES, SettlementChange, Statement},
    usecases::{change_settlement, list_settlement_lines, list_settlements, settlement_detail},
};
use pensipro_kernel::{Actor, FunderId, FunderSettlementId};
use pensipro_persistence::Tx;

use crate::{
    App,
    bodies::funders::{
        FunderSettlementBody, NewSettlementBody, SettlementChangeBody, SettlementDetailBody,
        SettlementLineBody, SettlementQuery, StatementFormat,
    },
    http::{
        Allowed, Begun, FileFormat, Id, IfMatch, List, Listing, NoFilter, Prefer, Problem,
        Progress, Query, Reply, Routes, Shown, Valid, Written,
        right::{SettleFunder as SettleFunderRight, ViewFunder},
    },
    jobs::Job,
    routes::id_of,
};

/// Lines that a settlement shows with itself.
const SHOWN_LINES: u32 = 1_000;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .post(
            "/funders/{id}/settlements",
            "Makes a funder's settlement of a month, or its draft anew",
            create,
        )
        .get(
            "/funders/{id}/settlements",
            "Lists a funder's settlements, latest month first; of one month with its lines",
            list,
        )
        .get(
            "/funders/{id}/settlements/{settlement_id}",
            "Shows a settlement, or hands out its statement",
            show,
        )
        .get("/funders/{id}/settlements/{settlement_id}/lines", "Lists a settlement's lines", lines)
        .put(
            "/funders/{id}/settlements/{settlement_id}",
            "Corrects a settlement's draft, makes it final, or notes that it was paid",
            change,
        )
}

async fn create(
    app: App,
    by: Allowed<SettleFunderRight>,
    funder: Id<FunderId>,
    prefer: Prefer,
    body: Valid<NewSettlementBody>,
) -> Reply<Begun<SettlementDetailBody>> {
    let (once, body) = body.split();
    let NewSettlementBody { periode, include_open_month } = body;
    let today = app.clock.today();
    let command = SettleFunder::check(periode.as_deref(), include_open_month, today)?;
    let (policies, asker) = (app.policies(), by.clone());
    let opened = app.post("open_settlement", once, move |tx, at| {
        let taxes = policies.fee_taxes;
        let opened = open_funder_settlement(tx, &by, *funder, command, taxes, at)?;
        begun(Progress::Going, detail(tx, &by, (*funder, opened.id))?)
    });
    let opened = opened.await?;
    match id_of(opened.location()).map(FunderSettlementId::new) {
        Some(id) if opened.is_acceptance() => {
            app.wait_for(Job::Settlement(id), prefer.wait).await?;
            let made = app.load(move |tx, _| detail(tx, &asker, (*funder, id))).await?;
            let is_complete = made.settlement.is_complete();
            let progress = if is_complete { Progress::Complete } else { Progress::Going };
            opened.showing(begun(progress, made)?)
        }
        _ => Ok(opened),
    }
}

async fn list(
    app: App,
    by: Allowed<ViewFunder>,
    funder: Id<FunderId>,
    listing: Listing<SettlementQuery>,
) -> Reply<List<SettlementDetailBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = SettlementFilter::from(filter);
    app.read_snapshot(move |tx, _| {
        let found = list_settlements(tx, &by, *funder, &filter, &page)?;
        let most = if filter.periode.is_some() { SHOWN_LINES } else { 0 };
        let mut list = pager.list(found, |settlement: Settlement| settlement.id);
        let details = list.data.drain(..).map(|id| {
            let statement = settlement_detail(tx, &by, (*funder, id), most)?;
            Ok(SettlementDetailBody::from(statement))
        });
        let data = details.collect::<Result<_, Problem>>()?;
        Ok(List { data, next_cursor: list.next_cursor, total: list.total })
    })
    .await
}

async fn show(
    app: App,
    by: Allowed<ViewFunder>,
    ids: Id<(FunderId, FunderSettlementId)>,
    query: Query<StatementFormat>,
) -> Reply<Written<SettlementDetailBody>> {
    let format = query.0.format;
    let policies = app.policies();
    app.read_snapshot(move |tx, _| {
        let most = match format {
            FileFormat::Json => SHOWN_LINES,
            FileFormat::Pdf => PRINTED_LINES,
            FileFormat::Csv | FileFormat::Xlsx => u32::MAX,
        };
        let found = settlement_detail(tx, &by, *ids, most)?;
        written(format, found, &policies.papers.letterhead.all_lines())
    })
    .await
}

fn written(
    format: FileFormat,
    found: Statement,
    letterhead: &[String],
) -> Result<Written<SettlementDetailBody>, Problem> {
    let name = found.name();
    match format {
        FileFormat::Json => {
            let version = found.settlement.version;
            let body = SettlementDetailBody::from(found);
            Ok(Written::Object(Shown::new(body).at(version)))
        }
        FileFormat::Pdf => Ok(Written::pdf(&name, &found.paper(letterhead))),
        FileFormat::Csv | FileFormat::Xlsx => {
            let report = found.report();
            Written::new(format, &name, || found.into(), || report)
        }
    }
}

async fn lines(
    app: App,
    by: Allowed<ViewFunder>,
    ids: Id<(FunderId, FunderSettlementId)>,
    listing: Listing<NoFilter>,
) -> Reply<List<SettlementLineBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        let lines = list_settlement_lines(tx, &by, *ids, &page)?;
        Ok(pager.list(lines, SettlementLineBody::from))
    })
    .await
}

async fn change(
    app: App,
    by: Allowed<SettleFunderRight>,
    ids: Id<(FunderId, FunderSettlementId)>,
    expected: IfMatch,
    body: Valid<SettlementChangeBody>,
) -> Reply<Shown<FunderSettlementBody>> {
    let change = SettlementChange::check(body.into_inner().into())?;
    app.write("change_settlement", move |tx, at| {
        let after = change_settlement(tx, &by, *ids, expected.0, change.clone(), at)?;
        let version = after.version;
        Ok(Shown::new(FunderSettlementBody::from(after)).at(version))
    })
    .await
}

fn detail(
    tx: &mut Tx<'_>,
    by: &Actor,
    ids: (FunderId, FunderSettlementId),
) -> Result<Statement, Problem> {
    Ok(settlement_detail(tx, by, ids, SHOWN_LINES)?)
}

fn begun(progress: Progress, made: Statement) -> Result<Begun<SettlementDetailBody>, Problem> {
    let Settlement { id, coverage, .. } = &made.settlement;
    let location = format!("/funders/{}/settlements/{id}", coverage.funder_id);
    Ok(Begun::new(progress, location, made.into()))
}
