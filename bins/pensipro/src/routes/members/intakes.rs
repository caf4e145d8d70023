//! Members from a spreadsheet.

use pensipro_kernel::IntakeId;
use pensipro_members::{
    Intake, IntakeCommand, IntakeStatus, Sha256,
    usecases::{SpooledSheet, get_intake, list_intakes, list_verdicts, open_intake, with_defaults},
};

use crate::{
    App,
    bodies::members::{
        IntakeBody, IntakeDetailBody, IntakeForm, IntakeQuery, IntakeRowBody, IntakeRowQuery,
    },
    http::{
        Allowed, Begun, Id, List, Listing, Prefer, Progress, Reply, Shown, Upload, UploadLimits,
        extract::Form, right::EditMember,
    },
    jobs::{Job, SpoolSink, judge_sheet},
    routes::id_of,
    uploads::{Unrecorded, may_have_file},
};

/// The file goes to the spool as it comes; it is read through there, and only one that can be read
/// to its end is stored.
pub(super) async fn create(
    app: App,
    by: Allowed<EditMember>,
    prefer: Prefer,
    upload: Upload<IntakeForm>,
) -> Reply<Begun<IntakeBody>> {
    let limits = UploadLimits { file_bytes: app.settings().import_max_bytes };
    let mut sink = SpoolSink::begin(&app)?;
    let form = upload.into_sink(limits, &mut sink).await?;
    let mut spooled = sink.finish().await?;
    let asker = by.clone();
    let opened = open(&app, by, form, &mut spooled).await?;
    // Removed unless the intake has it: the answer was there before.
    drop(spooled);
    match id_of(opened.location()).map(IntakeId::new) {
        Some(id) if opened.is_acceptance() => {
            app.wait_for(Job::Intake(id), prefer.wait).await?;
            let intake = app.load(move |tx, _| Ok(get_intake(tx, &asker, id)?)).await?;
            opened.showing(begun(intake))
        }
        _ => Ok(opened),
    }
}

/// Judges a spooled file and stores its intake, which has the file from then on.
async fn open(
    app: &App,
    by: Allowed<EditMember>,
    form: Form<IntakeForm>,
    spooled: &mut Unrecorded,
) -> Reply<Begun<IntakeBody>> {
    let Form { fields, file_bytes: _, sha256, once } = form;
    let command = IntakeCommand::check(&fields.into())?;
    let asker = by.clone();
    // What is wrong with the fields is told before the file is read.
    app.load(move |tx, _| Ok(with_defaults(tx, &asker, command)?)).await?;
    let rows = judge_sheet(app, spooled.key()).await?;
    let file = SpooledSheet { sha256: Sha256(sha256), spool_key: spooled.key().to_string(), rows };
    // From here on a request that is given up may still be carried through.
    spooled.keep();
    let opened = app.post("open_intake", once, move |tx, _| {
        Ok(begun(open_intake(tx, &by, command, file.clone())?))
    });
    let opened = opened.await;
    if !may_have_file(&opened) {
        spooled.discard();
    }
    opened
}

pub(super) async fn list(
    app: App,
    by: Allowed<EditMember>,
    listing: Listing<IntakeQuery>,
) -> Reply<List<IntakeBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let intakes = list_intakes(tx, &by, filter.into(), &page)?;
        Ok(pager.list(intakes, IntakeBody::from))
    })
    .await
}

pub(super) async fn show(
    app: App,
    by: Allowed<EditMember>,
    id: Id<IntakeId>,
    listing: Listing<IntakeRowQuery>,
) -> Reply<Shown<IntakeDetailBody>> {
    let Listing { filter, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        let intake = get_intake(tx, &by, *id)?.into();
        let rows = list_verdicts(tx, &by, *id, filter.verdict, &page)?;
        Ok(Shown::new(IntakeDetailBody { intake, page: pager.list(rows, IntakeRowBody::from) }))
    })
    .await
}

fn begun(intake: Intake) -> Begun<IntakeBody> {
    let progress = match intake.status {
        IntakeStatus::Processing => Progress::Going,
        IntakeStatus::Done => Progress::Complete,
    };
    Begun::new(progress, format!("/members/import/{}", intake.id), intake.into())
}
