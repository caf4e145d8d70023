//! Lines that wait, tried again: in their own month first, then in the present one.

use std::collections::{BTreeMap, BTreeSet};

use pensipro_audit::ExceptionLog;
use pensipro_billing::repository::{ImportRepository, RetriableQuery};
use pensipro_billing::{
    ChunkFacts, FileLine, Import, ImportLine, MatchRules, Probes, RetryTally, StoredChunk,
    StoredLine, Try, import_line_id, match_chunk, may_be_retried, retry_audit, retry_event,
};
use pensipro_billing::{Retry, RetryRepository, RetryRun, RetryStatus};
use pensipro_kernel::{
    Actor, AuditLog, Authority, Event, ImportLineId, Moment, Outbox, Period, Permission, RetryId,
    StorageError,
};
use pensipro_servicing::{AccountingPeriods, LoanRepository, RefundRepository, ServicingPolicy};

use crate::{
    FlowError,
    import::SOURCE,
    posting::{Loans, lock_loans},
    reconcile::store_settled,
};

/// What a stretch of a retry came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Retried {
    /// What it came to.
    tally: RetryTally,
    /// Its last line: where to go on. `None` once no line is left.
    through: Option<ImportLineId>,
}

/// Begins a run that tries lines again; gives the one that is under way for the same lines. They are
/// tried by [`retry_chunk`], each chunk in a transaction of its own.
pub fn open_retry<Tx>(tx: &mut Tx, by: &Actor, of: Retry) -> Result<RetryRun, FlowError>
where
    Tx: RetryRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ReconcileBilling)?;
    begin_retry(tx, by, of)
}

/// The same for what begins by itself.
pub(crate) fn begin_retry<Tx>(tx: &mut Tx, by: &Actor, of: Retry) -> Result<RetryRun, FlowError>
where
    Tx: RetryRepository + AuditLog,
{
    by.whole_house()?;
    if let Some(run) = tx.running_retry(of)? {
        return Ok(run);
    }
    let Some(run) = tx.begin_retry(of, by.user_id)? else {
        return Ok(tx.running_retry(of)?.ok_or(StorageError::Busy)?);
    };
    tx.audit(by, run.audit("billing.retry.begin"))?;
    Ok(run)
}

/// A run.
pub fn read_retry<Tx: RetryRepository>(
    tx: &mut Tx,
    by: &Actor,
    id: RetryId,
) -> Result<RetryRun, FlowError> {
    by.whole_house()?;
    Ok(tx.retry(id)?)
}

/// Tries a run's next lines, and keeps how far it came in the same transaction: a crash between chunks
/// loses nothing and pays nothing twice. Call it until the run is done.
pub fn retry_chunk<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: RetryId,
    limit: u32,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<RetryRun, FlowError>
where
    Tx: ImportRepository
        + LoanRepository
        + RefundRepository
        + RetryRepository
        + AccountingPeriods
        + ExceptionLog
        + AuditLog
        + Outbox,
{
    let run = tx.retry(id)?;
    if run.status == RetryStatus::Done {
        return Ok(run);
    }
    let query = RetriableQuery { of: run.of, after: run.through, limit };
    let Retried { tally, through } = retry_lines(tx, by, query, policy, at)?;
    let run = run.after_chunk(tally, through, at.now);
    tx.save_retry(&run)?;
    if run.status == RetryStatus::Done {
        tx.audit(by, run.audit("billing.retry.done"))?;
    }
    Ok(run)
}

