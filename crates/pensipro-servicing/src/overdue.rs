//! How much of a row was overdue for how long, unrounded, and what penalty follows.

use chrono::{Datelike, Days, NaiveDate};
use pensipro_kernel::{Money, Rate};
use pensipro_pricing::{PenaltyBasis, PenaltyKind, PenaltyTerms};

use crate::{
    amount::{plus, share},
    hold::{Hold, Stretch, stretches},
    row::Row,
    rules::Rules,
};

/// Overdue time of a row, unrounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overdue {
    /// Σ over the days since the due date of the unpaid principal and interest, in sen · days.
    /// Stops at the end of 64 bits.
    pub sen_days: i64,
    /// What was unpaid on the first day past the grace; nothing while the grace was not passed.
    pub base: Money,
}

/// The penalty for lateness of a loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatePenalty {
    /// How it is reckoned.
    pub basis: LateBasis,
    /// Days after the due date within which nothing is charged. Once they have passed, days count
    /// from the due date.
    pub grace_days: u32,
    /// The most that a row can be charged, in percent of its principal and interest.
    pub cap: Option<Rate>,
}

/// How a late penalty is reckoned, for each row on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LateBasis {
    /// Percent of the unpaid principal and interest of each day.
    PercentPerDay(Rate),
    /// Percent, once, of what is unpaid on the first day past the grace.
    PercentOnce(Rate),
    /// A fixed amount, once the grace has passed.
    Fixed(Money),
}

/// A day with its number among all days, reckoned once: it costs a division.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day {
    date: NaiveDate,
    number: i32,
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self { date, number: date.num_days_from_ce() }
    }
}

/// The days after one date through another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Elapsed {
    after: Day,
    through: Day,
}

impl Elapsed {
    pub(crate) fn new(after: NaiveDate, through: NaiveDate) -> Self {
        Self { after: after.into(), through: through.into() }
    }
}

impl Overdue {
    fn count(&mut self, unpaid: Money, days: i64, past_grace: bool) {
        self.sen_days = self.sen_days.saturating_add(unpaid.sen().saturating_mul(days));
        if past_grace && self.base.is_zero() {
            self.base = unpaid;
        }
    }

    /// Both together. What is unpaid only ever falls, so the larger base is the earlier one.
    pub(crate) fn join(&mut self, other: Self) {
        self.sen_days = self.sen_days.saturating_add(other.sen_days);
        self.base = self.base.max(other.base);
    }
}

impl LatePenalty {
    /// The penalty of agreed terms; `None` if they are about something else than lateness.
    pub fn of_terms(terms: &PenaltyTerms) -> Option<Self> {
        let basis = match terms.basis {
            PenaltyBasis::PercentPerDay(rate) => LateBasis::PercentPerDay(rate),
            PenaltyBasis::PercentOnce(rate) => LateBasis::PercentOnce(rate),
            PenaltyBasis::Fixed(amount) => LateBasis::Fixed(amount),
            PenaltyBasis::MonthsOfInterest(_) => return None,
        };
        let late = Self { basis, grace_days: terms.grace_days.into(), cap: terms.cap_pct };
        (terms.kind == PenaltyKind::Late).then_some(late)
    }

    fn is_past_grace(&self, late_days: i32) -> bool {
        i64::from(late_days) > i64::from(self.grace_days)
    }

    /// What the row has been charged so far: rounded once, half away from zero, up to the cap.
    pub fn of(&self, row: &Row) -> Money {
        let Overdue { sen_days, base } = row.counted;
        if base.is_zero() {
            return Money::ZERO;
        }
        let uncapped = match self.basis {
            LateBasis::PercentPerDay(rate) => share(sen_days, rate),
            LateBasis::PercentOnce(rate) => share(base.sen(), rate),
            LateBasis::Fixed(amount) => amount,
        };
        match self.cap {
            Some(cap) => uncapped.min(share(row.instalment().sen(), cap)),
            None => uncapped,
        }
    }
}

impl Row {
    /// The penalty charged so far, for lateness and by hand.
    pub fn penalty(&self, rules: &Rules) -> Money {
        plus(rules.late.map_or(Money::ZERO, |late| late.of(self)), self.penalty_charged)
    }

    /// The penalty charged and not paid; nothing on a superseded row.
    pub fn penalty_left(&self, rules: &Rules) -> Money {
        if self.is_live() {
            self.penalty(rules).minus_or_zero(plus(self.penalty_paid, self.penalty_waived))
        } else {
            Money::ZERO
        }
    }

    /// True if nothing is owed on the row.
    pub fn is_paid(&self, rules: &Rules) -> bool {
        self.instalment_left().is_zero()
            && self.fee_left().is_zero()
            && self.penalty_left(rules).is_zero()
    }

    /// Counts the days after the one on which the row fell due.
    pub(crate) fn count_overdue(
        &mut self,
        late: &LatePenalty,
        holds: &[Hold],
        due: &Day,
        time: &Elapsed,
    ) {
        let unpaid = self.late_base();
        if unpaid.is_zero() {
            return;
        }
        let Elapsed { after, through } = time;
        if holds.is_empty() {
            let days = through.number.saturating_sub(after.number.max(due.number));
            let late_days = through.number.saturating_sub(due.number);
            self.counted.count(unpaid, days.into(), late.is_past_grace(late_days));
            return;
        }
        let from = after.date.max(due.date);
        for stretch in stretches(holds, self.cut_failed_on, from, through.date) {
            let Stretch { after, until, held } = stretch;
            let time = if held { &mut self.held } else { &mut self.counted };
            let until_day = until.num_days_from_ce();
            let days = until_day.saturating_sub(after.num_days_from_ce());
            let late_days = until_day.saturating_sub(due.number);
            time.count(unpaid, days.into(), late.is_past_grace(late_days));
        }
    }

    /// The first of the days on which the row makes its loan a defaulted one.
    pub(crate) fn default_began(
        &self,
        rules: &Rules,
        holds: &[Hold],
        due: &Day,
        time: &Elapsed,
    ) -> Option<NaiveDate> {
        let Elapsed { after, through } = time;
        let late_days = i64::from(through.number) - i64::from(due.number);
        if late_days <= i64::from(rules.default_after_days) || self.late_base().is_zero() {
            return None;
        }
        let default_after = day_after(due.date, rules.default_after_days);
        stretches(holds, self.cut_failed_on, after.date.max(due.date), through.date)
            .find(|stretch| !stretch.held && stretch.until > default_after)
            .map(|stretch| day_after(stretch.after.max(default_after), 1))
    }

    /// Notes that a cut failed: the held days count.
    pub(crate) fn fail_cut(&mut self, on: NaiveDate) {
        let held = std::mem::take(&mut self.held);
        self.counted.join(held);
        self.cut_failed_on = self.cut_failed_on.max(Some(on));
    }

    /// Adds to what is paid of the penalty.
    pub(crate) fn pay_penalty(&mut self, amount: Money) {
        self.penalty_paid = plus(self.penalty_paid, amount);
    }
}

/// The day that lies `days` later; the calendar's end stays itself.
pub(crate) fn day_after(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX)
}
