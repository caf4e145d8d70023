//! The loan account: what the inputs made of a loan, as a pure state machine.

use chrono::NaiveDate;
use pensipro_kernel::Money;

use crate::{
    allocation::{Allocation, BEFORE_PRINCIPAL, Component, Purse, spread},
    amount::plus,
    hold::Holds,
    input::{Disbursed, FailedCut, Input, InputKind, Order, PaidAs, PaymentInput, StatusByHand},
    loan::{Collection, LoanStatus},
    overdue::{Day, Elapsed},
    row::{Row, RowKey},
    rules::Rules,
};

/// A loan's account on a day.
///
/// It applies inputs in their order and is brought forward in time; both are total: they take every
/// input and every later day, whatever came before. What is not owed becomes excess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    state: AccountState,
    rows: Vec<Row>,
    /// Rows before this one ask for nothing any more.
    first_open: usize,
    on: Option<NaiveDate>,
}

/// What an account holds beside its rows, as it stands after its last input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AccountState {
    /// The loan's dates; `None` before the disbursement.
    pub dates: Option<LoanDates>,
    /// When everything was paid.
    pub closed_on: Option<NaiveDate>,
    /// The first day of the present default that follows from arrears.
    pub default_since: Option<NaiveDate>,
    /// Since when the loan is in default by hand.
    pub default_by_hand_since: Option<NaiveDate>,
    /// The day on which the member died.
    pub deceased_on: Option<NaiveDate>,
    /// The day on which interest stopped, by hand.
    pub frozen_on: Option<NaiveDate>,
    /// How instalments are collected.
    pub collection: Collection,
    /// The day of a settlement: from it all rows are due, without the interest after it.
    pub settled_on: Option<NaiveDate>,
    /// When the loan was written off.
    pub written_off_on: Option<NaiveDate>,
    /// The last input; its value date is the day on which stored balances stand.
    pub last: Option<Order>,
    /// Money of the member's that is not owed: to be refunded.
    pub excess: Money,
    /// Refunds paid out whose payments were reversed.
    pub due_from_member: Money,
    /// Instalments of the member's own money held back.
    pub deposit: Money,
    /// Penalties that belong to no row.
    pub loan_penalty: Money,
    /// What a settlement may leave out.
    pub discount: Money,
}

/// The dates of a disbursed loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanDates {
    /// Value date of the disbursement.
    pub disbursed_on: NaiveDate,
    /// Due date of the first row.
    pub first_due_date: NaiveDate,
    /// Due date of the last row.
    pub maturity_date: NaiveDate,
}

impl AccountState {
    /// The status that follows.
    pub const fn status(&self) -> LoanStatus {
        let in_default = self.default_since.is_some() || self.default_by_hand_since.is_some();
        match (self.dates, self.closed_on) {
            (None, _) => LoanStatus::Pending,
            (Some(_), Some(_)) => LoanStatus::Closed,
            (Some(_), None) if in_default => LoanStatus::Default,
            (Some(_), None) => LoanStatus::Active,
        }
    }

    pub(crate) const fn is_open(&self) -> bool {
        self.dates.is_some() && self.closed_on.is_none()
    }

    /// True if rows ask for money: a written-off loan is closed, and still takes it.
    pub(crate) const fn takes_money(&self) -> bool {
        self.is_open() || self.written_off_on.is_some()
    }

    /// When a row is to be paid: all of them on the day of a settlement at the latest.
    pub fn due_date(&self, row: &Row) -> NaiveDate {
        self.settled_on.map_or(row.due_date, |settled| settled.min(row.due_date))
    }
}

impl Account {
    /// The account of a loan without inputs.
    pub fn new() -> Self {
        Self { state: AccountState::default(), rows: Vec::new(), first_open: 0, on: None }
    }

    /// The account as stored after its last input. Of the rows made by a disbursement or
    /// restructure it needs those that are not paid and those due after the last input's value
    /// date; more do no harm.
    pub fn from_stored(mut state: AccountState, mut rows: Vec<Row>, rules: &Rules) -> Self {
        let on = state.last.map(|order| order.effective_on);
        // A default that began later was noted by an end of day; time will tell it again.
        state.default_since = state.default_since.filter(|since| on.is_some_and(|on| *since <= on));
        if state.dates.is_none() {
            rows.clear();
        }
        rows.sort_unstable_by_key(|row| (row.due_date, row.key));
        let mut account = Self { state, rows, first_open: 0, on };
        account.skip_paid(rules);
        account
    }

    /// What it holds beside its rows.
    pub const fn state(&self) -> &AccountState {
        &self.state
    }

    /// Its rows by due date: all of them after a replay, otherwise those it was given.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The day on which it stands; `None` before any input.
    pub const fn on(&self) -> Option<NaiveDate> {
        self.on
    }

    /// The loan's status on that day.
    pub const fn status(&self) -> LoanStatus {
        self.state.status()
    }

