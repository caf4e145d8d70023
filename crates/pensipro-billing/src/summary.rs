//! What became of a file as a whole.

use pensipro_kernel::Money;

use crate::{ImportLine, OutcomeKind};

/// Counts and sums of the lines of one outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutcomeTotals {
    /// Lines.
    pub count: u32,
    /// What was billed for them.
    pub billed: Money,
    /// Their readable amounts.
    pub amount: Money,
    /// Of these, on loan accounts.
    pub applied: Money,
    /// Of these, to be paid back.
    pub to_refund: Money,
    /// Of these, waiting for a decision.
    pub held: Money,
}

/// The summary of an import: totals by outcome. Always Σ amount = Σ applied + Σ to_refund + Σ held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    totals: [OutcomeTotals; OutcomeKind::ALL.len()],
    unreadable: u32,
}

impl OutcomeTotals {
    fn of(line: &ImportLine) -> Self {
        Self {
            count: 1,
            billed: line.billed,
            amount: line.amount.unwrap_or_default(),
            applied: line.split.applied,
            to_refund: line.split.to_refund,
            held: line.split.held,
        }
    }

    fn less(&self, other: &Self) -> Self {
        Self {
            count: self.count.saturating_sub(other.count),
            billed: self.billed.minus_or_zero(other.billed),
            amount: self.amount.minus_or_zero(other.amount),
            applied: self.applied.minus_or_zero(other.applied),
            to_refund: self.to_refund.minus_or_zero(other.to_refund),
            held: self.held.minus_or_zero(other.held),
        }
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            billed: plus(self.billed, other.billed),
            amount: plus(self.amount, other.amount),
            applied: plus(self.applied, other.applied),
            to_refund: plus(self.to_refund, other.to_refund),
            held: plus(self.held, other.held),
        }
    }
}

/// The sum; a file's sums fit by construction (10^7 lines of at most `MAX_CUT` each).
fn plus(one: Money, other: Money) -> Money {
    one.checked_add(other).unwrap_or(Money::from_sen(i64::MAX))
}

impl Summary {
    /// The summary that was stored as totals by outcome; outcomes that are missing count nothing.
    pub fn from_stored(
        totals: impl IntoIterator<Item = (OutcomeKind, OutcomeTotals)>,
        unreadable: u32,
    ) -> Self {
        let mut summary = Self { unreadable, ..Self::default() };
        for (kind, row) in totals {
            summary.grow(kind, &row);
        }
        summary
    }

    /// The totals of one outcome.
    pub fn of(&self, kind: OutcomeKind) -> OutcomeTotals {
        self.iter().find(|(each, _)| *each == kind).map(|(_, row)| row).unwrap_or_default()
    }

    /// Every outcome with its totals.
    pub fn iter(&self) -> impl Iterator<Item = (OutcomeKind, OutcomeTotals)> {
        OutcomeKind::ALL.iter().copied().zip(self.totals)
    }

    /// All outcomes together.
    pub fn total(&self) -> OutcomeTotals {
        self.totals.iter().fold(OutcomeTotals::default(), |sum, row| sum.plus(row))
    }

    /// Lines whose amount could not be read, which no sum holds.
    pub const fn unreadable(&self) -> u32 {
        self.unreadable
    }

    /// Counts a line.
    pub fn add(&mut self, line: &ImportLine) {
        self.grow(line.outcome.kind(), &OutcomeTotals::of(line));
        self.unreadable = self.unreadable.saturating_add(line.amount.is_none().into());
    }

    /// The summary with a line that it counts as it is now, in place of as it was.
    #[must_use]
    pub fn restated(mut self, was: &ImportLine, is: &ImportLine) -> Self {
        let gone = OutcomeTotals::of(was);
        self.change(was.outcome.kind(), |row| row.less(&gone));
        self.grow(is.outcome.kind(), &OutcomeTotals::of(is));
        self
    }

    /// Counts the lines of another part of the file.
    #[must_use]
    pub fn merged(mut self, other: &Self) -> Self {
        for (kind, row) in other.iter() {
            self.grow(kind, &row);
        }
        self.unreadable = self.unreadable.saturating_add(other.unreadable);
        self
    }

    /// True if every readable amount is applied, to be refunded, or held.
    pub fn balances(&self) -> bool {
        self.totals.iter().all(|row| {
            Money::checked_sum([row.applied, row.to_refund, row.held]) == Some(row.amount)
        })
    }

    fn grow(&mut self, kind: OutcomeKind, by: &OutcomeTotals) {
        self.change(kind, |row| row.plus(by));
    }

    fn change(&mut self, kind: OutcomeKind, to: impl Fn(&OutcomeTotals) -> OutcomeTotals) {
        let kinds = OutcomeKind::ALL.iter();
        if let Some((_, row)) = kinds.zip(&mut self.totals).find(|(each, _)| **each == kind) {
            *row = to(row);
        }
    }
}
