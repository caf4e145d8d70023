//! Signed allocation deltas: a replay never rewrites what was booked, it books the difference.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, Money, TransactionId};

use crate::{
    allocation::{Allocation, Component},
    row::RowKey,
};

/// A booked change of what a payment pays. The present allocation is the sum of the deltas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocationDelta {
    /// The loan.
    pub loan_id: LoanId,
    /// The payment's transaction.
    pub transaction: TransactionId,
    /// The transaction that caused the change: the payment itself, or one entered later.
    pub caused_by: TransactionId,
    /// The row; [`RowKey::NONE`] for what belongs to none.
    pub row: RowKey,
    /// What it pays.
    pub component: Component,
    /// The change, never zero.
    pub amount: Money,
    /// The business date of the booking.
    pub booked_on: NaiveDate,
}

/// Who books a change, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    /// The loan.
    pub loan_id: LoanId,
    /// The transaction that caused it.
    pub transaction: TransactionId,
    /// Today.
    pub booked_on: NaiveDate,
}

impl Cause {
    /// The delta that books an allocation for the first time.
    pub(crate) fn first(self, part: Allocation) -> AllocationDelta {
        self.delta((part.transaction, part.row, part.component), part.amount)
    }

    fn delta(self, key: (TransactionId, RowKey, Component), amount: Money) -> AllocationDelta {
        let (transaction, row, component) = key;
        let Self { loan_id, transaction: caused_by, booked_on } = self;
        AllocationDelta { loan_id, transaction, caused_by, row, component, amount, booked_on }
    }
}

/// What to book today so that the sums of the deltas, `stored` now, become those of a replay. In
/// the order of transaction, row and component.
pub fn deltas(
    stored: &[Allocation],
    replayed: &[Allocation],
    cause: Cause,
) -> Vec<AllocationDelta> {
    let mut changes: BTreeMap<_, i64> = BTreeMap::new();
    let mut note = |part: &Allocation, sign: i64| {
        let change = changes.entry((part.transaction, part.row, part.component)).or_default();
        *change = change.saturating_add(part.amount.sen().saturating_mul(sign));
    };
    replayed.iter().for_each(|part| note(part, 1));
    stored.iter().for_each(|part| note(part, -1));
    let changed = changes.into_iter().filter(|(_, change)| *change != 0);
    changed.map(|(key, change)| cause.delta(key, Money::from_sen(change))).collect()
}
