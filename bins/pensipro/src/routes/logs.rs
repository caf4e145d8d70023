//! The audit trail and the exceptions.

use std::time::{Duration, Instant};

use pensipro_audit::{
    AccessFilter, begin_proof, list_accesses, list_audit_rows, list_exceptions, read_note,
    resolve_exception,
    seal::{Proof, Request, SealRepository as _},
};
use pensipro_auth::ModuleCode;
use pensipro_kernel::ExceptionId;
use pensipro_persistence::sha256;

use crate::{
    App,
    bodies::logs::{
        AccessBody, AccessQuery, AuditBody, AuditQuery, ExceptionBody, ExceptionQuery, ProofBody,
        ProofQuery, ResolveBody,
    },
    http::{
        Allowed, Answered, Id, List, Listing, Prefer, Problem, Query, Reply, Routes, Shown, Valid,
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
) -> Reply<List<AuditBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let rows = list_audit_rows(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(rows, AuditBody::from))
    })
    .await
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
) -> Reply<List<ExceptionBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let rows = list_exceptions(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(rows, ExceptionBody::from))
    })
    .await
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

/// Who asks about one member is told something of him, and stands there himself the next time.
async fn accesses(
    app: App,
    by: Allowed<ViewLog>,
    listing: Listing<AccessQuery>,
) -> Reply<List<AccessBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = AccessFilter::from(filter);
    let (asker, member) = (by.clone(), filter.member_id);
    let rows = app.load(move |tx, _| Ok(list_accesses(tx, &by, &filter, &page)?)).await?;
    if let (Some(member), false) = (member, rows.data.is_empty()) {
        app.note_reading(&asker, member, "member.accesses.read").await?;
    }
    Answered::fresh(pager.list(rows, AccessBody::from))
}
