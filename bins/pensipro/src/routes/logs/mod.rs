//! The audit trail and the exceptions.

mod files;

use std::time::{Duration, Instant};

use pensipro_audit::{
    AccessFilter, AuditFilter, ExceptionFilter, begin_proof, list_accesses, list_audit_rows,
    list_exceptions, note_log_file, read_note, resolve_exception,
    seal::{Proof, Request, SealRepository as _},
};
use pensipro_auth::ModuleCode;
use pensipro_kernel::{AuditValue, ExceptionId};
use pensipro_persistence::sha256;

use crate::{
    App,
    bodies::logs::{
        AccessBody, AccessQuery, AuditBody, AuditQuery, ExceptionBody, ExceptionQuery, ProofBody,
        ProofQuery, ResolveBody,
    },
    http::{
        Allowed, Answered, Id, ListOrFile, Listing, Prefer, Problem, Query, Reply, Routes, Shown,
        Valid, WholeList,
        right::{ResolveException, ViewLog},
    },
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Report)
        .get("/logs/audit-trails", "Lists who did what, newest first", audit_trail)
        .get(
            "/logs/audit-trails/verify",
            "Proves that the trail is as it was sealed, a stretch at a time",
            verify,
        )
        .get("/logs/accesses", "Lists who read which member's detail, newest first", accesses)
        .get("/logs/exceptions", "Lists what went wrong, newest first", exceptions)
        .post("/logs/exceptions/{id}/resolve", "Settles an exception with a note", resolve)
}

async fn audit_trail(
    app: App,
    by: Allowed<ViewLog>,
    listing: Listing<AuditQuery>,
) -> Result<ListOrFile<AuditBody>, Problem> {
    let Listing { filter, page, pager } = listing;
    if let Some(format) = filter.format.file() {
        let filter = AuditFilter::from(filter);
        note_file(&app, &by, "audit_trails", filter.audit_view()).await?;
        let list = WholeList::new(app, &files::AUDIT, move |tx, page| {
            Ok(list_audit_rows(tx, &by, &filter, page)?)
        });
        return list.written(format).await.map(ListOrFile::File);
    }
    let rows = app.read(move |tx, _| {
        let rows = list_audit_rows(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(rows, AuditBody::from))
    });
    rows.await.map(ListOrFile::List)
}

/// The longest that one request proves: who waits for an answer has other time-outs on the way.
const LONGEST_STRETCH: Duration = Duration::from_secs(20);

async fn verify(
    app: App,
    by: Allowed<ViewLog>,
    prefer: Prefer,
    query: Query<ProofQuery>,
) -> Reply<Shown<ProofBody>> {
    let mut proof = begin_proof(&by, Request::from(query.0))?;
    let until = Instant::now() + prefer.wait.min(LONGEST_STRETCH);
    loop {
        proof = app.prove(proof).await?;
        if proof.place().is_none() || Instant::now() >= until {
            break;
        }
    }
    let head = app.load(|tx, _| Ok(tx.last_seal()?.map(|seal| seal.head()))).await?;
    Answered::fresh(Shown::new(ProofBody::new(&proof, head)))
}

impl App {
    /// Proves the trail's next stretch.
    pub(crate) async fn prove(&self, mut proof: Proof) -> Result<Proof, Problem> {
        self.load(move |tx, at| {
            proof.step(tx, at.now, sha256)?;
            Ok(proof)
        })
        .await
    }
}

async fn exceptions(
    app: App,
    by: Allowed<ViewLog>,
    listing: Listing<ExceptionQuery>,
) -> Result<ListOrFile<ExceptionBody>, Problem> {
    let Listing { filter, page, pager } = listing;
    if let Some(format) = filter.format.file() {
        let filter = ExceptionFilter::from(filter);
        note_file(&app, &by, "exception_logs", filter.audit_view()).await?;
        let list = WholeList::new(app, &files::EXCEPTIONS, move |tx, page| {
            Ok(list_exceptions(tx, &by, &filter, page)?)
        });
        return list.written(format).await.map(ListOrFile::File);
    }
    let rows = app.read(move |tx, _| {
        let rows = list_exceptions(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(rows, ExceptionBody::from))
    });
    rows.await.map(ListOrFile::List)
}

async fn resolve(
    app: App,
    by: Allowed<ResolveException>,
    id: Id<ExceptionId>,
    body: Valid<ResolveBody>,
) -> Reply<Shown<ExceptionBody>> {
    let (once, body) = body.split();
    let note = read_note(body.note.as_deref())?;
    app.post("resolve_exception", once, move |tx, at| {
        Ok(Shown::new(resolve_exception(tx, &by, *id, &note, at)?.into()))
    })
    .await
}

async fn note_file(
    app: &App,
    by: &Allowed<ViewLog>,
    log: &'static str,
    filter: AuditValue,
) -> Result<(), Problem> {
    let by = by.clone();
    app.change("note_log_file", move |tx, _| Ok(note_log_file(tx, &by, log, filter.clone())?)).await
}

/// Who asks about one member is told something of him, and stands there himself the next time.
async fn accesses(
    app: App,
    by: Allowed<ViewLog>,
    listing: Listing<AccessQuery>,
) -> Result<ListOrFile<AccessBody>, Problem> {
    let Listing { filter, page, pager } = listing;
    let (asker, format) = (by.clone(), filter.format.file());
    let filter = AccessFilter::from(filter);
    let member = filter.member_id;
    let asked = filter.clone();
    let rows = app.load(move |tx, _| Ok(list_accesses(tx, &by, &asked, &page)?)).await?;
    if let (Some(member), false) = (member, rows.data.is_empty()) {
        app.note_reading(&asker, member, "member.accesses.read").await?;
    }
    let Some(format) = format else {
        return Answered::fresh(pager.list(rows, AccessBody::from)).map(ListOrFile::List);
    };
    note_file(&app, &asker, "access_logs", filter.audit_view()).await?;
    let list = WholeList::new(app, &files::ACCESSES, move |tx, page| {
        Ok(list_accesses(tx, &asker, &filter, page)?)
    });
    list.written(format).await.map(ListOrFile::File)
}
