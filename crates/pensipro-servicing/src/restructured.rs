//! Rows that take the place of others: what a restructure does to an account.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};
use pensipro_pricing::Repayment;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    allocation::{Allocation, Component, Purse},
    amount::{plus, total},
    input::Input,
    interest_stop::negative,
    row::{Instalment, Row, RowKey, RowState},
    rules::Rules,
};

pensipro_kernel::codes! {
    /// What becomes of what is in arrears. Its principal goes into the new rows, unless it is carried.
    pub enum Arrears {
        /// Interest, fees and penalties become principal.
        Capitalise = "capitalise",
        /// All of it is a row of its own, due on the day of the restructure.
        Carry = "carry",
        /// Interest, fees and penalties are waived.
        Waive = "waive",
    }
}

/// What a restructure agrees. The rows that it makes follow from what is outstanding on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restructured {
    /// How the principal is repaid. Live rows from its first due date on are replaced.
    pub repayment: Repayment,
    /// What becomes of the rows that are due.
    pub arrears: Arrears,
    /// Of their interest, fees and penalties, what is capitalised or waived at the most.
    pub settled: Money,
}

/// What replaced rows leave to those that take their place.
#[derive(Debug, Default)]
struct Left {
    /// Of rows that are due.
    due: Instalment,
    /// Of rows to come; their interest is not owed any more.
    to_come: Instalment,
    penalty: Money,
    /// Interest that was paid on rows to come.
    unearned: Vec<(RowKey, Money)>,
    /// Due dates of rows whose cut failed, and when it did.
    failed: Vec<(NaiveDate, NaiveDate)>,
}

impl Account {
    /// Replaces the rows that are due and those to come. A loan on which nothing runs any more, because
    /// it is closed or was settled, is left as it is.
    pub(crate) fn restructure(
        &mut self,
        rules: &Rules,
        input: &Input,
        agreed: &Restructured,
        parts: &mut Vec<Allocation>,
    ) {
        if !self.state().is_open() || self.state().settled_on.is_some() {
            return;
        }
        let (id, on) = (input.id, input.effective_on);
        let capitalised = self.settle_arrears(rules, input, agreed, parts);
        let left = self.supersede(rules, on, agreed.repayment.first_due);
        let held = self.replace(id, on, agreed, &left, capitalised);
        lend(id, plus(capitalised, total(held.iter().map(|part| part.amount))), parts);
        parts.extend(held);
        let state = self.state_mut();
        state.loan_penalty = plus(state.loan_penalty, left.penalty);
        let mut unearned = left.unearned;
        if let Some(stopped) = self.state().interest_stops_on(rules) {
            unearned.extend(self.stop_interest(stopped));
        }
        self.pay_on(rules, id, on, &unearned, parts);
    }

    /// Capitalises or waives what is in arrears beside principal, and gives what was capitalised.
    fn settle_arrears(
        &mut self,
        rules: &Rules,
        input: &Input,
        agreed: &Restructured,
        parts: &mut Vec<Allocation>,
    ) -> Money {
        let on = input.effective_on;
        match agreed.arrears {
            Arrears::Carry => Money::ZERO,
            Arrears::Waive => {
                self.waive_all(rules, agreed.settled, on);
                Money::ZERO
            }
            Arrears::Capitalise => {
                let mut purse = Purse::new(input.id, agreed.settled, parts);
                self.pay_charges(rules, on, &mut purse);
                agreed.settled.minus_or_zero(purse.left())
            }
        }
    }

    /// Takes off what rows that are due, and rows to come from a day on, still ask for.
    fn supersede(&mut self, rules: &Rules, on: NaiveDate, from: NaiveDate) -> Left {
        let mut left = Left::default();
        for row in self.rows_mut().iter_mut().filter(|row| row.is_live()) {
            let is_due = row.due_date <= on;
            let stays = if is_due { row.is_paid(rules) } else { row.due_date < from };
            if !stays {
                left.take(row, rules, is_due);
            }
        }
        left
    }

    /// Puts the new rows in their place, and gives what pays the interest of a holiday.
    fn replace(
        &mut self,
        id: TransactionId,
        on: NaiveDate,
        agreed: &Restructured,
        left: &Left,
        capitalised: Money,
    ) -> Vec<Allocation> {
        let Restructured { repayment, arrears, .. } = agreed;
        let mut rows = Vec::with_capacity(usize::from(repayment.rows).saturating_add(1));
        let mut joined = left.due;
        if *arrears == Arrears::Carry {
            rows.push(Row::new(RowKey::new(id, 1), on, on, std::mem::take(&mut joined)));
        }
        let carried = u16::try_from(rows.len()).unwrap_or(0);
        let repaid = total([left.to_come.principal, joined.principal, capitalised]);
        // What of the arrears was neither capitalised nor waived is due with the first new row.
        let mut extra = Instalment {
            principal: Money::ZERO,
            interest: joined.interest,
            fee: plus(joined.fee, left.to_come.fee),
        };
        let mut starts_on = repayment.starts_on;
        let mut held = Vec::new();
        for made in repayment.rows_of(repaid) {
            let key = RowKey::new(id, made.no.saturating_add(carried));
            let Instalment { interest, fee, .. } = std::mem::take(&mut extra);
            let interest = plus(made.interest, interest);
            let owed = Instalment { principal: made.principal, interest, fee };
            let mut row = Row::new(key, starts_on, made.due_date, owed);
            row.cut_failed_on = left.cut_failed_on(made.due_date);
            if made.no <= repayment.holiday && made.interest.is_positive() {
                row.interest_paid = made.interest;
                let (component, amount) = (Component::Interest, made.interest);
                held.push(Allocation { transaction: id, row: key, component, amount });
            }
            starts_on = made.due_date;
            rows.push(row);
        }
        self.add_rows(rows, repayment.maturity());
        held
    }
}

impl Left {
    /// Takes off what a row still asks for; one to come gives back the interest paid ahead.
    fn take(&mut self, row: &mut Row, rules: &Rules, is_due: bool) {
        let sums = if is_due { &mut self.due } else { &mut self.to_come };
        sums.principal = plus(sums.principal, row.principal_left());
        sums.interest = plus(sums.interest, row.interest_left());
        sums.fee = plus(sums.fee, row.fee_left());
        self.penalty = plus(self.penalty, row.penalty_left(rules));
        if !is_due && row.interest_paid.is_positive() {
            self.unearned.push((row.key, std::mem::take(&mut row.interest_paid)));
        }
        self.failed.extend(row.cut_failed_on.map(|failed| (row.due_date, failed)));
        row.state = RowState::Superseded;
    }

    fn cut_failed_on(&self, due_date: NaiveDate) -> Option<NaiveDate> {
        let of_date = self.failed.iter().filter(|(due, _)| *due == due_date);
        of_date.map(|(_, failed)| *failed).max()
    }
}

/// What is capitalised pays what was owed, and is owed as principal.
fn lend(transaction: TransactionId, amount: Money, parts: &mut Vec<Allocation>) {
    if amount.is_positive() {
        let (row, component) = (RowKey::NONE, Component::Principal);
        parts.push(Allocation { transaction, row, component, amount: negative(amount) });
    }
}