    /// True if no input applied so far comes after this one, so that it can be applied in place.
    pub fn takes(&self, order: &Order) -> bool {
        self.state.last.is_none_or(|last| last < *order)
    }

    /// The oldest due date on which something is unpaid that counts as late, now or later.
    pub fn oldest_unpaid_due(&self) -> Option<NaiveDate> {
        let mut owing = self.open_rows().iter().filter(|row| row.late_base().is_positive());
        owing.next().map(|row| self.state.due_date(row))
    }

    /// Rows from the first that still asks for something; none once the loan is written off.
    pub fn open_rows(&self) -> &[Row] {
        match self.state.written_off_on {
            Some(_) => &[],
            None => self.unpaid_rows(),
        }
    }

    /// The same, also of a loan that is written off.
    pub(crate) fn unpaid_rows(&self) -> &[Row] {
        self.rows.get(self.first_open..).unwrap_or(&[])
    }

    pub(crate) fn unpaid_rows_mut(&mut self) -> &mut [Row] {
        self.rows.get_mut(self.first_open..).unwrap_or_default()
    }

    /// Brings the account to a later day: overdue days are counted, and a default begins. An
    /// earlier day changes nothing.
    pub fn bring_to(&mut self, rules: &Rules, holds: &Holds, date: NaiveDate) {
        let from = self.on.unwrap_or(date);
        self.on = Some(from.max(date));
        if date <= from || !self.state.is_open() {
            return;
        }
        if self.unpaid_rows().first().is_none_or(|row| self.state.due_date(row) >= date) {
            return;
        }
        // What is in default already is so since an earlier day.
        let was_in_default = self.state.default_since.is_some();
        let time = Elapsed::new(from, date);
        let (state, rows) = (&mut self.state, self.rows.iter_mut().skip(self.first_open));
        for row in rows {
            let due = state.due_date(row);
            if due >= date {
                break;
            }
            let holds = holds.of(row.due_date);
            let due = Day::from(due);
            if let Some(late) = &rules.late {
                row.count_overdue(late, holds, &due, &time);
            }
            if !was_in_default {
                let began = row.default_began(rules, holds, &due, &time);
                state.default_since = state.default_since.into_iter().chain(began).min();
            }
        }
    }

    /// The account on a later day.
    #[must_use]
    pub fn brought_to(&self, rules: &Rules, holds: &Holds, date: NaiveDate) -> Self {
        let mut later = self.clone();
        later.bring_to(rules, holds, date);
        later
    }

    /// Applies the next input in order; what it pays is added to `parts`.
    pub fn apply(
        &mut self,
        rules: &Rules,
        holds: &Holds,
        input: &Input,
        parts: &mut Vec<Allocation>,
    ) {
        self.bring_to(rules, holds, input.effective_on);
        let on = input.effective_on;
        match &input.kind {
            InputKind::Disbursement(disbursed) => self.disburse(rules, disbursed, on),
            InputKind::Death => self.learn_of_death(rules, input, parts),
            InputKind::InterestFreeze => self.freeze_interest(rules, input, parts),
            InputKind::Restructure(agreed) => self.restructure(rules, input, agreed, parts),
            InputKind::ManualPenalty(penalty) => self.charge(rules, penalty),
            InputKind::FailedCut(cut) => self.fail_cut(rules, cut, on),
            InputKind::Waiver(waiver) => self.waive(rules, waiver, on),
            InputKind::DepositApplied(amount) => self.apply_deposit(rules, input, *amount, parts),
            InputKind::DepositReleased(amount) => self.release_deposit(input.id, *amount, parts),
            InputKind::Payment(payment) | InputKind::Recovery(payment) => {
                self.receive(rules, payment, Purse::new(input.id, payment.amount, parts));
            }
            InputKind::Settlement(settlement) => self.settle(rules, input, settlement, parts),
            InputKind::WriteOff => self.write_off(rules, input, parts),
            InputKind::Status(status) => self.set_status(status.to, on),
            InputKind::Collection(collection) => self.state.collection = collection.to,
            InputKind::RefundPaid(refund) => self.pay_refund(input.id, refund, parts),
            InputKind::RefundRefused(refund) => self.refuse_refund(rules, refund, on, parts),
        }
        self.state.last = Some(input.order());
        self.conclude(rules, input.effective_on);
    }

    fn disburse(&mut self, rules: &Rules, disbursed: &Disbursed, on: NaiveDate) {
        let (Some(first), Some(last)) = (disbursed.rows.first(), disbursed.rows.last()) else {
            return;
        };
        if self.state.dates.is_some() {
            return;
        }
        self.state.dates = Some(LoanDates {
            disbursed_on: on,
            first_due_date: first.due_date,
            maturity_date: last.due_date,
        });
        self.state.deposit = plus(self.state.deposit, disbursed.deposit);
        self.rows.clone_from(&disbursed.rows);
        if let Some(stopped) = self.state.interest_stops_on(rules) {
            self.stop_interest(stopped);
        }
    }

