//! A chunk of a realisation file: matched, posted to the loan accounts, stored.

use pensipro_audit::{ExceptionLog, NewException, Severity};
use pensipro_billing::repository::ImportRepository;
use pensipro_billing::{
    ChunkFacts, FileLine, Import, ImportStatus, LineException, MatchedChunk, Probes, chunk_audit,
    chunk_event, import_audit, import_event, import_line_id, match_chunk,
};
use pensipro_kernel::{Actor, AuditLog, ImportId, ImportLineId, Moment, Outbox};
use pensipro_servicing::{AccountingPeriods, LoanRepository, RefundRepository, ServicingPolicy};

use crate::{
    FlowError,
    posting::{Loans, lock_loans, post_orders},
};

/// The part of the system that exceptions about lines of imports name.
pub(crate) const SOURCE: &str = "billing.import";

/// Takes the next lines of an import's file: each gets its outcome, its money is posted, and the
/// checkpoint moves, all in this transaction. Lines up to the checkpoint are passed over, so that a
/// chunk may be handed in again after a crash.
///
/// Cost: a fixed number of statements for every some thousand lines; the loans named by the lines
/// are locked until the end; memory for the lines and the open rows of their loans.
pub fn process_import_chunk<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ImportId,
    lines: Vec<FileLine>,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Import, FlowError>
where
    Tx: ImportRepository
        + LoanRepository
        + RefundRepository
        + AccountingPeriods
        + ExceptionLog
        + AuditLog
        + Outbox,
{
    let import = tx.lock_import(id)?;
    let lines: Vec<_> =
        lines.into_iter().filter(|line| line.line_no() > import.last_line).collect();
    if import.status != ImportStatus::Processing || lines.is_empty() {
        return Ok(import);
    }
    tx.book_on(at.today)?;
    let (matched, mut loans) = match_lines(tx, &import, lines, policy)?;
    let chunk = post_orders(tx, by, &import, matched, &mut loans, at)?;
    tx.store_chunk(&chunk)?;
    tx.note_exceptions(&exceptions(by, id, chunk.exceptions()))?;
    let import = import.after_chunk(&chunk.summary, chunk.last_line);
    tx.save_import(&import)?;
    tx.audit(by, chunk_audit(&import, &chunk))?;
    tx.emit(chunk_event(&import, &chunk))?;
    Ok(import)
}

/// Ends an import whose last line has its outcome. One that has ended stays as it is.
pub fn finish_import<Tx>(tx: &mut Tx, by: &Actor, id: ImportId) -> Result<Import, FlowError>
where
    Tx: ImportRepository + AuditLog + Outbox,
{
    let import = tx.lock_import(id)?;
    if import.status != ImportStatus::Processing {
        return Ok(import);
    }
    let import = import.finished()?;
    tx.save_import(&import)?;
    tx.audit(by, import_audit(&import))?;
    tx.emit(import_event(&import))?;
    Ok(import)
}

fn match_lines<Tx>(
    tx: &mut Tx,
    import: &Import,
    lines: Vec<FileLine>,
    policy: &ServicingPolicy,
) -> Result<(MatchedChunk, Loans), FlowError>
where
    Tx: ImportRepository + LoanRepository,
{
    let probes = Probes::of(&lines);
    let ids = tx.candidate_loans(import.payer, import.periode, &probes)?;
    let loans = lock_loans(tx, &ids, policy)?;
    let candidates = tx.lock_candidates(import.payer, import.periode, &probes)?;
    let keys = tx.key_uses(import, &probes.keys)?;
    Ok((match_chunk(&import.rules(), lines, ChunkFacts { candidates, keys }), loans))
}

/// What somebody has to look at, with numbers alone: the lines hold the rest.
pub(crate) fn exceptions(
    by: &Actor,
    import: ImportId,
    lines: impl IntoIterator<Item = LineException>,
) -> Vec<NewException> {
    let request_id = by.origin.request_id.as_deref();
    let exception = |line: LineException| NewException {
        severity: Severity::Warning,
        source: SOURCE,
        message: line.message(),
        payload: line.payload(import),
        about: import_line_id(import, line.line_no).map(ImportLineId::get),
        request_id: request_id.map(str::to_owned),
    };
    lines.into_iter().map(exception).collect()
}
