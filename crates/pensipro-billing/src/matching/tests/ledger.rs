//! What storage and loan accounts remember between chunks and files, as the traits describe it: just
//! enough to run whole files through the engine.

use std::collections::{BTreeMap, HashSet};

use super::*;
use crate::{LineKey, StoredChunk};

#[derive(Default)]
pub(super) struct Ledger {
    pub(super) billed: BTreeMap<LoanId, Candidate>,
    /// Keys with the import that claims them.
    claimed: BTreeMap<LineKey, i64>,
    /// Keys of the import in work, whatever their outcome.
    here: Vec<LineKey>,
    imports: i64,
}

impl Ledger {
    pub(super) fn new(candidates: impl IntoIterator<Item = Candidate>) -> Self {
        let billed = candidates.into_iter().map(|each| (each.loan_id, each)).collect();
        Self { billed, ..Self::default() }
    }

    /// Runs a file through the engine, cut into chunks of these sizes (the last one repeats).
    pub(super) fn import(&mut self, lines: &[FileLine], sizes: &[usize]) -> Vec<StoredChunk> {
        self.imports += 1;
        self.here.clear();
        let mut rest = lines;
        let mut chunks = Vec::new();
        let mut sizes =
            sizes.iter().copied().chain(std::iter::repeat(sizes.last().copied().unwrap_or(1)));
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(sizes.next().unwrap_or(1).clamp(1, rest.len()));
            chunks.push(self.chunk(chunk.to_vec()));
            rest = after;
        }
        chunks
    }

    fn chunk(&mut self, lines: Vec<FileLine>) -> StoredChunk {
        let facts = self.facts(&Probes::of(&lines));
        let matched = match_chunk(&rules(), lines, facts);
        let answers: Vec<_> = matched.orders().map(|order| self.post(order)).collect();
        let stored = matched.settle(ImportId::new(self.imports), answers).unwrap();
        for line in &stored.lines {
            self.here.extend(line.key);
            if let Some(key) = line.key.filter(|_| line.claims_key()) {
                let other = self.claimed.insert(key, self.imports);
                assert_eq!(other, None, "the unique index refuses the key");
            }
        }
        stored
    }

    /// Lines matched once more, in a month; their keys were counted before.
    pub(super) fn matched(&self, lines: Vec<FileLine>, periode: Period) -> MatchedChunk {
        let candidates = self.facts(&Probes::of(&lines)).candidates;
        let rules = MatchRules { periode, ..rules() };
        match_chunk(&rules, lines, ChunkFacts { candidates, keys: vec![] })
    }

    /// Posts what a chunk asks for.
    pub(super) fn posted(&mut self, chunk: MatchedChunk) -> Vec<crate::ImportLine> {
        let answers: Vec<_> = chunk.orders().map(|order| self.post(order)).collect();
        chunk.settle(ImportId::new(self.imports), answers).unwrap().lines
    }

    fn facts(&self, probes: &Probes) -> ChunkFacts {
        let persons: HashSet<_> = probes.no_pensiun.iter().collect();
        let found = |each: &&Candidate| {
            let reference = Reference { periode: each.periode, loan_id: each.loan_id };
            probes.references.contains(&reference)
                || each.no_pensiun.is_some_and(|number| persons.contains(&number))
        };
        let candidates = self.billed.values().filter(found).cloned().collect();
        let keys = probes.keys.iter().map(|base| self.key_use(*base)).collect();
        ChunkFacts { candidates, keys }
    }

    fn key_use(&self, base: KeyBase) -> KeyUse {
        let of_base = |key: &LineKey| key.base == base;
        let here = self.here.iter().filter(|key| of_base(key)).count();
        let elsewhere =
            self.claimed.iter().filter(|(key, by)| of_base(key) && **by != self.imports);
        KeyUse {
            base,
            in_this_import: u32::try_from(here).unwrap(),
            taken: elsewhere.map(|(key, _)| key.occurrence).collect(),
        }
    }

    /// The account takes a payment up to the billed amount and the tolerance, and refunds the rest.
    fn post(&mut self, order: &Order) -> Posted {
        let account = self.billed.get_mut(&order.loan_id()).unwrap();
        match *order {
            Order::FailedCut { .. } => {
                account.failed = true;
                Posted::FailedCut
            }
            Order::Pay { amount, .. } => {
                let paid = Money::checked_sum(account.payments.iter().copied()).unwrap();
                let room = account.billed.minus_or_zero(paid);
                account.payments.push(amount);
                let over = amount.minus_or_zero(room);
                let to_refund = if over > TOLERANCE { over } else { Money::ZERO };
                Posted::Paid { payment_id: PaymentId::new(1), to_refund }
            }
        }
    }

    pub(super) fn paid(&self) -> Vec<Vec<Money>> {
        self.billed.values().map(|each| each.payments.clone()).collect()
    }
}