    fn set_status(&mut self, to: StatusByHand, on: NaiveDate) {
        match to {
            StatusByHand::Active => self.state.default_by_hand_since = None,
            StatusByHand::Default if self.state.is_open() => {
                self.state.default_by_hand_since.get_or_insert(on);
            }
            // A loan on which nothing is owed is closed already.
            StatusByHand::Default | StatusByHand::Closed => {}
        }
    }

    /// A row that was paid before its cut is known to have failed is charged nothing for the waiting.
    fn fail_cut(&mut self, rules: &Rules, cut: &FailedCut, on: NaiveDate) {
        let billed = cut.due_from..=cut.due_through;
        for row in self.rows.iter_mut().skip(self.first_open) {
            if billed.contains(&row.due_date) && !row.is_paid(rules) {
                row.fail_cut(on);
            }
        }
    }

    fn receive(&mut self, rules: &Rules, payment: &PaymentInput, mut purse: Purse<'_>) {
        if payment.paid_as == PaidAs::PensionCut && self.state.died_before(payment.due_through) {
            self.keep_excess(purse);
            return;
        }
        self.pay_off(rules, payment, &mut purse);
        self.keep_excess(purse);
    }

    /// Pays what belongs to no row, then the rows; what is not owed stays in the purse.
    pub(crate) fn pay_off(&mut self, rules: &Rules, money: &PaymentInput, purse: &mut Purse<'_>) {
        let owed = self.state.due_from_member;
        let returned = purse.pay(RowKey::NONE, Component::DueFromMember, owed);
        self.state.due_from_member = owed.minus_or_zero(returned);
        if !self.state.takes_money() {
            return;
        }
        self.pay_loan_penalty(purse);
        let all_due = self.state.settled_on.map(|_| NaiveDate::MAX);
        let due_through = all_due.unwrap_or(money.due_through);
        let money = PaymentInput { due_through, ..*money };
        spread(purse, self.unpaid_rows_mut(), &money, rules);
    }

    /// Pays penalties, and fees and interest of rows that are due, no principal.
    pub(crate) fn pay_charges(&mut self, rules: &Rules, on: NaiveDate, purse: &mut Purse<'_>) {
        self.pay_loan_penalty(purse);
        let due = self.unpaid_rows_mut().iter_mut().filter(|row| row.due_date <= on);
        due.for_each(|row| purse.pay_row(row, &BEFORE_PRINCIPAL, rules));
    }

    fn pay_loan_penalty(&mut self, purse: &mut Purse<'_>) {
        let owed = self.state.loan_penalty;
        let paid = purse.pay(RowKey::NONE, Component::Penalty, owed);
        self.state.loan_penalty = owed.minus_or_zero(paid);
    }

    /// What is not owed is excess.
    pub(crate) fn keep_excess(&mut self, mut purse: Purse<'_>) {
        self.state.excess = plus(self.state.excess, purse.keep_rest());
    }

    pub(crate) const fn state_mut(&mut self) -> &mut AccountState {
        &mut self.state
    }

    pub(crate) const fn rows_mut(&mut self) -> &mut [Row] {
        self.rows.as_mut_slice()
    }

    /// Takes rows in, the last of them due on a day.
    pub(crate) fn add_rows(&mut self, rows: Vec<Row>, maturity_date: NaiveDate) {
        self.rows.extend(rows);
        self.rows.sort_unstable_by_key(|row| (row.due_date, row.key));
        self.first_open = 0;
        if let Some(dates) = &mut self.state.dates {
            dates.maturity_date = maturity_date;
        }
    }

    /// What follows from an input at once: a default is cured once no arrears remain, a loan with
    /// nothing owed closes, and one that a refund paid twice makes owed again opens.
    fn conclude(&mut self, rules: &Rules, on: NaiveDate) {
        if self.state.takes_money() {
            self.skip_paid(rules);
        }
        if self.state.written_off_on.is_some() || self.state.dates.is_none() {
            return;
        }
        let owes_beside = self.owes_beside();
        if owes_beside {
            self.state.closed_on = None;
        }
        if !self.state.is_open() {
            return;
        }
        if self.oldest_unpaid_due().is_none_or(|due| due >= on) {
            self.state.default_since = None;
        }
        if self.owes_nothing() {
            self.state.closed_on = Some(on);
        }
    }

    /// True if something is owed that belongs to no row.
    fn owes_beside(&self) -> bool {
        !self.state.due_from_member.is_zero() || !self.state.loan_penalty.is_zero()
    }

    /// True if nothing is owed at all; paid rows have been skipped.
    pub(crate) fn owes_nothing(&self) -> bool {
        self.first_open == self.rows.len() && !self.owes_beside()
    }

    pub(crate) fn skip_paid(&mut self, rules: &Rules) {
        let paid = self.open_rows().iter().take_while(|row| row.is_paid(rules)).count();
        self.first_open = self.first_open.saturating_add(paid);
    }
}

impl Default for Account {
    fn default() -> Self {
        Self::new()
    }
}
