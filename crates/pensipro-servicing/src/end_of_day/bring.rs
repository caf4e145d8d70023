//! Late loans are brought to a day: penalties grow, a default begins or ends, the member is reminded.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Event, LoanId, Money, Outbox, Version,
};

use crate::{
    account::Account,
    amount::{plus, total},
    error::ServicingError,
    loan::{Loan, LoanStatus, StoredLoan},
    open_loan::OpenLoan,
    outstanding::Outstanding,
    repository::LoanRepository,
    rules::ServicingPolicy,
};

use super::{DayTally, EndOfDayRepository};

/// The day that loans are brought to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: NaiveDate,
    /// The day to which they were brought before; what grew since is counted.
    pub since: Option<NaiveDate>,
    /// The day on which members hear of it: steps of reminders are counted to it.
    pub told_on: NaiveDate,
}

impl Day {
    /// A day that ends when `today` is the business day: in the night after it, members hear of it on the
    /// day that has begun.
    pub fn ending(date: NaiveDate, since: Option<NaiveDate>, today: NaiveDate) -> Self {
        let told_on = if date.succ_opt() == Some(today) { today } else { date };
        Self { date, since, told_on }
    }
}

/// When members are reminded of instalments.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReminderPolicy {
    /// Days past due, rising, below zero for days before: each is told of once for an oldest unpaid due
    /// date, the highest that was reached.
    pub steps: Vec<i32>,
}

impl ReminderPolicy {
    /// The highest step that is reached so many days past a due date. Before and on it those below zero
    /// count, after it the others.
    pub fn reached(&self, past_due: i64) -> Option<i32> {
        let is_late = past_due > 0;
        let of_kind = self.steps.iter().copied().filter(|step| (*step > 0) == is_late);
        of_kind.filter(|step| i64::from(*step) <= past_due).max()
    }

    /// How many days before a due date members are reminded, the longest time first.
    pub fn leads(&self) -> impl Iterator<Item = u32> + '_ {
        self.steps.iter().filter(|step| **step < 0).map(|step| step.unsigned_abs())
    }
}

/// A loan's status and the first day of a default that follows from arrears, as they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The status.
    pub status: LoanStatus,
    /// Since when it is in default.
    pub default_since: Option<NaiveDate>,
}

/// A status to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusChange {
    /// The loan, which is locked.
    pub loan_id: LoanId,
    /// The version that it gets.
    pub version: Version,
    /// What is stored.
    pub standing: Standing,
}

/// A reminder of an instalment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reminder {
    /// The loan.
    pub loan_id: LoanId,
    /// Its oldest unpaid due date.
    pub due_date: NaiveDate,
    /// The days past due from which it is sent; below zero, days before.
    pub step: i32,
}

/// What a day makes of a loan.
struct Brought {
    loan: Loan,
    was: Standing,
    now: Standing,
    penalties: Money,
    owed: Outstanding,
    reminder: Option<Reminder>,
}

/// Brings loans to a day, those that are due on it among them: stores the statuses that changed, with an audit entry for each, and tells of
/// arrears. Loans that stand on a later day already are left alone.
///
/// Cost: a fixed number of queries for all loans, and one statement a reminder; memory in proportion
/// to their open rows.
pub fn bring_loans<Tx>(
    tx: &mut Tx,
    by: &Actor,
    ids: &[LoanId],
    day: &Day,
    (policy, reminders): (&ServicingPolicy, &ReminderPolicy),
) -> Result<DayTally, ServicingError>
where
    Tx: LoanRepository + EndOfDayRepository + AuditLog + Outbox,
{
    let mut brought = Vec::with_capacity(ids.len());
    for stored in tx.lock_loans(ids)? {
        brought.extend(bring(stored, day, policy, reminders)?);
    }
    let changed: Vec<_> = brought.iter().filter(|loan| loan.was != loan.now).collect();
    tx.store_statuses(&changed.iter().map(|loan| loan.change()).collect::<Vec<_>>())?;
    tx.audit_all(by, changed.iter().filter_map(|loan| loan.audit_entry(day.date)).collect())?;
    let told = remind(tx, &brought, day.told_on)?;
    Ok(DayTally { reminded: told, ..tally(&brought) })
}

fn bring(
    stored: StoredLoan,
    day: &Day,
    policy: &ServicingPolicy,
    reminders: &ReminderPolicy,
) -> Result<Option<Brought>, ServicingError> {
    let was = Standing { status: stored.loan.status, default_since: stored.state.default_since };
    let open = OpenLoan::new(stored, policy);
    if !was.status.is_open() || open.needs_history_on(day.date) {
        return Ok(None);
    }
    let account = open.account_on(day.date)?;
    let now =
        Standing { status: open.status_of(&account), default_since: account.state().default_since };
    let before = match day.since.filter(|since| !open.needs_history_on(*since)) {
        Some(since) => charged(&open, &open.account_on(since)?),
        None => charged(&open, open.account()),
    };
    let owed = Outstanding::of(&account, open.rules(), &policy.kolektibilitas, day.date);
    Ok(Some(Brought {
        was,
        now,
        penalties: charged(&open, &account).minus_or_zero(before),
        owed,
        reminder: reminder(&open, &account, day.told_on, reminders),
        loan: open.loan().clone(),
    }))
}

/// The penalties charged on open rows.
fn charged(open: &OpenLoan, account: &Account) -> Money {
    total(account.open_rows().iter().map(|row| row.penalty(open.rules())))
}

