//! Paying a loan off early, and giving one up.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};
use pensipro_pricing::{PenaltyBasis, PenaltyTerms};

use crate::{
    account::Account,
    allocation::Allocation,
    amount::{plus, share, total},
    hold::Holds,
    input::{Input, InputKind, Settlement},
    interest_stop::prepaying,
    outstanding::SettlementTotal,
    row::{Row, RowKey},
    rules::Rules,
};

/// What paying a loan off on a day takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// What is owed on that day, the interest of the running period included.
    pub owed: SettlementTotal,
    /// The penalty for paying off early.
    pub early_penalty: Money,
    /// What of the deposit is set against it.
    pub deposit: Money,
    /// What was waived for a settlement before.
    pub discount: Money,
    /// What is to be paid.
    pub total: Money,
}

impl Quote {
    /// The quote of an account brought to a day, for a loan of a tenor.
    pub fn of(
        account: &Account,
        rules: &Rules,
        early: Option<&PenaltyTerms>,
        tenor: u16,
        date: NaiveDate,
    ) -> Self {
        let owed = SettlementTotal::of(account, rules, date, date);
        let early_penalty =
            early.map_or(Money::ZERO, |terms| early_penalty(account, terms, tenor, date));
        // What the settlement would leave to be paid, from the one place that says what it does.
        let mut settled = account.clone();
        let kind = InputKind::Settlement(Settlement { early_penalty });
        let id = TransactionId::new(i64::MAX);
        let input = Input { id, effective_on: date, booked_on: date, kind };
        settled.apply(rules, &Holds::NONE, &input, &mut Vec::new());
        let (before, after) = (account.state(), settled.state());
        Self {
            owed,
            early_penalty,
            deposit: before.deposit.minus_or_zero(after.deposit),
            discount: before.discount.minus_or_zero(after.discount),
            total: SettlementTotal::of(&settled, rules, date, date).total,
        }
    }
}

/// The penalty for paying off what is not due yet: by the share of the tenor that remains.
fn early_penalty(account: &Account, terms: &PenaltyTerms, tenor: u16, date: NaiveDate) -> Money {
    let state = account.state();
    let to_come: Vec<&Row> =
        account.rows().iter().filter(|row| row.is_live() && state.due_date(row) > date).collect();
    let principal = total(to_come.iter().map(|row| row.principal_left()));
    if !principal.is_positive() {
        return Money::ZERO;
    }
    let remaining = u16::try_from(to_come.len()).unwrap_or(u16::MAX);
    match terms.basis_at(remaining, tenor.max(remaining)) {
        PenaltyBasis::PercentOnce(rate) => share(principal.sen(), rate),
        PenaltyBasis::Fixed(amount) => amount,
        PenaltyBasis::MonthsOfInterest(months) => {
            total(to_come.iter().take(months.into()).map(|row| row.interest_charged()))
        }
        // Never agreed for paying off early.
        PenaltyBasis::PercentPerDay(_) => Money::ZERO,
    }
}

impl Account {
    /// Interest stops, the penalty is charged, everything is due; discount and deposit pay.
    pub(crate) fn settle(
        &mut self,
        rules: &Rules,
        input: &Input,
        settlement: &Settlement,
        parts: &mut Vec<Allocation>,
    ) {
        if !self.state().is_open() {
            return;
        }
        let on = input.effective_on;
        let is_early = self
            .unpaid_rows()
            .iter()
            .any(|row| row.principal_left().is_positive() && self.state().due_date(row) > on);
        if is_early {
            let state = self.state_mut();
            state.loan_penalty = plus(state.loan_penalty, settlement.early_penalty);
        }
        let unearned = self.fall_due(on);
        let discount = self.state().discount;
        self.state_mut().discount = self.waive_all(rules, discount, on);
        self.pay_on(rules, input.id, on, &unearned, parts);
        let money = prepaying(self.state().deposit, on);
        self.draw_deposit(rules, input.id, &money, parts);
    }

    /// The loan closes with what is owed; interest stops, so that no more is recovered than was owed.
    pub(crate) fn write_off(&mut self, rules: &Rules, input: &Input, parts: &mut Vec<Allocation>) {
        if !self.state().is_open() {
            return;
        }
        let on = input.effective_on;
        let unearned = self.fall_due(on);
        self.pay_on(rules, input.id, on, &unearned, parts);
        self.skip_paid(rules);
        if self.owes_nothing() {
            return;
        }
        let state = self.state_mut();
        state.written_off_on = Some(on);
        state.closed_on = Some(on);
    }

    fn fall_due(&mut self, on: NaiveDate) -> Vec<(RowKey, Money)> {
        let unearned = self.stop_interest(on);
        self.state_mut().settled_on.get_or_insert(on);
        unearned
    }
}
