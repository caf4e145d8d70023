//! One pass over a chunk.

use std::collections::{BTreeSet, HashMap};

use super::{
    ChunkFacts, KeyUse, MatchRules, Matched, MatchedChunk, Order,
    accounts::Accounts,
    judge::{choose, choose_failed, judge},
};
use crate::{
    DuplicateReason, FailReason, FileLine, ImportLine, InvalidLine, KeyBase, LineKey, Outcome,
    ParsedLine, Report, Split, UnmatchedReason,
};
use pensipro_kernel::Money;

/// Decides what becomes of each line of a chunk, in the file's order.
///
/// `facts` must hold what storage knows of [`Probes::of`](super::Probes::of) the same lines, read
/// after the export lines were locked. Chunks of one file come in the file's order; where they are
/// cut makes no difference. Time is linear in lines and candidates, memory too.
pub fn match_chunk(rules: &MatchRules, lines: Vec<FileLine>, facts: ChunkFacts) -> MatchedChunk {
    let mut engine = Engine {
        rules,
        accounts: Accounts::new(rules, facts.candidates),
        keys: facts.keys.into_iter().map(|used| (used.base, Seen::from(used))).collect(),
    };
    let last_line = lines.last().map(FileLine::line_no).unwrap_or_default();
    let lines = lines.into_iter().map(|line| engine.decide(line)).collect();
    MatchedChunk { lines, last_line }
}

struct Engine<'a> {
    rules: &'a MatchRules,
    accounts: Accounts,
    keys: HashMap<KeyBase, Seen>,
}

/// Uses of a key: in this file so far, and by other imports.
#[derive(Default)]
struct Seen {
    here: u32,
    elsewhere: BTreeSet<u32>,
}

impl From<KeyUse> for Seen {
    fn from(used: KeyUse) -> Self {
        Self { here: used.in_this_import, elsewhere: used.taken.into_iter().collect() }
    }
}

/// Why a line pays nothing, and the account that it was held against.
enum Held {
    Unmatched(UnmatchedReason),
    Duplicate(DuplicateReason, Option<usize>),
}

