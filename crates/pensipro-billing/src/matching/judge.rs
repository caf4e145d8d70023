//! The two decisions about money: which billed line it is meant for, and what it makes of that line.

use pensipro_kernel::Money;

use super::accounts::{Account, Accounts};
use crate::{DuplicateReason, Identifier, Outcome, Split, UnmatchedReason};

/// What a payment makes of a billed line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    /// All that was cut, this payment counted, less what was billed.
    pub(super) difference: Money,
    /// What is more than billed, but for the tolerance; the loan account has the last word.
    pub(super) to_refund: Money,
}

impl Judged {
    /// Where an amount goes that was judged so; an earlier excess is no part of it.
    pub(super) fn split(&self, amount: Money) -> Split {
        let all = Split { applied: Money::ZERO, to_refund: amount, held: Money::ZERO };
        Split::paid(amount, self.to_refund).unwrap_or(all)
    }
}

/// Judges an amount against a billed line. The first payment may be any; a further one must be
/// another amount and no more than the rest, or it counts as money that was there before.
pub(super) fn judge(
    account: &Account,
    amount: Money,
    tolerance: Money,
) -> Result<Judged, DuplicateReason> {
    if !account.facts.payments.is_empty() {
        further_part(account, amount, tolerance)?;
    }
    let paid = account.paid().checked_add(amount).ok_or(DuplicateReason::ExceedsRest)?;
    weigh(paid, account.facts.billed, tolerance).ok_or(DuplicateReason::ExceedsRest)
}

/// What all that was cut makes of what was billed; `None` if the difference does not fit.
pub(super) fn weigh(paid: Money, billed: Money, tolerance: Money) -> Option<Judged> {
    let difference = paid.checked_sub(billed)?;
    let (outcome, to_refund) = if difference > tolerance {
        (Outcome::Over, difference)
    } else if difference.sen().saturating_neg() > tolerance.sen() {
        (Outcome::Partial, Money::ZERO)
    } else {
        (Outcome::Matched, Money::ZERO)
    };
    Some(Judged { outcome, difference, to_refund })
}

fn further_part(account: &Account, amount: Money, tolerance: Money) -> Result<(), DuplicateReason> {
    let rest = account.rest();
    let bound = rest.checked_add(tolerance).ok_or(DuplicateReason::ExceedsRest)?;
    if rest.is_zero() {
        Err(DuplicateReason::FullyPaid)
    } else if account.has_payment_of(amount) {
        Err(DuplicateReason::SameAmount)
    } else if amount > bound {
        Err(DuplicateReason::ExceedsRest)
    } else {
        Ok(())
    }
}

/// The billed line that a person's money is meant for: the one with exactly this rest, else within
/// the tolerance, else the only open one, else the first by due date that it does not exceed. Money
/// that may be a sum of several, or repeats what is paid on another line of the person, is not
/// guessed at.
pub(super) fn choose(
    accounts: &Accounts,
    identifier: Identifier,
    amount: Money,
    tolerance: Money,
) -> Result<usize, UnmatchedReason> {
    let all = || accounts.of(identifier);
    let open = || all().filter(|(_, account)| account.rest().is_positive());
    let first = all().next().ok_or(UnmatchedReason::NotBilled)?;
    let near = |account: &Account| {
        account.rest().sen().abs_diff(amount.sen()) <= tolerance.sen().unsigned_abs()
    };
    let exact = open().find(|(_, account)| account.rest() == amount);
    let found = exact
        .or_else(|| open().find(|(_, account)| near(account)))
        .or_else(|| all().find(|(_, account)| account.has_payment_of(amount)))
        .or_else(|| only(open()));
    match (found, open().next()) {
        (Some((index, _)), _) => Ok(index),
        (None, None) => Ok(first.0),
        (None, Some(_)) => among_several(&open().collect::<Vec<_>>(), amount, tolerance),
    }
}

/// The line of a person that failed: the only one there is.
pub(super) fn choose_failed(
    accounts: &Accounts,
    identifier: Identifier,
) -> Result<usize, UnmatchedReason> {
    accounts.of(identifier).next().ok_or(UnmatchedReason::NotBilled)?;
    only(accounts.of(identifier)).map(|(index, _)| index).ok_or(UnmatchedReason::Ambiguous)
}

fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

fn among_several(
    open: &[(usize, &Account)],
    amount: Money,
    tolerance: Money,
) -> Result<usize, UnmatchedReason> {
    let rests: Vec<i64> = open.iter().map(|(_, account)| account.rest().sen()).collect();
    if is_sum_of_several(&rests, amount.sen(), tolerance.sen()) {
        return Err(UnmatchedReason::Ambiguous);
    }
    let fits = open.iter().find(|(_, account)| amount <= account.rest());
    fits.map(|(index, _)| *index).ok_or(UnmatchedReason::Ambiguous)
}

/// More open lines than this for one person are not told apart by sums.
const SUMS_UP_TO: usize = 10;

/// True if two or more of the rests add up to the amount, within the tolerance.
fn is_sum_of_several(rests: &[i64], amount: i64, tolerance: i64) -> bool {
    fn adds_up(rests: &[i64], left: i64, tolerance: i64, taken: u32) -> bool {
        let hit = taken >= 2 && left.saturating_abs() <= tolerance;
        hit || match rests.split_first() {
            Some((first, others)) if left >= -tolerance => {
                adds_up(others, left.saturating_sub(*first), tolerance, taken.saturating_add(1))
                    || adds_up(others, left, tolerance, taken)
            }
            Some(_) | None => false,
        }
    }
    rests.len() > SUMS_UP_TO || adds_up(rests, amount, tolerance, 0)
}
