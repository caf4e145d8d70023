//! A loan in hand: its account, and how inputs are posted to it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, Money, TransactionId};

use crate::{
    account::Account,
    allocation::{Allocation, Component},
    amount::plus,
    delta::{Cause, deltas},
    entered::{Entered, TakenBack},
    error::ServicingError,
    fold::{replay, replay_as_of},
    hold::Holds,
    input::{Input, InputKind, Order},
    loan::{Loan, LoanBalances, LoanStatus, StoredLoan},
    outstanding::Outstanding,
    posting::{NewTransaction, PostingBatch, RowChange, TransactionBody},
    row::{Row, RowKey, RowState},
    rules::{KolektibilitasBounds, Rules, ServicingPolicy},
};

/// All that a replay of a loan needs, and what was booked of it so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoanHistory {
    /// What was entered.
    pub entered: Entered,
    /// The reversals.
    pub reversals: Vec<TransactionId>,
    /// What every payment pays: the sums of the deltas that are not zero.
    pub allocations: Vec<Allocation>,
    /// Every stored row with a maker, superseded ones too.
    pub rows: Vec<Row>,
}

/// A loan with its account, locked and ready to be posted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLoan {
    loan: Loan,
    rules: Rules,
    holds: Holds,
    account: Account,
    history: Option<LoanHistory>,
}

/// How much of a payment is to be refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundDue {
    /// The loan.
    pub loan_id: LoanId,
    /// The payment.
    pub transaction: TransactionId,
    /// How much in all; nothing if a refund is no longer due.
    pub amount: Money,
}

/// What posting did, beside what is to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posted {
    /// What the new payment pays.
    pub allocations: Vec<Allocation>,
    /// The payments whose refund is now another than before.
    pub refunds: Vec<RefundDue>,
}

impl OpenLoan {
    /// The loan with its account as stored.
    pub fn new(stored: StoredLoan, policy: &ServicingPolicy) -> Self {
        let StoredLoan { loan, state, rows, holds } = stored;
        let rules = Rules::of(&loan.terms, policy);
        let account = Account::from_stored(state, rows, &rules);
        Self { loan, rules, holds: Holds::new(holds), account, history: None }
    }

    /// The same with its history, which an input out of order and a reversal need.
    #[must_use]
    pub fn with_history(mut self, history: LoanHistory) -> Self {
        self.history = Some(history);
        self
    }

    /// The loan.
    pub const fn loan(&self) -> &Loan {
        &self.loan
    }

    /// Its rules.
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Its account after the last input.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// Its holds.
    pub const fn holds(&self) -> &Holds {
        &self.holds
    }

    /// Its history, where it was given.
    pub const fn history(&self) -> Option<&LoanHistory> {
        self.history.as_ref()
    }

    /// True if an input of this place can only be posted by a replay.
    pub fn needs_history_for(&self, order: &Order) -> bool {
        self.history.is_none() && !self.takes_in_place(order)
    }

    /// True if inputs of these places can be posted one after the other, each in place.
    pub fn takes_in_turn(&self, orders: &[Order]) -> bool {
        orders.first().is_none_or(|first| self.account.takes(first))
            && orders.is_sorted()
            && !orders.iter().any(|order| order.rank.looks_back())
    }

    fn takes_in_place(&self, order: &Order) -> bool {
        self.account.takes(order) && !order.rank.looks_back()
    }

    /// True if the stored account tells nothing of this day, because inputs came later.
    pub fn needs_history_on(&self, date: NaiveDate) -> bool {
        self.history.is_none() && self.account.on().is_some_and(|on| date < on)
    }

    /// The account on any day, with all inputs known now.
    pub fn account_on(&self, date: NaiveDate) -> Result<Account, ServicingError> {
        match &self.history {
            _ if self.account.on().is_none_or(|on| date >= on) => {
                Ok(self.account.brought_to(&self.rules, &self.holds, date))
            }
            Some(history) => {
                Ok(replay_as_of(&self.rules, &self.holds, &history.entered.inputs, date).account)
            }
            None => Err(ServicingError::HistoryMissing),
        }
    }

    /// The loan's status where its account stands so: no account tells of a cancellation, and nothing
    /// leads back from it.
    pub const fn status_of(&self, account: &Account) -> LoanStatus {
        match self.loan.status {
            LoanStatus::Cancelled => LoanStatus::Cancelled,
            _ => account.status(),
        }
    }

    /// What is owed on any day, with all inputs known now.
    pub fn outstanding_on(
        &self,
        bounds: &KolektibilitasBounds,
        date: NaiveDate,
    ) -> Result<Outstanding, ServicingError> {
        Ok(Outstanding::of(&self.account_on(date)?, &self.rules, bounds, date))
    }

