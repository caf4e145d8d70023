//! state = fold(terms, inputs, as_of): the whole history of a loan, in order.

use std::{iter::Peekable, vec};

use chrono::NaiveDate;

use crate::{account::Account, allocation::Allocation, hold::Holds, input::Input, rules::Rules};

/// What a replay gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The account, with all its rows.
    pub account: Account,
    /// What every payment paid, payments in their order.
    pub allocations: Vec<Allocation>,
}

/// A replay under way: how far it came, and what is still to be folded.
pub(crate) struct Fold<'a> {
    rules: &'a Rules,
    holds: &'a Holds,
    left: Peekable<vec::IntoIter<&'a Input>>,
    done: Replay,
}

impl<'a> Fold<'a> {
    /// Before the first of the inputs, which are given in any order.
    pub(crate) fn new(
        rules: &'a Rules,
        holds: &'a Holds,
        inputs: impl IntoIterator<Item = &'a Input>,
    ) -> Self {
        let mut ordered: Vec<_> = inputs.into_iter().collect();
        ordered.sort_unstable_by_key(|input| input.order());
        // A payment mostly pays interest and principal of a row.
        let allocations = Vec::with_capacity(ordered.len().saturating_mul(3));
        let done = Replay { account: Account::new(), allocations };
        Self { rules, holds, left: ordered.into_iter().peekable(), done }
    }

    /// Folds the inputs of value dates up to a day; gives the account after the last of them.
    pub(crate) fn through(&mut self, day: NaiveDate) -> &Account {
        while let Some(input) = self.left.next_if(|input| input.effective_on <= day) {
            self.apply(input);
        }
        &self.done.account
    }

    /// Folds the rest.
    pub(crate) fn finish(mut self) -> Replay {
        while let Some(input) = self.left.next() {
            self.apply(input);
        }
        self.done
    }

    fn apply(&mut self, input: &Input) {
        let Replay { account, allocations } = &mut self.done;
        account.apply(self.rules, self.holds, input, allocations);
    }
}

/// Folds the inputs, given in any order, into the account after the last of them.
///
/// Cost: one pass; each input looks at the rows that are open and overdue, and one more.
pub fn replay<'a>(
    rules: &'a Rules,
    holds: &'a Holds,
    inputs: impl IntoIterator<Item = &'a Input>,
) -> Replay {
    Fold::new(rules, holds, inputs).finish()
}

/// Folds the inputs of value dates up to a day, and brings the account to that day.
pub fn replay_as_of<'a>(
    rules: &'a Rules,
    holds: &'a Holds,
    inputs: impl IntoIterator<Item = &'a Input>,
    date: NaiveDate,
) -> Replay {
    let known = inputs.into_iter().filter(|input| input.effective_on <= date);
    let mut replay = replay(rules, holds, known);
    replay.account.bring_to(rules, holds, date);
    replay
}
