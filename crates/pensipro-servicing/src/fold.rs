//! state = fold(terms, inputs, as_of): the whole history of a loan, in order.

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

/// Folds the inputs, given in any order, into the account after the last of them.
///
/// Cost: one pass; each input looks at the rows that are open and overdue, and one more.
pub fn replay<'a>(
    rules: &Rules,
    holds: &Holds,
    inputs: impl IntoIterator<Item = &'a Input>,
) -> Replay {
    let mut ordered: Vec<_> = inputs.into_iter().collect();
    ordered.sort_unstable_by_key(|input| input.order());
    let mut account = Account::new();
    // A payment mostly pays interest and principal of a row.
    let mut allocations = Vec::with_capacity(ordered.len().saturating_mul(3));
    for input in ordered {
        account.apply(rules, holds, input, &mut allocations);
    }
    Replay { account, allocations }
}

/// Folds the inputs of value dates up to a day, and brings the account to that day.
pub fn replay_as_of<'a>(
    rules: &Rules,
    holds: &Holds,
    inputs: impl IntoIterator<Item = &'a Input>,
    date: NaiveDate,
) -> Replay {
    let known = inputs.into_iter().filter(|input| input.effective_on <= date);
    let mut replay = replay(rules, holds, known);
    replay.account.bring_to(rules, holds, date);
    replay
}
