//! Lines that wait: settling one by hand, trying a month's again. What crosses into loan accounts
//! stands in flows.

use pensipro_kernel::{
    AuditEntry, AuditValue, Event, Faults, ImportLineId, LoanId, PaymentId, Period, clean_text,
};

use super::exports::check_payer;
use crate::{Import, ImportLine, Payer, StoredChunk, StoredLine};

/// Whose a line's money is, as a body states it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawReconcile {
    /// The loan.
    pub loan_id: Option<LoanId>,
    /// How it was found out.
    pub notes: Option<String>,
}

/// Whose a line's money is, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconcile {
    /// The loan.
    pub loan_id: LoanId,
    /// How it was found out: 1 to 500 characters.
    pub notes: String,
}

impl Reconcile {
    /// Checks a body, all faults at once.
    pub fn check(raw: &RawReconcile) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let loan_id = raw.loan_id.filter(|id| id.get() > 0);
        if loan_id.is_none() {
            faults.add("loan_id", "required", "the loan whose money it is");
        }
        let notes = faults.take(clean_text("notes", raw.notes.as_deref().unwrap_or_default(), 500));
        let checked = loan_id.zip(notes);
        faults.finish(checked.map(|(loan_id, notes)| Self { loan_id, notes }))
    }
}

/// Which lines to try again, as a body states it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawRetry {
    /// The month of their imports, `2026-10`.
    pub from_periode: String,
    /// Only this payer's.
    pub payer: Option<String>,
}

/// Which lines to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The month of their imports.
    pub from_periode: Period,
    /// Only this payer's.
    pub payer: Option<Payer>,
}

impl Retry {
    /// Checks a body, all faults at once.
    pub fn check(raw: &RawRetry) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let from_periode = match raw.from_periode.parse() {
            Ok(periode) => Some(periode),
            Err(_) => {
                faults.add("from_periode", "invalid_periode", "a month is such as 2026-10");
                None
            }
        };
        let payer = raw.payer.as_deref().map(|payer| check_payer(&mut faults, payer));
        faults
            .finish(from_periode.map(|from_periode| Self { from_periode, payer: payer.flatten() }))
    }
}

/// What trying lines again came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RetryTally {
    /// Lines tried.
    pub retried: u32,
    /// Lines whose money was posted.
    pub matched: u32,
    /// Lines that turned out to repeat what was paid.
    pub duplicate: u32,
}

impl RetryTally {
    /// Of a chunk: so many were tried, these changed.
    pub fn of(tried: usize, changed: &[ImportLine]) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let paid = changed.iter().filter(|line| line.payment_id.is_some()).count();
        let repeated =
            changed.iter().filter(|line| line.outcome.kind() == crate::OutcomeKind::Duplicate);
        Self { retried: count(tried), matched: count(paid), duplicate: count(repeated.count()) }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            retried: self.retried.saturating_add(other.retried),
            matched: self.matched.saturating_add(other.matched),
            duplicate: self.duplicate.saturating_add(other.duplicate),
        }
    }

    /// Lines that wait as before.
    pub const fn still_unmatched(self) -> u32 {
        self.retried.saturating_sub(self.matched).saturating_sub(self.duplicate)
    }
}

/// The audit row of a line that was settled, or waits again; with the note of whoever did it.
pub fn line_audit(
    action: &'static str,
    was: &ImportLine,
    now: &StoredLine,
    notes: Option<&str>,
) -> AuditEntry {
    let id = now.id().map_or(0, ImportLineId::get);
    let is = line_view(&now.line).with("notes", notes);
    let entry = AuditEntry::new(action, "pension_cut_import_lines", id);
    let entry = match now.line.member_id {
        Some(member) => entry.of_member(member),
        None => entry,
    };
    entry.was(line_view(was)).is(is)
}

fn line_view(line: &ImportLine) -> AuditValue {
    AuditValue::new()
        .text("outcome", line.outcome.kind())
        .with("reason", line.outcome.reason())
        .with("amount", line.amount.map(|amount| amount.to_string()))
        .text("applied", line.split.applied)
        .text("to_refund", line.split.to_refund)
        .text("held", line.split.held)
        .with("loan_id", line.loan_id.map(LoanId::get))
        .with("payment_id", line.payment_id.map(PaymentId::get))
}

/// The one audit row of a chunk of lines that were tried again.
pub fn retry_audit(import: &Import, chunk: &StoredChunk, tally: RetryTally) -> AuditEntry {
    let total = chunk.summary.total();
    let view = AuditValue::new()
        .with("first_line", chunk.lines.first().map(|line| line.line_no))
        .with("last_line", chunk.last_line)
        .with("retried", tally.retried)
        .with("matched", tally.matched)
        .with("duplicate", tally.duplicate)
        .text("applied", total.applied)
        .text("to_refund", total.to_refund);
    AuditEntry::new("billing.import.retry", "pension_cut_imports", import.id.get()).is(view)
}

/// The one event of a chunk of lines that were tried again.
pub fn retry_event(import: &Import, chunk: &StoredChunk, tally: RetryTally) -> Event {
    let first = chunk.lines.first().map(|line| line.line_no).unwrap_or_default();
    Event::new("billing.import.retry", "pension_cut_imports", import.id.get())
        .with("periode", import.periode)
        .with("first_line", first)
        .with("last_line", chunk.last_line)
        .with("matched", tally.matched)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_at_once() {
        let faults = Reconcile::check(&RawReconcile::default()).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["loan_id", "notes"]);
        let raw = RawRetry { from_periode: "July".into(), payer: Some("TELKOM".into()) };
        let faults = Retry::check(&raw).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["from_periode", "payer"]);
        let raw = RawRetry { from_periode: "2026-07".into(), payer: None };
        assert_eq!(Retry::check(&raw).unwrap().payer, None);
    }
}
