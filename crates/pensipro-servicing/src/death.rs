//! What a member's death does to his loan, and interest that stops, by it or by hand.

use chrono::NaiveDate;
use pensipro_kernel::Period;

use crate::{
    account::{Account, AccountState},
    allocation::Allocation,
    input::Input,
    rules::Rules,
};

impl AccountState {
    /// The day after which the loan bears no interest.
    pub(crate) fn interest_stops_on(&self, rules: &Rules) -> Option<NaiveDate> {
        let died = self.deceased_on.filter(|_| rules.freeze_interest_on_death);
        died.into_iter().chain(self.frozen_on).min()
    }

    /// True if the member died before the month of this day began: a pension cut for that month is
    /// the payer's money.
    pub(crate) fn died_before(&self, day: NaiveDate) -> bool {
        self.deceased_on.is_some_and(|died| died < Period::of(day).first_day())
    }
}

impl Account {
    /// From its value date the account knows of the death. Where the terms say so, interest stops,
    /// and what was paid ahead of it pays what else is owed.
    pub(crate) fn learn_of_death(
        &mut self,
        rules: &Rules,
        input: &Input,
        parts: &mut Vec<Allocation>,
    ) {
        let died = input.effective_on;
        if self.state().deceased_on.is_some() {
            return;
        }
        self.state_mut().deceased_on = Some(died);
        if rules.freeze_interest_on_death {
            self.stop_and_pay_on(rules, input, parts);
        }
    }

    /// Interest stops from the value date on, for whatever rows there are or will be.
    pub(crate) fn freeze_interest(
        &mut self,
        rules: &Rules,
        input: &Input,
        parts: &mut Vec<Allocation>,
    ) {
        self.state_mut().frozen_on.get_or_insert(input.effective_on);
        self.stop_and_pay_on(rules, input, parts);
    }

    fn stop_and_pay_on(&mut self, rules: &Rules, input: &Input, parts: &mut Vec<Allocation>) {
        if self.state().is_open() {
            let unearned = self.stop_interest(input.effective_on);
            self.pay_on(rules, input.id, input.effective_on, &unearned, parts);
        }
    }
}