impl Engine<'_> {
    fn decide(&mut self, line: FileLine) -> Matched {
        match line {
            FileLine::Invalid(line) => Matched { line: invalid(line), order: None },
            FileLine::Parsed(line) => self.decide_parsed(line),
        }
    }

    fn decide_parsed(&mut self, line: ParsedLine) -> Matched {
        let (key, repeated) = self.count(&line);
        let decided = if repeated {
            Err(Held::Duplicate(DuplicateReason::RepeatedLine, None))
        } else {
            self.find(&line).map_err(Held::Unmatched).and_then(|index| match line.report {
                Report::Paid(amount) => self.pay(index, amount),
                Report::Failed(reason) => self.fail(index, reason),
            })
        };
        let blank = unjudged(line, key);
        match decided {
            Ok(verdict) => verdict.on(blank),
            Err(held) => Matched { line: self.hold(blank, &held), order: None },
        }
    }

    /// The line's key, and whether another import has used it.
    fn count(&mut self, line: &ParsedLine) -> (Option<LineKey>, bool) {
        let Some(base) = line.key_base() else { return (None, false) };
        let seen = self.keys.entry(base).or_default();
        seen.here = seen.here.saturating_add(1);
        let occurrence = seen.here;
        (Some(LineKey { base, occurrence }), seen.elsewhere.contains(&occurrence))
    }

    fn find(&self, line: &ParsedLine) -> Result<usize, UnmatchedReason> {
        if let Some(reference) = line.keys.reference {
            let found = self.accounts.by_reference(reference);
            let index = found.ok_or(UnmatchedReason::UnknownReference)?;
            let payer = self.accounts.get(index).map(|account| account.facts.payer);
            return if payer == Some(self.rules.payer) {
                Ok(index)
            } else {
                Err(UnmatchedReason::OtherPayer)
            };
        }
        if line.periode.is_some_and(|periode| periode != self.rules.periode) {
            return Err(UnmatchedReason::OtherPeriode);
        }
        let identifier = line.keys.identifier().ok_or(UnmatchedReason::NotBilled)?;
        match line.report {
            Report::Paid(amount) => {
                choose(&self.accounts, identifier, amount, self.rules.tolerance)
            }
            Report::Failed(_) => choose_failed(&self.accounts, identifier),
        }
    }

    fn pay(&mut self, index: usize, amount: Money) -> Result<Verdict, Held> {
        let missing = Held::Unmatched(UnmatchedReason::NotBilled);
        let account = self.accounts.get_mut(index).ok_or(missing)?;
        let judged = judge(account, amount, self.rules.tolerance)
            .map_err(|reason| Held::Duplicate(reason, Some(index)))?;
        account.take(amount);
        let facts = &account.facts;
        let order = Order::Pay {
            line: Some(facts.line),
            loan_id: facts.loan_id,
            member_id: facts.member_id,
            periode: facts.periode,
            amount,
            tolerance: self.rules.tolerance,
        };
        let billed = facts.billed;
        Ok(Verdict {
            outcome: judged.outcome,
            billed,
            difference: judged.difference,
            split: judged.split(amount),
            order,
        })
    }

    fn fail(&mut self, index: usize, reason: FailReason) -> Result<Verdict, Held> {
        let missing = Held::Unmatched(UnmatchedReason::NotBilled);
        let account = self.accounts.get_mut(index).ok_or(missing)?;
        if account.facts.failed || !account.facts.payments.is_empty() {
            return Err(Held::Duplicate(DuplicateReason::AlreadyReported, Some(index)));
        }
        account.facts.failed = true;
        let facts = &account.facts;
        let order = Order::FailedCut {
            line: facts.line,
            loan_id: facts.loan_id,
            member_id: facts.member_id,
            periode: facts.periode,
            due_from: facts.due_from,
            made_on: facts.made_on,
            reason,
        };
        Ok(Verdict {
            outcome: Outcome::Failed(reason),
            billed: facts.billed,
            difference: facts.billed.checked_neg().unwrap_or_default(),
            split: Split::default(),
            order,
        })
    }

    fn hold(&self, line: ImportLine, held: &Held) -> ImportLine {
        let (outcome, index) = match held {
            Held::Unmatched(reason) => (Outcome::Unmatched(*reason), None),
            Held::Duplicate(reason, index) => (Outcome::Duplicate(*reason), *index),
        };
        let facts = index.and_then(|index| self.accounts.get(index)).map(|found| &found.facts);
        ImportLine {
            outcome,
            export_line: facts.map(|facts| facts.line),
            loan_id: facts.map(|facts| facts.loan_id),
            member_id: facts.map(|facts| facts.member_id),
            ..line
        }
    }
}

/// What a line makes of a billed line.
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) billed: Money,
    pub(super) difference: Money,
    pub(super) split: Split,
    pub(super) order: Order,
}

impl Verdict {
    pub(super) fn on(self, line: ImportLine) -> Matched {
        let line = ImportLine {
            outcome: self.outcome,
            billed: self.billed,
            difference: self.difference,
            split: self.split,
            export_line: self.order.line(),
            loan_id: Some(self.order.loan_id()),
            member_id: Some(self.order.member_id()),
            ..line
        };
        Matched { line, order: Some(self.order) }
    }
}

/// The line before anything is decided: its money is held.
fn unjudged(line: ParsedLine, key: Option<LineKey>) -> ImportLine {
    let amount = line.report.amount();
    ImportLine {
        line_no: line.line_no,
        given: line.given,
        keys: line.keys,
        periode: line.periode,
        key,
        amount: Some(amount),
        billed: Money::ZERO,
        difference: Money::ZERO,
        outcome: Outcome::Unmatched(UnmatchedReason::NotBilled),
        split: Split::held(amount),
        export_line: None,
        loan_id: None,
        member_id: None,
        payment_id: None,
    }
}

fn invalid(line: InvalidLine) -> ImportLine {
    ImportLine {
        line_no: line.line_no,
        given: line.given,
        keys: Default::default(),
        periode: None,
        key: None,
        amount: line.amount,
        billed: Money::ZERO,
        difference: Money::ZERO,
        outcome: Outcome::Invalid(line.reason),
        split: Split::held(line.amount.unwrap_or_default()),
        export_line: None,
        loan_id: None,
        member_id: None,
        payment_id: None,
    }
}
