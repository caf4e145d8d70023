//! Rows that wait for the payer's answer.

use chrono::NaiveDate;

use crate::{overdue::day_after, row::Row};

/// A due date on a live export line: no penalty on what is due then and no default while the payer's
/// answer is awaited, also where a restructure has put another row in the place of the one billed.
///
/// Holds are facts that the fold is given beside the inputs. A hold begins when its line is made and
/// so never touches days that an earlier input has counted; a line that is superseded ends its hold
/// on that day for the same reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hold {
    /// When what was billed is due.
    pub due_date: NaiveDate,
    /// The business day on which the line was made; the hold covers the days after it.
    pub after: NaiveDate,
    /// Its last day: the later of the due date and the pay day plus the payer's days of
    /// realisation, or the day on which the line was superseded.
    pub until: NaiveDate,
}

impl Hold {
    fn covers(&self, day: NaiveDate) -> bool {
        self.after < day && day <= self.until
    }
}

/// The holds of a loan, found by due date.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holds(Vec<Hold>);

impl Holds {
    /// No row is on hold.
    pub const NONE: Self = Self(Vec::new());

    /// Those of one loan, in any order.
    pub fn new(mut holds: Vec<Hold>) -> Self {
        holds.sort_unstable();
        Self(holds)
    }

    /// Those of what is due on a day.
    pub fn of(&self, due_date: NaiveDate) -> &[Hold] {
        if self.0.is_empty() {
            return &[];
        }
        let start = self.0.partition_point(|hold| hold.due_date < due_date);
        let end = self.0.partition_point(|hold| hold.due_date <= due_date);
        self.0.get(start..end).unwrap_or(&[])
    }

    /// True if the row waits for the payer's answer on this day: no cut of it has failed since.
    pub fn awaited(&self, row: &Row, day: NaiveDate) -> bool {
        let stands = |hold: &&Hold| row.cut_failed_on.is_none_or(|failed| failed < hold.after);
        self.of(row.due_date).iter().filter(stands).any(|hold| hold.covers(day))
    }
}

/// Days after one date through another, all under a hold or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) after: NaiveDate,
    pub(crate) until: NaiveDate,
    pub(crate) held: bool,
}

/// Cuts the days after `from` through `to` where a hold of the row begins or ends. A hold that was
/// set before the row's last failed cut is void.
pub(crate) fn stretches(
    holds: &[Hold],
    cut_failed_on: Option<NaiveDate>,
    from: NaiveDate,
    to: NaiveDate,
) -> impl Iterator<Item = Stretch> {
    let standing = move || {
        holds.iter().filter(move |hold| cut_failed_on.is_none_or(|failed| failed < hold.after))
    };
    let mut after = from;
    std::iter::from_fn(move || {
        if after >= to {
            return None;
        }
        let day = day_after(after, 1);
        let hold = standing().filter(|hold| hold.covers(day)).map(|hold| hold.until).max();
        let next = standing().map(|hold| hold.after).filter(|begin| *begin >= day).min();
        let until = hold.or(next).unwrap_or(to).min(to);
        let stretch = Stretch { after, until, held: hold.is_some() };
        after = until;
        Some(stretch)
    })
}
