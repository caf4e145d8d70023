//! Refunds that were paid out or refused.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};

use crate::{
    account::Account,
    allocation::{Allocation, Component, Purse},
    input::{RefundPaid, RefundRefused},
    interest_stop::{negative, prepaying},
    row::RowKey,
    rules::Rules,
};

impl Account {
    /// Excess of a payment went back to the member. What of it is no excess, because the payment was
    /// taken back or is needed elsewhere, is due from him. `parts` are those of all inputs before.
    pub(crate) fn pay_refund(
        &mut self,
        transaction: TransactionId,
        refund: &RefundPaid,
        parts: &mut Vec<Allocation>,
    ) {
        let RefundPaid { payment, amount } = *refund;
        let there = amount.min(self.excess_of(payment, parts));
        self.take_excess(transaction, there, parts);
        self.claim(transaction, amount.minus_or_zero(there), parts);
    }

    /// The excess of a payment prepays, on the day of the refusal.
    pub(crate) fn refuse_refund(
        &mut self,
        rules: &Rules,
        refund: &RefundRefused,
        on: NaiveDate,
        parts: &mut Vec<Allocation>,
    ) {
        let payment = refund.payment;
        let amount = self.excess_of(payment, parts);
        if amount.is_positive() {
            self.take_excess(payment, amount, parts);
            let mut purse = Purse::new(payment, amount, parts);
            self.pay_off(rules, &prepaying(amount, on), &mut purse);
            self.keep_excess(purse);
        }
    }

    fn excess_of(&self, payment: TransactionId, parts: &[Allocation]) -> Money {
        let of_payment = parts
            .iter()
            .filter(|part| part.transaction == payment && part.component == Component::Excess);
        let sum = of_payment.fold(0_i64, |sum, part| sum.saturating_add(part.amount.sen()));
        Money::from_sen(sum.max(0)).min(self.state().excess)
    }

    fn take_excess(
        &mut self,
        transaction: TransactionId,
        amount: Money,
        parts: &mut Vec<Allocation>,
    ) {
        if amount.is_positive() {
            let (row, component) = (RowKey::NONE, Component::Excess);
            parts.push(Allocation { transaction, row, component, amount: negative(amount) });
            let state = self.state_mut();
            state.excess = state.excess.minus_or_zero(amount);
        }
    }
}
