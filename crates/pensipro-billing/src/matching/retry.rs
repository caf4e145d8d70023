//! A further try at lines that wait: in their own month first, then in the present one.

use pensipro_kernel::Period;

use super::{Matched, MatchedChunk};
use crate::{
    FileLine, ImportLine, LineKeys, Outcome, OutcomeKind, ParsedLine, Reference, Report,
    UnmatchedReason,
};

/// A line that waits, of which a further try may make something: it is unmatched, and it is money. What
/// was paid and taken back is for people.
pub fn may_be_retried(line: &ImportLine) -> bool {
    let by_hand = Outcome::Unmatched(UnmatchedReason::PaymentReversed);
    let waits = line.outcome.kind() == OutcomeKind::Unmatched && line.outcome != by_hand;
    waits && line.payment_id.is_none() && line.split.held.is_positive()
}

/// Which month a line is tried in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Try {
    /// The month that it names, else that of its import.
    Own(Period),
    /// The present month: a loan that it refers to is meant in this one.
    Present(Period),
}

impl Try {
    /// The month.
    pub const fn periode(self) -> Period {
        match self {
            Self::Own(periode) | Self::Present(periode) => periode,
        }
    }

    /// The line as the matching engine reads it.
    pub fn read(self, line: &ImportLine) -> FileLine {
        let (periode, reference) = match self {
            Self::Own(_) => (line.periode, line.keys.reference),
            Self::Present(periode) => {
                let moved = |of: Reference| Reference { periode, loan_id: of.loan_id };
                (None, line.keys.reference.map(moved))
            }
        };
        FileLine::Parsed(ParsedLine {
            line_no: line.line_no,
            keys: LineKeys { reference, ..line.keys },
            periode,
            report: Report::Paid(line.split.held),
            given: line.given.clone(),
        })
    }

    /// What of a further try holds: what pays, and in the line's own month also what turns out to have
    /// been paid before. The others wait as they did. `was` are the same lines, before.
    pub fn sift(self, tried: MatchedChunk, was: Vec<ImportLine>) -> Sifted {
        let mut sifted = Sifted {
            changed: MatchedChunk { lines: Vec::new(), last_line: tried.last_line },
            ..Sifted::default()
        };
        for (matched, was) in tried.lines.into_iter().zip(was) {
            if self.holds(&matched) {
                let line = as_stored(matched.line, &was);
                sifted.changed.lines.push(Matched { line, ..matched });
                sifted.changed_were.push(was);
            } else {
                sifted.waiting.push(was);
            }
        }
        sifted
    }

    fn holds(self, matched: &Matched) -> bool {
        let repeats = matched.line.outcome.kind() == OutcomeKind::Duplicate;
        matched.order.is_some() || (repeats && matches!(self, Self::Own(_)))
    }
}

/// Lines after a further try.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sifted {
    /// Those that changed.
    pub changed: MatchedChunk,
    /// The same lines, before.
    pub changed_were: Vec<ImportLine>,
    /// Those that wait.
    pub waiting: Vec<ImportLine>,
}

/// What tells a line apart stays as the file gave it.
fn as_stored(line: ImportLine, was: &ImportLine) -> ImportLine {
    ImportLine { keys: was.keys, periode: was.periode, key: was.key, ..line }
}
