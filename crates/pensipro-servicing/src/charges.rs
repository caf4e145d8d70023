//! Penalties charged by hand, and what is waived.

use chrono::NaiveDate;
use pensipro_kernel::Money;

use crate::{
    account::Account,
    amount::{plus, total},
    input::{ManualPenalty, Waivable, Waiver},
    row::{Row, RowKey},
    rules::Rules,
};

impl Account {
    /// Charges a penalty, where anything is owed.
    pub(crate) fn charge(&mut self, rules: &Rules, penalty: &ManualPenalty) {
        if !self.state().is_open() {
            return;
        }
        let ManualPenalty { amount, row: key } = *penalty;
        let asks = |row: &&mut Row| Some(row.key) == key && row.is_live() && !row.is_paid(rules);
        match self.unpaid_rows_mut().iter_mut().find(asks) {
            Some(row) => row.penalty_charged = plus(row.penalty_charged, amount),
            None => {
                let state = self.state_mut();
                state.loan_penalty = plus(state.loan_penalty, amount);
            }
        }
    }

    /// Waives at most what has accrued by a day.
    pub(crate) fn waive(&mut self, rules: &Rules, waiver: &Waiver, on: NaiveDate) {
        if !self.state().is_open() {
            return;
        }
        if waiver.component == Waivable::Settlement {
            let state = self.state_mut();
            state.discount = plus(state.discount, waiver.amount);
            return;
        }
        self.waive_accrued(rules, waiver, on);
    }

    /// Waives, and gives what was not needed of the amount.
    pub(crate) fn waive_accrued(&mut self, rules: &Rules, waiver: &Waiver, on: NaiveDate) -> Money {
        let Waiver { mut amount, component, row: key } = *waiver;
        if component == Waivable::Penalty && key.is_none() {
            let state = self.state_mut();
            let waived = amount.min(state.loan_penalty);
            state.loan_penalty = state.loan_penalty.minus_or_zero(waived);
            amount = amount.minus_or_zero(waived);
        }
        let state = *self.state();
        let rows = self.unpaid_rows_mut().iter_mut();
        for row in rows.filter(|row| key.is_none_or(|key| key == row.key)) {
            if state.due_date(row) <= on {
                let waived = amount.min(row.waivable(rules, component));
                row.note_waived(component, waived);
                amount = amount.minus_or_zero(waived);
            }
        }
        amount
    }

    /// Waives penalties, then fees, then interest, and gives what was not needed of the amount.
    pub(crate) fn waive_all(&mut self, rules: &Rules, amount: Money, on: NaiveDate) -> Money {
        let components = [Waivable::Penalty, Waivable::Fee, Waivable::Interest];
        components.into_iter().fold(amount, |amount, component| {
            self.waive_accrued(rules, &Waiver { amount, component, row: None }, on)
        })
    }

    /// What of a component has accrued by a day and is not paid: of one row, or in all.
    pub(crate) fn accrued(
        &self,
        rules: &Rules,
        component: Waivable,
        row: Option<RowKey>,
        on: NaiveDate,
    ) -> Money {
        let state = self.state();
        let beside = match (component, row) {
            (Waivable::Penalty, None) => state.loan_penalty,
            _ => Money::ZERO,
        };
        let due = self.open_rows().iter().filter(|each| state.due_date(each) <= on);
        let of_row = due.filter(|each| row.is_none_or(|key| key == each.key));
        plus(beside, total(of_row.map(|each| each.waivable(rules, component))))
    }
}

impl Row {
    fn waivable(&self, rules: &Rules, component: Waivable) -> Money {
        match component {
            Waivable::Penalty => self.penalty_left(rules),
            Waivable::Fee => self.fee_left(),
            Waivable::Interest => self.interest_left(),
            Waivable::Settlement => Money::ZERO,
        }
    }

    fn note_waived(&mut self, component: Waivable, amount: Money) {
        match component {
            Waivable::Penalty => self.penalty_waived = plus(self.penalty_waived, amount),
            Waivable::Fee => self.fee_waived = plus(self.fee_waived, amount),
            Waivable::Interest => self.interest_waived = plus(self.interest_waived, amount),
            Waivable::Settlement => {}
        }
    }
}