/// Tries the next lines again, those of one import: what the matching engine makes of them by now is
/// posted and stored, all in this transaction. A line pays at most once however often it is tried; the
/// exceptions of lines that pay are settled.
///
/// Cost: a fixed number of statements for each month that the lines name; the import and the loans
/// that the lines may name are locked until the end.
fn retry_lines<Tx>(
    tx: &mut Tx,
    by: &Actor,
    query: RetriableQuery,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Retried, FlowError>
where
    Tx: ImportRepository
        + LoanRepository
        + RefundRepository
        + AccountingPeriods
        + ExceptionLog
        + AuditLog
        + Outbox,
{
    let Some((import, lines)) = next_lines(tx, query)? else {
        return Ok(Retried { tally: RetryTally::default(), through: None });
    };
    let through = lines.last().and_then(|line| import_line_id(import.id, line.line_no));
    tx.book_on(at.today)?;
    let tried = lines.len();
    let (import, changed) = try_all(tx, by, import, lines, policy, at)?;
    let tally = RetryTally::of(tried, &changed.lines);
    settle_exceptions(tx, by, &changed)?;
    tx.audit(by, retry_audit(&import, &changed, tally))?;
    if tally.matched > 0 {
        tx.emit(retry_event(&import, &changed, tally))?;
    }
    Ok(Retried { tally, through })
}

/// The next lines with their import, locked; `None` if none is left. What they are once it is locked
/// counts: somebody may have settled some meanwhile.
fn next_lines<Tx: ImportRepository>(
    tx: &mut Tx,
    query: RetriableQuery,
) -> Result<Option<(Import, Vec<ImportLine>)>, FlowError> {
    let mut after = query.after;
    loop {
        let next = tx.retriable_lines(&RetriableQuery { limit: 1, after, ..query })?;
        let Some(first) = next.first() else { return Ok(None) };
        let import = tx.lock_import(first.import_id)?;
        let lines = tx.retriable_lines(&RetriableQuery { after, ..query })?;
        let lines: Vec<_> = lines
            .into_iter()
            .take_while(|line| line.import_id == import.id)
            .map(|StoredLine { line, .. }| line)
            .filter(may_be_retried)
            .collect();
        if !lines.is_empty() {
            return Ok(Some((import, lines)));
        }
        after = first.id();
    }
}

/// Every try of a chunk finds its loans locked, whichever of the months it is in.
fn try_all<Tx>(
    tx: &mut Tx,
    by: &Actor,
    mut import: Import,
    lines: Vec<ImportLine>,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<(Import, StoredChunk), FlowError>
where
    Tx: ImportRepository + LoanRepository + RefundRepository + AuditLog + Outbox,
{
    let present = Try::Present(Period::of(at.today));
    let mut own: BTreeMap<Period, Vec<ImportLine>> = BTreeMap::new();
    for line in lines {
        own.entry(line.periode.unwrap_or(import.periode)).or_default().push(line);
    }
    let mut loans = lock_all(tx, &import, &own, present, policy)?;
    let mut changed = Vec::new();
    let mut waiting = Vec::new();
    for (periode, lines) in own {
        let tried = try_in(tx, by, import, Try::Own(periode), lines, &mut loans, at)?;
        import = tried.import;
        changed.extend(tried.changed);
        let other_month = periode != present.periode();
        waiting.extend(tried.waiting.into_iter().filter(|_| other_month));
    }
    let tried = try_in(tx, by, import, present, waiting, &mut loans, at)?;
    changed.extend(tried.changed);
    changed.sort_unstable_by_key(|line| line.line_no);
    tx.emit_all(payments(&tried.import, &changed, &loans))?;
    Ok((tried.import.clone(), StoredChunk::restated(tried.import.id, changed)))
}

fn lock_all<Tx>(
    tx: &mut Tx,
    import: &Import,
    own: &BTreeMap<Period, Vec<ImportLine>>,
    present: Try,
    policy: &ServicingPolicy,
) -> Result<Loans, FlowError>
where
    Tx: ImportRepository + LoanRepository,
{
    let mut ids = BTreeSet::new();
    for (periode, lines) in own {
        for turn in [Try::Own(*periode), present] {
            let read: Vec<_> = lines.iter().map(|line| turn.read(line)).collect();
            let probes = Probes::of(&read);
            ids.extend(tx.candidate_loans(import.payer, turn.periode(), &probes)?);
        }
    }
    lock_loans(tx, &ids.into_iter().collect::<Vec<_>>(), policy)
}

struct Tried {
    import: Import,
    changed: Vec<ImportLine>,
    waiting: Vec<ImportLine>,
}

fn try_in<Tx>(
    tx: &mut Tx,
    by: &Actor,
    import: Import,
    turn: Try,
    lines: Vec<ImportLine>,
    loans: &mut Loans,
    at: Moment,
) -> Result<Tried, FlowError>
where
    Tx: ImportRepository + LoanRepository + RefundRepository + AuditLog + Outbox,
{
    if lines.is_empty() {
        return Ok(Tried { import, changed: Vec::new(), waiting: Vec::new() });
    }
    let read: Vec<FileLine> = lines.iter().map(|line| turn.read(line)).collect();
    let candidates = tx.lock_candidates(import.payer, turn.periode(), &Probes::of(&read))?;
    let rules = MatchRules { periode: turn.periode(), ..import.rules() };
    // The lines have their keys: whether another file repeats them was decided when they came.
    let facts = ChunkFacts { candidates, keys: Vec::new() };
    let sifted = turn.sift(match_chunk(&rules, read, facts), lines);
    if sifted.changed.lines.is_empty() {
        return Ok(Tried { import, changed: Vec::new(), waiting: sifted.waiting });
    }
    let (import, chunk) =
        store_settled(tx, by, import, &sifted.changed_were, sifted.changed, loans, at)?;
    Ok(Tried { import, changed: chunk.lines, waiting: sifted.waiting })
}

/// The payments that lines became, each told of on its own: they are few.
fn payments(import: &Import, lines: &[ImportLine], loans: &Loans) -> Vec<Event> {
    let paid = lines.iter().filter_map(|line| {
        let loan = loans.get(&line.loan_id?)?.loan();
        Some(
            Event::new("payment.received", "loan_payments", line.payment_id?.get())
                .of_member(loan.member_id)
                .with("loan_id", loan.id)
                .with("loan_number", loan.number())
                .with("amount", line.amount?)
                .with("paid_on", import.paid_on),
        )
    });
    paid.collect()
}

fn settle_exceptions<Tx: ExceptionLog>(
    tx: &mut Tx,
    by: &Actor,
    chunk: &StoredChunk,
) -> Result<(), FlowError> {
    let paid = chunk.lines.iter().filter(|line| line.payment_id.is_some());
    let ids = paid.filter_map(|line| import_line_id(chunk.import_id, line.line_no));
    let ids: Vec<i64> = ids.map(ImportLineId::get).collect();
    tx.settle_exceptions(SOURCE, &ids, by.user_id, "matched by a retry")?;
    Ok(())
}
