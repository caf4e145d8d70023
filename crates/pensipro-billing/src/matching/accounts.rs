//! The billed lines of a chunk, found by what a file's line names.

use std::collections::HashMap;

use pensipro_kernel::Money;

use super::{Candidate, MatchRules};
use crate::{Identifier, Reference};

/// A billed line, to which payments are added as the chunk's lines are decided.
pub(super) struct Account {
    pub(super) facts: Candidate,
}

impl Account {
    /// All that was cut for it so far. Few payments stand on one line, so they are summed anew.
    pub(super) fn paid(&self) -> Money {
        let paid = Money::checked_sum(self.facts.payments.iter().copied());
        paid.unwrap_or(Money::from_sen(i64::MAX))
    }

    /// What is still to come.
    pub(super) fn rest(&self) -> Money {
        self.facts.billed.minus_or_zero(self.paid())
    }

    pub(super) fn has_payment_of(&self, amount: Money) -> bool {
        self.facts.payments.contains(&amount)
    }

    /// Counts a payment.
    pub(super) fn take(&mut self, amount: Money) {
        self.facts.payments.push(amount);
    }
}

/// All accounts of a chunk. Those of one identifier form a chain in order of due dates.
pub(super) struct Accounts {
    list: Vec<Account>,
    by_reference: HashMap<Reference, usize>,
    by_identifier: HashMap<Identifier, usize>,
    /// The next account of the same pension number, and of the same NIK.
    next: Vec<Links>,
}

#[derive(Default)]
struct Links {
    no_pensiun: Option<usize>,
    nik: Option<usize>,
}

impl Accounts {
    pub(super) fn new(rules: &MatchRules, mut candidates: Vec<Candidate>) -> Self {
        candidates.sort_unstable_by_key(|each| (each.due_date, each.loan_id, each.line));
        let named = candidates.iter().filter(|each| each.no_pensiun.is_some()).count();
        let mut accounts = Self {
            by_reference: HashMap::with_capacity(candidates.len()),
            by_identifier: HashMap::with_capacity(named),
            next: Vec::with_capacity(candidates.len()),
            list: candidates.into_iter().map(|facts| Account { facts }).collect(),
        };
        accounts.link(rules);
        accounts
    }

    /// Builds the indexes from the last account to the first, so that each chain begins with the
    /// earliest due date. Only this payer's lines of this month are found by a number.
    fn link(&mut self, rules: &MatchRules) {
        for (index, Account { facts, .. }) in self.list.iter().enumerate().rev() {
            let reference = Reference { periode: facts.periode, loan_id: facts.loan_id };
            self.by_reference.insert(reference, index);
            let mut links = Links::default();
            if facts.payer == rules.payer && facts.periode == rules.periode {
                let mut chain = |identifier| self.by_identifier.insert(identifier, index);
                links.no_pensiun = facts.no_pensiun.and_then(|no| chain(Identifier::NoPensiun(no)));
                links.nik = facts.nik.and_then(|nik| chain(Identifier::Nik(nik)));
            }
            self.next.push(links);
        }
        self.next.reverse();
    }

    pub(super) fn by_reference(&self, reference: Reference) -> Option<usize> {
        self.by_reference.get(&reference).copied()
    }

    /// The accounts of a person for the month, in order of due dates.
    pub(super) fn of(&self, identifier: Identifier) -> impl Iterator<Item = (usize, &Account)> {
        let first = self.by_identifier.get(&identifier).copied();
        std::iter::successors(first, move |index| {
            let links = self.next.get(*index)?;
            match identifier {
                Identifier::NoPensiun(_) => links.no_pensiun,
                Identifier::Nik(_) => links.nik,
            }
        })
        .filter_map(|index| Some((index, self.list.get(index)?)))
    }

    pub(super) fn get(&self, index: usize) -> Option<&Account> {
        self.list.get(index)
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Account> {
        self.list.get_mut(index)
    }
}
