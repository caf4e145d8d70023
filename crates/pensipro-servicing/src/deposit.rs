//! The member's own money that was held back.

use pensipro_kernel::{Money, TransactionId};

use crate::{
    account::Account,
    allocation::{Allocation, Component, Purse},
    amount::plus,
    input::{ExcessTo, Input, PaymentInput},
    interest_stop::{negative, prepaying},
    row::RowKey,
    rules::Rules,
};

impl Account {
    /// Pays what is due with as much of the deposit as is there; what is not needed stays.
    pub(crate) fn apply_deposit(
        &mut self,
        rules: &Rules,
        input: &Input,
        amount: Money,
        parts: &mut Vec<Allocation>,
    ) {
        let money = PaymentInput {
            excess_to: ExcessTo::Refund,
            ..prepaying(amount.min(self.state().deposit), input.effective_on)
        };
        self.draw_deposit(rules, input.id, &money, parts);
    }

    /// Pays with the deposit.
    pub(crate) fn draw_deposit(
        &mut self,
        rules: &Rules,
        transaction: TransactionId,
        money: &PaymentInput,
        parts: &mut Vec<Allocation>,
    ) {
        let mut purse = Purse::new(transaction, money.amount, parts);
        self.pay_off(rules, money, &mut purse);
        let spent = money.amount.minus_or_zero(purse.left());
        let state = self.state_mut();
        state.deposit = state.deposit.minus_or_zero(spent);
    }

    /// Gives the deposit back. What turns out not to have been there is due from the member.
    pub(crate) fn release_deposit(
        &mut self,
        transaction: TransactionId,
        amount: Money,
        parts: &mut Vec<Allocation>,
    ) {
        let state = self.state_mut();
        let there = amount.min(state.deposit);
        state.deposit = state.deposit.minus_or_zero(there);
        self.claim(transaction, amount.minus_or_zero(there), parts);
    }

    /// Money that went out without being owed is due from the member.
    pub(crate) fn claim(
        &mut self,
        transaction: TransactionId,
        amount: Money,
        parts: &mut Vec<Allocation>,
    ) {
        if amount.is_positive() {
            let (row, component) = (RowKey::NONE, Component::DueFromMember);
            parts.push(Allocation { transaction, row, component, amount: negative(amount) });
            let state = self.state_mut();
            state.due_from_member = plus(state.due_from_member, amount);
        }
    }
}
