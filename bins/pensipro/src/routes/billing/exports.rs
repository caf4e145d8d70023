//! Exports.

use futures_util::stream;
use pensipro_billing::{
    Export, ExportFile, ExportRepository, Opened, ProfileRepository, Profiles, RequestExport,
    list_exports, list_left_out, mark_export_sent, open_export, open_export_file, read_export,
};
use pensipro_kernel::ExportId;

use crate::{
    App,
    bodies::billing::{
        ExportBody, ExportDetailBody, ExportQuery, ExportSentBody, LeftOutBody, NewExportBody,
    },
    http::{
        Allowed, Begun, Id, List, Listing, NoFilter, Prefer, Problem, Progress, Reply, Routes,
        Shown, Streamed, Valid, right::ExportBilling,
    },
    jobs::Job,
    routes::id_of,
};

use super::made::{ExportBytes, Piece};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .post("/billing/export", "Makes a month's export for a payer", create)
        .get("/billing/export", "Lists exports, newest first", list)
        .get("/billing/export/{id}", "Shows an export with a page of the loans left out", show)
        .get("/billing/export/{id}/file", "Gives an export's file", file)
        .post("/billing/export/{id}/sent", "Notes that an export was handed to the payer", sent)
}

async fn create(
    app: App,
    by: Allowed<ExportBilling>,
    prefer: Prefer,
    body: Valid<NewExportBody>,
) -> Reply<Begun<ExportBody>> {
    let (once, body) = body.split();
    let command = RequestExport::check(&body.into())?;
    let policy = app.policies().export;
    let opened = app.post("open_export", once, move |tx, at| {
        let profiles = Profiles::new(tx.configured_profiles()?);
        Ok(match open_export(tx, &by, &command, &policy, &profiles, at.today)? {
            Opened::New(export) => begun(Progress::Going, export),
            Opened::Existing(export) => begun(Progress::Known, export),
        })
    });
    let opened = opened.await?;
    match id_of(opened.location()).map(ExportId::new) {
        Some(id) if opened.is_acceptance() => {
            app.wait_for(Job::Export(id), prefer.wait).await?;
            let export = app.load(move |tx, _| Ok(tx.export(id)?)).await?;
            let progress = if export.is_complete() { Progress::Complete } else { Progress::Going };
            opened.showing(begun(progress, export))
        }
        _ => Ok(opened),
    }
}

async fn list(
    app: App,
    by: Allowed<ExportBilling>,
    listing: Listing<ExportQuery>,
) -> Reply<List<ExportBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let exports = list_exports(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(exports, ExportBody::from))
    })
    .await
}

async fn show(
    app: App,
    by: Allowed<ExportBilling>,
    id: Id<ExportId>,
    listing: Listing<NoFilter>,
) -> Reply<Shown<ExportDetailBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        let export = read_export(tx, &by, *id)?.into();
        let left_out = list_left_out(tx, &by, *id, &page)?;
        Ok(Shown::new(ExportDetailBody { export, page: pager.list(left_out, LeftOutBody::from) }))
    })
    .await
}

async fn sent(
    app: App,
    by: Allowed<ExportBilling>,
    id: Id<ExportId>,
    body: Valid<ExportSentBody>,
) -> Reply<Shown<ExportBody>> {
    let (once, body) = body.split();
    let command = body.check()?;
    app.post("mark_export_sent", once, move |tx, at| {
        Ok(Shown::new(mark_export_sent(tx, &by, *id, &command, at)?.into()))
    })
    .await
}

async fn file(app: App, by: Allowed<ExportBilling>, id: Id<ExportId>) -> Result<Streamed, Problem> {
    let opened = app.change("open_export_file", move |tx, _| {
        let export = open_export_file(tx, &by, *id)?;
        let profile = Profiles::new(tx.configured_profiles()?).by_code(&export.profile)?;
        Ok((export, profile))
    });
    let (export, profile) = opened.await?;
    let name = ExportFile::new(&export, &profile).name();
    let first = Piece::first(app, export, profile);
    let content_type = first.content_type();
    Ok(match first.checked().await? {
        ExportBytes::Pieces(first) => {
            let pieces = stream::try_unfold(Some(first), Piece::next);
            Streamed::new(content_type, &name, pieces)
        }
        ExportBytes::Whole(bytes) => {
            Streamed::new(content_type, &name, stream::iter([Ok(bytes.into())]))
        }
    })
}

fn begun(progress: Progress, export: Export) -> Begun<ExportBody> {
    Begun::new(progress, format!("/billing/export/{}", export.id), export.into())
}
