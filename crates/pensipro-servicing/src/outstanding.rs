//! What is owed on a day, and what paying everything off would take.

use chrono::NaiveDate;
use pensipro_kernel::Money;

use crate::{
    account::Account,
    amount::{fraction, plus, total},
    hold::Holds,
    row::Row,
    rules::{KolektibilitasBounds, Rules},
};

/// Loan quality by days past due (POJK 40/2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kolektibilitas {
    /// 1, lancar: nothing past due.
    Current,
    /// 2, dalam perhatian khusus.
    SpecialMention,
    /// 3, kurang lancar.
    Substandard,
    /// 4, diragukan.
    Doubtful,
    /// 5, macet.
    Loss,
}

impl Kolektibilitas {
    /// The quality of a loan with these days past due.
    pub const fn of(dpd: u32, bounds: &KolektibilitasBounds) -> Self {
        match dpd {
            days if days <= bounds.current => Self::Current,
            days if days <= bounds.special_mention => Self::SpecialMention,
            days if days <= bounds.substandard => Self::Substandard,
            days if days <= bounds.doubtful => Self::Doubtful,
            _ => Self::Loss,
        }
    }

    /// The quality of a level, 1 to 5.
    pub const fn at_level(level: u8) -> Option<Self> {
        Some(match level {
            1 => Self::Current,
            2 => Self::SpecialMention,
            3 => Self::Substandard,
            4 => Self::Doubtful,
            5 => Self::Loss,
            _ => return None,
        })
    }

    /// 1 to 5.
    pub const fn level(self) -> u8 {
        match self {
            Self::Current => 1,
            Self::SpecialMention => 2,
            Self::Substandard => 3,
            Self::Doubtful => 4,
            Self::Loss => 5,
        }
    }
}

/// Days past due on a day, given the oldest unpaid due date.
pub fn days_past_due(oldest_unpaid_due: Option<NaiveDate>, on: NaiveDate) -> u32 {
    let days = oldest_unpaid_due.map_or(0, |due| on.signed_duration_since(due).num_days());
    u32::try_from(days.max(0)).unwrap_or(u32::MAX)
}

/// What is owed on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outstanding {
    /// The day.
    pub date: NaiveDate,
    /// Unpaid principal of all rows.
    pub principal: Money,
    /// Unpaid principal of the rows due by then.
    pub principal_due: Money,
    /// Unpaid interest of the rows due by then.
    pub interest_due: Money,
    /// Unpaid interest of the rows after them.
    pub interest_to_come: Money,
    /// Penalties charged and not paid.
    pub penalty: Money,
    /// Unpaid fees of all rows.
    pub fee: Money,
    /// Unpaid fees of the rows due by then.
    pub fee_due: Money,
    /// Refunds paid out whose payments were reversed.
    pub due_from_member: Money,
    /// Money that is not owed: to be refunded.
    pub excess: Money,
    /// Instalments of the member's own money held back.
    pub deposit: Money,
    /// What was written off and not recovered.
    pub written_off: Money,
    /// What is to be paid on that day: principal, interest and fees due, penalties, and what is due
    /// from the member.
    pub total_due: Money,
    /// Days past due.
    pub dpd: u32,
    /// The quality that follows.
    pub kolektibilitas: Kolektibilitas,
}

impl Outstanding {
    /// What an account owes on the day to which it was brought.
    pub fn of(
        account: &Account,
        rules: &Rules,
        bounds: &KolektibilitasBounds,
        date: NaiveDate,
    ) -> Self {
        let rows = account.open_rows();
        let state = account.state();
        let (due, to_come) =
            rows.split_at(rows.partition_point(|row| state.due_date(row) <= date).min(rows.len()));
        let principal_due = sum(due, Row::principal_left);
        let interest_due = sum(due, Row::interest_left);
        let fee_due = sum(due, Row::fee_left);
        let of_rows = total(due.iter().map(|row| row.penalty_left(rules)));
        let (penalty, written_off) = match state.written_off_on {
            None => (plus(state.loan_penalty, of_rows), Money::ZERO),
            Some(_) => {
                let left = owed_on(account.unpaid_rows(), rules);
                (Money::ZERO, plus(state.loan_penalty, left))
            }
        };
        let dpd = days_past_due(account.oldest_unpaid_due(), date);
        Self {
            date,
            principal: plus(principal_due, sum(to_come, Row::principal_left)),
            principal_due,
            interest_due,
            interest_to_come: sum(to_come, Row::interest_left),
            penalty,
            fee: plus(fee_due, sum(to_come, Row::fee_left)),
            fee_due,
            due_from_member: state.due_from_member,
            excess: state.excess,
            deposit: state.deposit,
            written_off,
            total_due: total([
                principal_due,
                interest_due,
                fee_due,
                penalty,
                state.due_from_member,
            ]),
            dpd,
            kolektibilitas: Kolektibilitas::of(dpd, bounds),
        }
    }

