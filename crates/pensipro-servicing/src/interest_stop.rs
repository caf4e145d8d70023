//! Interest that stops on a day, and what was paid ahead of it.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};

use crate::{
    account::Account,
    allocation::{Allocation, Component, Purse},
    amount::total,
    input::{ExcessTo, PaidAs, PaymentInput},
    outstanding::running_interest,
    row::RowKey,
    rules::Rules,
};

/// Money that pays all that is owed, rows to come too.
pub(crate) const fn prepaying(amount: Money, due_through: NaiveDate) -> PaymentInput {
    PaymentInput {
        amount,
        due_through,
        tolerance: Money::ZERO,
        excess_to: ExcessTo::PrepayNext,
        paid_as: PaidAs::Ordinary,
    }
}

impl Account {
    /// Stops interest after a day: the running row keeps what was earned by then, later ones bear
    /// none. Gives by row what was paid ahead of it.
    pub(crate) fn stop_interest(&mut self, after: NaiveDate) -> Vec<(RowKey, Money)> {
        let to_come = self.rows_mut().iter_mut().filter(|row| row.due_date > after);
        to_come
            .filter(|row| row.is_live())
            .map(|row| (row.key, row.charge_at_most(running_interest(row, after))))
            .filter(|(_, beyond)| beyond.is_positive())
            .collect()
    }

    /// Interest that is not owed any more pays what else is, as money that prepays.
    pub(crate) fn pay_on(
        &mut self,
        rules: &Rules,
        transaction: TransactionId,
        due_through: NaiveDate,
        unearned: &[(RowKey, Money)],
        parts: &mut Vec<Allocation>,
    ) {
        let amount = total(unearned.iter().map(|(_, beyond)| *beyond));
        if !amount.is_positive() {
            return;
        }
        parts.extend(unearned.iter().map(|(row, beyond)| {
            let amount = negative(*beyond);
            Allocation { transaction, row: *row, component: Component::Interest, amount }
        }));
        let mut purse = Purse::new(transaction, amount, parts);
        self.pay_off(rules, &prepaying(amount, due_through), &mut purse);
        self.keep_excess(purse);
    }
}

pub(crate) const fn negative(amount: Money) -> Money {
    Money::from_sen(amount.sen().saturating_neg())
}