    /// What storage keeps of the account.
    pub fn balances(&self) -> LoanBalances {
        let status = self.status_of(&self.account);
        LoanBalances { status, ..LoanBalances::of(&self.account, &self.rules) }
    }

    /// Posts an input: in place where none comes after it, otherwise by a replay.
    pub fn post(
        &mut self,
        input: Input,
        batch: &mut PostingBatch,
    ) -> Result<Posted, ServicingError> {
        self.post_because(input, None, batch)
    }

    /// The same with the reason that somebody gave.
    pub fn post_because(
        &mut self,
        input: Input,
        reason: Option<String>,
        batch: &mut PostingBatch,
    ) -> Result<Posted, ServicingError> {
        let cause = self.cause(input.id, input.booked_on);
        let takes_in_place = self.takes_in_place(&input.order());
        let posted = match &mut self.history {
            Some(history) => {
                history.entered.inputs.push(input.clone());
                self.post_replay(cause, batch)
            }
            None if takes_in_place => self.post_in_place(&input, cause, batch),
            None => return Err(ServicingError::HistoryMissing),
        };
        batch.transactions.push(NewTransaction::of_input(self.loan.id, input, reason));
        self.keep_balances(batch);
        Ok(posted)
    }

    /// Posts the reversal of an input, by a replay without it.
    pub fn post_reversal(
        &mut self,
        id: TransactionId,
        of: TransactionId,
        reason: String,
        booked_on: NaiveDate,
        batch: &mut PostingBatch,
    ) -> Result<(Input, Posted), ServicingError> {
        let history = self.history.as_mut().ok_or(ServicingError::HistoryMissing)?;
        let taken_back = history.take_back(of, id, booked_on)?;
        let posted = self.post_replay(self.cause(id, booked_on), batch);
        batch.transactions.push(NewTransaction {
            loan_id: self.loan.id,
            id,
            effective_on: taken_back.effective_on,
            booked_on,
            reason: Some(reason),
            body: TransactionBody::Reversal { of },
        });
        self.keep_balances(batch);
        Ok((taken_back, posted))
    }

    /// What of a payment is to be refunded, by its history.
    pub fn refund_due(&self, payment: TransactionId) -> Option<RefundDue> {
        let parts = &self.history.as_ref()?.allocations;
        let excess = summed(parts, payment).into_iter();
        let excess = excess.filter(|part| part.component == Component::Excess);
        let amount = crate::amount::total(excess.map(|part| part.amount));
        Some(RefundDue { loan_id: self.loan.id, transaction: payment, amount })
    }

    const fn cause(&self, transaction: TransactionId, booked_on: NaiveDate) -> Cause {
        Cause { loan_id: self.loan.id, transaction, booked_on }
    }

    fn keep_balances(&mut self, batch: &mut PostingBatch) {
        let balances = self.balances();
        self.loan.status = balances.status;
        self.loan.collection = balances.state.collection;
        batch.loans.insert(self.loan.id, balances);
    }

    fn post_in_place(&mut self, input: &Input, cause: Cause, batch: &mut PostingBatch) -> Posted {
        let before = self.account.rows().to_vec();
        let mut allocations = Vec::new();
        self.account.apply(&self.rules, &self.holds, input, &mut allocations);
        match input.kind {
            // A payment pays no component of a row twice.
            InputKind::Payment(_) | InputKind::Recovery(_) => {
                batch.deltas.extend(allocations.iter().map(|part| cause.first(*part)));
            }
            _ => batch.deltas.extend(deltas(&[], &allocations, cause)),
        }
        self.put_changed(&before, batch);
        let refunds = refunds(self.loan.id, &[], &allocations);
        Posted { allocations, refunds }
    }

    fn post_replay(&mut self, cause: Cause, batch: &mut PostingBatch) -> Posted {
        let Some(history) = self.history.as_mut() else { return Posted::default() };
        let replayed = replay(&self.rules, &self.holds, &history.entered.inputs);
        let before = std::mem::replace(&mut history.allocations, replayed.allocations);
        let stored = std::mem::take(&mut history.rows);
        let stood_on = self.account.on();
        self.account = replayed.account;
        batch.deltas.extend(deltas(&before, &history.allocations, cause));
        let posted = Posted {
            allocations: summed(&history.allocations, cause.transaction),
            refunds: refunds(self.loan.id, &before, &history.allocations),
        };
        let gone = self.put_replayed(&stored, stood_on, batch);
        if let Some(history) = self.history.as_mut() {
            history.rows = self.account.rows().iter().cloned().chain(gone).collect();
        }
        posted
    }

