//! Imports of realisation files.

use pensipro_billing::{
    Import, ImportRepository, ImportStatus, Opened, ProfileRepository, Profiles, RequestImport,
    SpooledFile, discard_import, list_import_lines, list_imports, month_of_import, open_import,
    read_import,
};
use pensipro_kernel::ImportId;

use crate::{
    App,
    bodies::billing::{ImportBody, ImportDetailBody, ImportForm, ImportQuery, LineBody, LineQuery},
    http::{
        Allowed, Begun, Done, Id, List, Listing, Prefer, Progress, Reply, Routes, Shown, Upload,
        UploadLimits,
        extract::Form,
        right::{ImportBilling, ReconcileBilling},
    },
    jobs::{Job, Judged, SpoolSink, judge},
    routes::id_of,
    uploads::{Unrecorded, may_have_file},
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .post("/billing/import", "Takes a payer's realisation file", create)
        .get("/billing/import", "Lists imports, newest first", list)
        .get("/billing/import/{id}", "Shows an import with a page of its lines", show)
        .delete("/billing/import/{id}", "Takes back an import without standing payments", discard)
}

/// The file goes to the spool as it comes; it is judged there, and only a file that reads is stored.
async fn create(
    app: App,
    by: Allowed<ImportBilling>,
    prefer: Prefer,
    upload: Upload<ImportForm>,
) -> Reply<Begun<ImportBody>> {
    by.whole_house()?;
    let limits = UploadLimits { file_bytes: app.settings().import_max_bytes };
    let mut sink = SpoolSink::begin(&app)?;
    let form = upload.into_sink(limits, &mut sink).await?;
    let mut spooled = sink.finish().await?;
    let opened = open(&app, by, form, &mut spooled).await?;
    // Removed unless the import has it: it was there before, or the answer was.
    drop(spooled);
    match id_of(opened.location()).map(ImportId::new) {
        Some(id) if opened.is_acceptance() => {
            app.wait_for(Job::Import(id), prefer.wait).await?;
            let import = app.load(move |tx, _| Ok(tx.import(id)?)).await?;
            let is_going = import.status == ImportStatus::Processing;
            let progress = if is_going { Progress::Going } else { Progress::Complete };
            opened.showing(begun(progress, import))
        }
        _ => Ok(opened),
    }
}

/// Judges a spooled file and stores its import, which has the file from then on.
async fn open(
    app: &App,
    by: Allowed<ImportBilling>,
    form: Form<ImportForm>,
    spooled: &mut Unrecorded,
) -> Reply<Begun<ImportBody>> {
    let Form { fields, file_bytes: bytes, sha256, once } = form;
    let command = RequestImport::check(&fields.into())?;
    let (named, payer) = (command.profile.clone(), command.payer);
    let profiles = app.load(move |tx, _| {
        Ok(Profiles::new(tx.configured_profiles()?).for_import(named.as_deref(), payer)?)
    });
    let Judged { profile, lines, titled } = judge(app, spooled.key(), profiles.await?).await?;
    let (key, tolerance) = (spooled.key().to_string(), app.settings().billing_tolerance);
    // From here on a request that is given up may still be carried through.
    spooled.keep();
    let opened = app.post("open_import", once, move |tx, at| {
        let spool_key = key.clone();
        let file = SpooledFile { sha256, bytes, spool_key, profile: &profile, lines, titled };
        Ok(match open_import(tx, &by, &command, file, tolerance, at)? {
            Opened::New(import) => begun(Progress::Going, import),
            Opened::Existing(import) => begun(Progress::Known, import),
        })
    });
    let opened = opened.await;
    if !may_have_file(&opened) {
        spooled.discard();
    }
    opened
}

async fn list(
    app: App,
    by: Allowed<ImportBilling>,
    listing: Listing<ImportQuery>,
) -> Reply<List<ImportBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let imports = list_imports(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(imports, ImportBody::from))
    })
    .await
}

async fn show(
    app: App,
    by: Allowed<ImportBilling>,
    id: Id<ImportId>,
    listing: Listing<LineQuery>,
) -> Reply<Shown<ImportDetailBody>> {
    let Listing { filter, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        let import = read_import(tx, &by, *id)?;
        // It adds up the payer's whole month: with the first page it is enough.
        let month = match page.after {
            None => month_of_import(tx, &import)?,
            Some(_) => None,
        };
        let lines = list_import_lines(tx, &by, *id, filter.outcome, &page)?;
        Ok(Shown::new(ImportDetailBody::new(import, month, pager.list(lines, LineBody::from))))
    })
    .await
}

async fn discard(app: App, by: Allowed<ReconcileBilling>, id: Id<ImportId>) -> Reply<Done> {
    app.write("discard_import", move |tx, _| {
        discard_import(tx, &by, *id)?;
        Ok(Done)
    })
    .await
}

fn begun(progress: Progress, import: Import) -> Begun<ImportBody> {
    Begun::new(progress, format!("/billing/import/{}", import.id), import.into())
}