    /// Principal, interest due, fees and penalties: what the loan object totals.
    pub fn owed(&self) -> Money {
        total([self.principal, self.interest_due, self.fee, self.penalty])
    }
}

/// Everything left on rows.
fn owed_on(rows: &[Row], rules: &Rules) -> Money {
    let left = |row: &Row| total([row.instalment_left(), row.fee_left(), row.penalty_left(rules)]);
    total(rows.iter().map(left))
}

fn sum(rows: &[Row], part: impl Fn(&Row) -> Money) -> Money {
    total(rows.iter().map(part))
}

/// What paying everything off on a day takes, before a deposit is set against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettlementTotal {
    /// The day.
    pub date: NaiveDate,
    /// Unpaid principal of all rows.
    pub principal: Money,
    /// Unpaid interest of the rows due.
    pub interest_due: Money,
    /// Interest of the row whose time is running, for the days that have passed.
    pub interest_running: Money,
    /// Interest paid ahead on rows not due.
    pub prepaid_interest: Money,
    /// Penalties charged and not paid.
    pub penalty: Money,
    /// Unpaid fees.
    pub fee: Money,
    /// Refunds paid out whose payments were reversed.
    pub due_from_member: Money,
    /// The sum, prepaid interest deducted.
    pub total: Money,
}

impl SettlementTotal {
    /// What an account brought to `date` takes when the rows due up to `due_through` count as due.
    pub fn of(account: &Account, rules: &Rules, date: NaiveDate, due_through: NaiveDate) -> Self {
        let rows = account.rows();
        let state = account.state();
        let is_due = |row: &&Row| state.due_date(row) <= due_through;
        let to_come =
            || rows.iter().filter(|row| row.is_live() && state.due_date(row) > due_through);
        let principal = sum(rows, Row::principal_left);
        let interest_due = total(rows.iter().filter(is_due).map(Row::interest_left));
        let running = |row: &Row| row.interest_charged().min(running_interest(row, date));
        let interest_running = total(to_come().map(running));
        let prepaid_interest = total(to_come().map(|row| row.interest_paid));
        let penalty = total(rows.iter().map(|row| row.penalty_left(rules)));
        let penalty = plus(state.loan_penalty, penalty);
        let fee = sum(rows, Row::fee_left);
        let due_from_member = state.due_from_member;
        let owed =
            total([principal, interest_due, interest_running, penalty, fee, due_from_member]);
        Self {
            date,
            principal,
            interest_due,
            interest_running,
            prepaid_interest,
            penalty,
            fee,
            due_from_member,
            total: owed.minus_or_zero(prepaid_interest),
        }
    }
}

impl SettlementTotal {
    /// The sum without what was paid ahead.
    pub fn gross(&self) -> Money {
        let Self {
            principal, interest_due, interest_running, penalty, fee, due_from_member, ..
        } = *self;
        total([principal, interest_due, interest_running, penalty, fee, due_from_member])
    }
}

/// Interest of a row's time up to a day: its interest × days passed / days in all.
pub(crate) fn running_interest(row: &Row, date: NaiveDate) -> Money {
    let days = |until: NaiveDate| until.signed_duration_since(row.starts_on).num_days().max(0);
    fraction(row.interest.sen(), days(date.min(row.due_date)), days(row.due_date))
}

impl Account {
    /// What is owed on a day from the one on which the account stands.
    pub fn outstanding(
        &self,
        rules: &Rules,
        holds: &Holds,
        bounds: &KolektibilitasBounds,
        date: NaiveDate,
    ) -> Outstanding {
        Outstanding::of(&self.brought_to(rules, holds, date), rules, bounds, date)
    }
}