    /// Notes the rows that an input applied in place made or changed: it moves none.
    fn put_changed(&self, before: &[Row], batch: &mut PostingBatch) {
        let before = before.iter().map(Some).chain(std::iter::repeat(None));
        for (row, before) in self.account.rows().iter().zip(before) {
            match before {
                Some(before) if before == row => {}
                Some(_) => batch.put_row(self.loan.id, RowChange::Changed(row.clone())),
                None => batch.put_row(self.loan.id, RowChange::New(row.clone())),
            }
        }
        self.put_kept(batch);
    }

    /// Where rows were made, notes the others that are owed, changed or not: storage reads those to
    /// come from the plan, and the plan is now that of the rows made.
    fn put_kept(&self, batch: &mut PostingBatch) {
        if batch.rows_of(self.loan.id).any(|change| matches!(change, RowChange::New(_))) {
            for row in self.account.rows().iter().filter(|row| row.is_live()) {
                batch.put_kept(self.loan.id, row);
            }
        }
    }

    /// Notes the rows that a replay made or changed, and gives the stored ones that no longer belong
    /// to the account: they are kept, superseded.
    ///
    /// Where the account now stands on an earlier day than before, rows that lay behind it lie ahead
    /// again: they are noted unchanged, since storage may have put them away.
    fn put_replayed(
        &self,
        stored: &[Row],
        stood_on: Option<NaiveDate>,
        batch: &mut PostingBatch,
    ) -> Vec<Row> {
        let lies_ahead_again =
            |row: &Row| self.account.on() < Some(row.due_date) && Some(row.due_date) <= stood_on;
        let mut stored: BTreeMap<RowKey, &Row> = stored.iter().map(|row| (row.key, row)).collect();
        for row in self.account.rows() {
            match stored.remove(&row.key) {
                Some(before) if before == row && !lies_ahead_again(row) => {}
                Some(_) => batch.put_row(self.loan.id, RowChange::Changed(row.clone())),
                None => batch.put_row(self.loan.id, RowChange::New(row.clone())),
            }
        }
        let gone = stored.into_values().map(|row| {
            let superseded = Row { state: RowState::Superseded, ..row.as_agreed() };
            if *row != superseded {
                batch.put_row(self.loan.id, RowChange::Changed(superseded.clone()));
            }
            superseded
        });
        let gone = gone.collect();
        self.put_kept(batch);
        gone
    }
}

impl LoanHistory {
    fn take_back(
        &mut self,
        of: TransactionId,
        by: TransactionId,
        on: NaiveDate,
    ) -> Result<Input, ServicingError> {
        let Entered { inputs, taken_back } = &mut self.entered;
        if taken_back.iter().any(|gone| gone.input.id == of) {
            return Err(ServicingError::AlreadyReversed(of));
        }
        if self.reversals.contains(&of) {
            return Err(ServicingError::NotReversible(of));
        }
        let place = inputs.iter().position(|input| input.id == of);
        let place =
            place.ok_or(pensipro_kernel::StorageError::not_found("transaction", of.get()))?;
        let input = inputs.remove(place);
        taken_back.push(TakenBack { input: input.clone(), on });
        self.reversals.push(by);
        Ok(input)
    }
}

/// What one transaction pays, in the order in which it does; what it takes off first.
fn summed(parts: &[Allocation], transaction: TransactionId) -> Vec<Allocation> {
    let mut own: Vec<Allocation> = Vec::new();
    for part in parts.iter().filter(|part| part.transaction == transaction) {
        let same =
            |known: &&mut Allocation| (known.row, known.component) == (part.row, part.component);
        match own.iter_mut().find(same) {
            Some(known) => known.amount = plus(known.amount, part.amount),
            None => own.push(*part),
        }
    }
    own.retain(|part| !part.amount.is_zero());
    own
}

/// The payments whose excess differs.
fn refunds(loan_id: LoanId, before: &[Allocation], after: &[Allocation]) -> Vec<RefundDue> {
    let by_payment = |parts: &[Allocation]| {
        let mut sums: BTreeMap<TransactionId, Money> = BTreeMap::new();
        for part in parts.iter().filter(|part| part.component == Component::Excess) {
            let sum = sums.entry(part.transaction).or_default();
            *sum = plus(*sum, part.amount);
        }
        sums
    };
    // What went out is no payment's excess.
    let excess = |parts| {
        let mut sums = by_payment(parts);
        sums.retain(|_, amount| amount.is_positive());
        sums
    };
    let (mut before, after) = (excess(before), excess(after));
    let mut changed: Vec<_> = after
        .into_iter()
        .filter(|(transaction, amount)| before.remove(transaction) != Some(*amount))
        .collect();
    changed.extend(before.into_keys().map(|transaction| (transaction, Money::ZERO)));
    changed
        .into_iter()
        .map(|(transaction, amount)| RefundDue { loan_id, transaction, amount })
        .collect()
}
