//! What a member's death does to his loan.

use chrono::NaiveDate;
use pensipro_kernel::{Money, Period, TransactionId};

use crate::{
    account::{Account, AccountState},
    allocation::{Allocation, Component, Purse},
    amount::{plus, total},
    input::{ExcessTo, Input, PaidAs, PaymentInput},
    outstanding::running_interest,
    row::RowKey,
    rules::Rules,
};

impl AccountState {
    /// True if the member died before the month of this day began: a pension cut for that month is
    /// the payer's money.
    pub(crate) fn died_before(&self, day: NaiveDate) -> bool {
        self.deceased_on.is_some_and(|died| died < Period::of(day).first_day())
    }
}

impl Account {
    /// From its value date the account knows of the death. Where the terms say so, interest stops:
    /// the running row keeps what was earned by then, later ones bear none, and what was paid ahead
    /// of interest pays what else is owed.
    pub(crate) fn learn_of_death(
        &mut self,
        rules: &Rules,
        input: &Input,
        parts: &mut Vec<Allocation>,
    ) {
        let died = *self.state_mut().deceased_on.get_or_insert(input.effective_on);
        if rules.freeze_interest_on_death && self.state().is_open() {
            let unearned = self.stop_interest(died);
            self.pay_on(rules, input.id, died, unearned, parts);
        }
    }

    /// Stops interest after a day, and gives by row what was paid ahead of it.
    pub(crate) fn stop_interest(&mut self, after: NaiveDate) -> Vec<(RowKey, Money)> {
        let to_come = self.rows_mut().iter_mut().filter(|row| row.due_date > after);
        to_come
            .filter(|row| row.is_live())
            .map(|row| (row.key, row.charge_at_most(running_interest(row, after))))
            .filter(|(_, beyond)| beyond.is_positive())
            .collect()
    }

    /// Interest that is not owed any more pays what else is, as money that prepays.
    fn pay_on(
        &mut self,
        rules: &Rules,
        transaction: TransactionId,
        due_through: NaiveDate,
        unearned: Vec<(RowKey, Money)>,
        parts: &mut Vec<Allocation>,
    ) {
        let amount = total(unearned.iter().map(|(_, beyond)| *beyond));
        if !amount.is_positive() {
            return;
        }
        parts.extend(unearned.into_iter().map(|(row, beyond)| Allocation {
            transaction,
            row,
            component: Component::Interest,
            amount: Money::from_sen(beyond.sen().saturating_neg()),
        }));
        let mut purse = Purse::new(transaction, amount, parts);
        let payment = PaymentInput {
            amount,
            due_through,
            tolerance: Money::ZERO,
            excess_to: ExcessTo::PrepayNext,
            paid_as: PaidAs::Ordinary,
        };
        self.pay_rows(rules, &payment, &mut purse);
        let rest = purse.keep_rest();
        let state = self.state_mut();
        state.excess = plus(state.excess, rest);
    }
}
