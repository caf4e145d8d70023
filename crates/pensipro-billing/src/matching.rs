//! The matching engine: lines of a file and the billed lines they may answer to, in; what becomes of
//! each line, out. It fetches nothing and keeps nothing between chunks: what earlier chunks and
//! earlier files did comes in as facts ([`Candidate::payments`], [`KeyUse`]).

mod accounts;
mod by_hand;
mod engine;
mod judge;
mod posting;
mod retry;
mod standing;
#[cfg(test)]
mod tests;

pub use by_hand::{ByHand, Target, TargetStand, settle_by_hand};
pub use engine::match_chunk;
pub use posting::{
    ExportLineUpdate, LineException, Matched, MatchedChunk, Order, Posted, StoredChunk,
};
pub use retry::{Sifted, Try, may_be_retried};
pub use standing::{Answer, Cut, CutPayment, Standing};

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, MemberId, Money, Period};

use crate::{ExportLineId, FileLine, KeyBase, Nik, NoPensiun, Payer, Reference};

/// The rules of one import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchRules {
    /// Whose file it is.
    pub payer: Payer,
    /// The month it answers to.
    pub periode: Period,
    /// Differences up to this count as none.
    pub tolerance: Money,
}

/// A live export line that lines of a chunk may answer to, locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The line.
    pub line: ExportLineId,
    /// Whom it bills.
    pub payer: Payer,
    /// For which month.
    pub periode: Period,
    /// Its loan.
    pub loan_id: LoanId,
    /// That loan's member.
    pub member_id: MemberId,
    /// When the instalment is due that it names.
    pub due_date: NaiveDate,
    /// The oldest due date that it bills ([`ExportLine::due_from`](crate::ExportLine::due_from)).
    pub due_from: NaiveDate,
    /// When the line was made: a cut cannot fail earlier.
    pub made_on: NaiveDate,
    /// What it bills.
    pub billed: Money,
    /// The whole amounts of payments that stand (not reversed) and count against this loan and
    /// month: from any import's lines, from superseded lines of the same reference, and counter
    /// payments `potong_pensiun` that name it.
    pub payments: Vec<Money>,
    /// True if the payer reported it failed already (a failed-cut input stands).
    pub failed: bool,
    /// The member's pension number, if it is among the probes'.
    pub no_pensiun: Option<NoPensiun>,
    /// The member's NIK, if it is among the probes'.
    pub nik: Option<Nik>,
}

/// What storage knows of a key's earlier uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// Whom and how much.
    pub base: KeyBase,
    /// Lines of this import stored by earlier chunks whose key has this base, whatever their outcome.
    pub in_this_import: u32,
    /// Occurrences that lines of other imports (same payer and periode, not discarded) claim, of those
    /// that the chunk may come to.
    pub taken: Vec<u32>,
}

/// What the lines of a chunk are to be looked up by; each list is sorted and without repetition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Probes {
    /// References: a month and a loan each.
    pub references: Vec<Reference>,
    /// Pension numbers of lines without a usable reference.
    pub no_pensiun: Vec<NoPensiun>,
    /// NIKs of lines without a usable reference and pension number.
    pub nik: Vec<Nik>,
    /// The keys of lines without a usable reference.
    pub keys: Vec<KeyBase>,
}

impl Probes {
    /// What the lines are to be looked up by.
    pub fn of(lines: &[FileLine]) -> Self {
        let mut probes = Self::default();
        for line in lines {
            let FileLine::Parsed(line) = line else { continue };
            match (line.keys.reference, line.key_base()) {
                (Some(reference), _) => probes.references.push(reference),
                (None, Some(base)) => {
                    probes.keys.push(base);
                    match base.identifier {
                        crate::Identifier::NoPensiun(number) => probes.no_pensiun.push(number),
                        crate::Identifier::Nik(number) => probes.nik.push(number),
                    }
                }
                (None, None) => {}
            }
        }
        sort_unique(&mut probes.references);
        sort_unique(&mut probes.no_pensiun);
        sort_unique(&mut probes.nik);
        sort_unique(&mut probes.keys);
        probes
    }

    /// One reference alone.
    pub fn of_reference(reference: Reference) -> Self {
        Self { references: vec![reference], ..Self::default() }
    }

    /// Both together.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.references.extend(other.references);
        self.no_pensiun.extend(other.no_pensiun);
        self.nik.extend(other.nik);
        self.keys.extend(other.keys);
        sort_unique(&mut self.references);
        sort_unique(&mut self.no_pensiun);
        sort_unique(&mut self.nik);
        sort_unique(&mut self.keys);
        self
    }

    /// True if there is nothing to look up.
    pub fn is_empty(&self) -> bool {
        self.references.is_empty() && self.keys.is_empty()
    }
}

fn sort_unique<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

/// What storage knows of a chunk's lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChunkFacts {
    /// The live export lines that the probes found, in any order.
    pub candidates: Vec<Candidate>,
    /// The uses of the probes' keys; a key that is missing was never used.
    pub keys: Vec<KeyUse>,
}