/// The highest step that the arrears have reached; none while the payer's answer is awaited, nor to
/// somebody who died.
fn reminder(
    open: &OpenLoan,
    account: &Account,
    day: NaiveDate,
    policy: &ReminderPolicy,
) -> Option<Reminder> {
    let state = account.state();
    let row = account.open_rows().iter().find(|row| row.late_base().is_positive())?;
    let due_date = state.due_date(row);
    if state.deceased_on.is_some() || open.holds().awaited(row, day) {
        return None;
    }
    let step = policy.reached(day.signed_duration_since(due_date).num_days())?;
    Some(Reminder { loan_id: open.loan().id, due_date, step })
}

/// Tells of instalments that are due soon, of loans that are not late; gives how many it told of. Loans
/// that stand on a later day already are left alone.
///
/// Cost: a fixed number of statements for all loans; memory in proportion to their open rows.
pub fn remind_ahead<Tx>(
    tx: &mut Tx,
    ids: &[LoanId],
    day: NaiveDate,
    (policy, reminders): (&ServicingPolicy, &ReminderPolicy),
) -> Result<DayTally, ServicingError>
where
    Tx: LoanRepository + EndOfDayRepository + Outbox,
{
    let mut wanted = BTreeMap::new();
    for stored in tx.lock_loans(ids)? {
        let open = OpenLoan::new(stored, policy);
        if !open.loan().status.is_open() || open.needs_history_on(day) {
            continue;
        }
        let account = open.account_on(day)?;
        let ahead = reminder(&open, &account, day, reminders).filter(|ahead| ahead.step < 0);
        if let Some(ahead) = ahead {
            wanted.insert(ahead.loan_id, (ahead, due_soon(&open, &account, &ahead, day)));
        }
    }
    let all = wanted.values().map(|(ahead, _)| *ahead).collect();
    let new = tx.note_reminders(all, day)?;
    let events: Vec<_> = new
        .iter()
        .filter_map(|ahead| wanted.remove(&ahead.loan_id))
        .map(|(_, event)| event)
        .collect();
    let reminded = u64::try_from(events.len()).unwrap_or(u64::MAX);
    tx.emit_all(events)?;
    Ok(DayTally { reminded, ..DayTally::default() })
}

fn due_soon(open: &OpenLoan, account: &Account, ahead: &Reminder, day: NaiveDate) -> Event {
    let due = account.open_rows().iter();
    let due = due.filter(|row| account.state().due_date(row) == ahead.due_date);
    let loan = open.loan();
    Event::new("loan.due_soon", "loans", loan.id.get())
        .of_member(loan.member_id)
        .with("loan_id", loan.id)
        .with("loan_number", loan.number())
        .with("due_date", ahead.due_date)
        .with("days", ahead.due_date.signed_duration_since(day).num_days())
        .with("amount", total(due.map(|row| row.late_base())))
}

fn remind<Tx>(tx: &mut Tx, brought: &[Brought], day: NaiveDate) -> Result<u64, ServicingError>
where
    Tx: EndOfDayRepository + Outbox,
{
    let wanted: Vec<_> = brought.iter().filter_map(|loan| loan.reminder).collect();
    let new = tx.note_reminders(wanted, day)?;
    let mut told = 0;
    for loan in brought {
        let Some(reminder) = loan.reminder.filter(|wanted| new.contains(wanted)) else { continue };
        tx.emit(loan.event(&reminder, day))?;
        told += 1;
    }
    Ok(told)
}

fn tally(brought: &[Brought]) -> DayTally {
    let mut tally = DayTally::default();
    for Brought { was, now, penalties, owed, .. } in brought {
        tally.loans += u64::from(owed.dpd > 0);
        tally.penalties = plus(tally.penalties, *penalties);
        match (was.status, now.status) {
            (LoanStatus::Active, LoanStatus::Default) => tally.defaulted += 1,
            (LoanStatus::Default, LoanStatus::Active) => tally.cured += 1,
            _ => {}
        }
    }
    tally
}

impl Brought {
    fn change(&self) -> StatusChange {
        let Loan { id, version, .. } = self.loan;
        StatusChange { loan_id: id, version: version.next(), standing: self.now }
    }

    fn audit_entry(&self, day: NaiveDate) -> Option<AuditEntry> {
        let action = match (self.was.status, self.now.status) {
            (LoanStatus::Active, LoanStatus::Default) => "loan.default",
            (LoanStatus::Default, LoanStatus::Active) => "loan.cure",
            _ => return None,
        };
        let view = |standing: &Standing| AuditValue::new().text("status", standing.status);
        let after = view(&self.now).text("day", day).with("dpd", self.owed.dpd);
        let entry = AuditEntry::new(action, "loans", self.loan.id.get());
        Some(entry.of_member(self.loan.member_id).was(view(&self.was)).is(after))
    }

    fn event(&self, reminder: &Reminder, told_on: NaiveDate) -> Event {
        let past_due = told_on.signed_duration_since(reminder.due_date).num_days();
        Event::new("loan.overdue", "loans", self.loan.id.get())
            .of_member(self.loan.member_id)
            .with("loan_id", self.loan.id)
            .with("loan_number", self.loan.number())
            .with("due_date", reminder.due_date)
            .with("dpd", past_due)
            .with("amount", self.owed.total_due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_reached_before_or_after_the_due_date_and_never_across_it() {
        let policy = ReminderPolicy { steps: vec![-7, -3, 1, 7, 30] };
        let reached: Vec<_> =
            [-8, -7, -4, -3, -1, 0, 1, 6, 7, 31].map(|days| policy.reached(days)).into();
        let expected = [
            None,
            Some(-7),
            Some(-7),
            Some(-3),
            Some(-3),
            Some(-3),
            Some(1),
            Some(1),
            Some(7),
            Some(30),
        ];
        assert_eq!(reached, expected);
        assert_eq!(policy.leads().collect::<Vec<_>>(), [7, 3]);
        assert_eq!(ReminderPolicy { steps: vec![-3, 7] }.reached(2), None);
    }
}
