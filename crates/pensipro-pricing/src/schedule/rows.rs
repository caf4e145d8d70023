//! The rows one by one.

use pensipro_kernel::Money;

use super::{Row, Schedule, Step};
use crate::codes::LastInstalment;

/// The rows of a schedule, computed as they are asked for: nothing is allocated.
#[derive(Debug, Clone)]
pub struct Rows {
    schedule: Schedule,
    balance: u64,
    no: u16,
}

impl Rows {
    pub(super) fn new(schedule: Schedule) -> Self {
        Self { schedule, balance: schedule.terms.principal, no: 0 }
    }
}

impl Iterator for Rows {
    type Item = Row;

    // Plain arithmetic: `Schedule::new` has proved that every row repays something and leaves
    // something, so nothing falls below zero.
    #[inline]
    fn next(&mut self) -> Option<Row> {
        let schedule = &self.schedule;
        if self.no >= schedule.terms.tenor {
            return None;
        }
        self.no += 1;
        let interest = schedule.interest.of(self.balance, self.no);
        let (principal, interest) = if self.no == schedule.terms.tenor {
            schedule.last_row(self.balance, interest)
        } else if self.no > schedule.terms.grace {
            match schedule.step {
                Step::Instalment(instalment) => (instalment - interest, interest),
                Step::Principal(principal) => (principal, interest),
            }
        } else {
            (0, interest)
        };
        let interest = if self.no == 1 { interest + schedule.broken } else { interest };
        self.balance -= principal;
        Some(Row {
            no: self.no,
            principal: money(principal),
            interest: money(interest),
            balance: money(self.balance),
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::from(self.schedule.terms.tenor - self.no);
        (left, Some(left))
    }
}

impl ExactSizeIterator for Rows {}

impl Schedule {
    /// The last row repays what is left; its regular interest is known.
    fn last_row(&self, balance: u64, interest: u64) -> (u64, u64) {
        match self.last {
            LastInstalment::Adjust => (balance, interest),
            // Rounded interest can leave a few sen more than the level instalment: then it is all
            // principal.
            LastInstalment::Level => (balance, self.instalment.saturating_sub(balance)),
        }
    }
}

/// Every amount of a schedule is below 2^63, as its principal's bound and the rate's tell.
pub(super) const fn money(sen: u64) -> Money {
    Money::from_sen(sen.cast_signed())
}
