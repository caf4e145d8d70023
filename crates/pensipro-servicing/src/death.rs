//! What a member's death does to his loan.

use chrono::NaiveDate;
use pensipro_kernel::Period;

use crate::{
    account::{Account, AccountState},
    allocation::Allocation,
    input::Input,
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
        if rules.freeze_interest_on_death && self.state().is_open() {
            let unearned = self.stop_interest(died);
            self.pay_on(rules, input.id, died, &unearned, parts);
        }
    }
}
