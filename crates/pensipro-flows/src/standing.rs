//! Billed lines follow the loan accounts: what is entered or taken back beside a file is restated.

use pensipro_audit::ExceptionLog;
use pensipro_billing::repository::{CutOf, ImportRepository};
use pensipro_billing::{
    Import, LineException, StoredChunk, StoredLine, line_audit, split_import_line_id,
};
use pensipro_kernel::{Actor, AuditLog, ImportLineId, LoanId, PaymentId, Period, TransactionId};

use crate::{FlowError, import::exceptions};

/// What of the pension cut a transaction is, and its import, locked: ahead of the loan, as the
/// import's own chunks do.
pub(crate) struct Source {
    cut: CutOf,
    import: Option<Import>,
}

/// Finds what of the pension cut a transaction is that is about to be taken back.
pub(crate) fn lock_source<Tx: ImportRepository>(
    tx: &mut Tx,
    loan: LoanId,
    transaction: TransactionId,
) -> Result<Option<Source>, FlowError> {
    let Some(cut) = tx.cut_of(loan, transaction)? else { return Ok(None) };
    let import = cut.source.and_then(split_import_line_id);
    let import = import.map(|(id, _)| tx.lock_import(id)).transpose()?;
    Ok(Some(Source { cut, import }))
}

/// What follows a reversal: the line that was paid waits again, and its billed line is restated.
pub(crate) fn follow_reversal<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    transaction: TransactionId,
    source: Source,
) -> Result<(), FlowError>
where
    Tx: ImportRepository + ExceptionLog + AuditLog,
{
    let Source { cut: CutOf { periode, source }, import } = source;
    if let Some((line, import)) = source.zip(import) {
        put_back(tx, by, import, line, transaction)?;
    }
    restate_cut(tx, loan, periode)
}

/// Restates the live line that bills the loan for the month, if there is one.
pub(crate) fn restate_cut<Tx: ImportRepository>(
    tx: &mut Tx,
    loan: LoanId,
    periode: Period,
) -> Result<(), FlowError> {
    if let Some(cut) = tx.lock_cut(loan, periode)? {
        tx.save_standing(cut.line, &cut.standing())?;
    }
    Ok(())
}

fn put_back<Tx>(
    tx: &mut Tx,
    by: &Actor,
    import: Import,
    id: ImportLineId,
    transaction: TransactionId,
) -> Result<(), FlowError>
where
    Tx: ImportRepository + ExceptionLog + AuditLog,
{
    let stored = tx.import_line(id)?;
    let was = stored.line;
    // A line that somebody settled meanwhile pays by another payment.
    if was.payment_id != Some(PaymentId::new(transaction.get())) {
        return Ok(());
    }
    let is = was.clone().put_back();
    let import = import.with_restated(&was, &is);
    tx.restate_lines(&StoredChunk::restated(import.id, vec![is.clone()]))?;
    tx.save_import(&import)?;
    tx.note_exceptions(&exceptions(by, import.id, [LineException::of(&is)]))?;
    let now = StoredLine { line: is, ..stored };
    tx.audit(by, line_audit("billing.line.put_back", &was, &now, None))?;
    Ok(())
}
