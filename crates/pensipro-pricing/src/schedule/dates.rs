//! When instalments are due.

use chrono::{Datelike, Days, Months, NaiveDate};
use pensipro_kernel::{add_months, clip_day};

use crate::ScheduleError;

/// The due dates of a schedule: one day of the month, clipped to each month's end, never drifting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDates {
    start: NaiveDate,
    first: NaiveDate,
    day: u8,
}

/// How the first due date follows from the disbursement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstDuePolicy {
    /// At least this many days lie between disbursement and first due date.
    pub min_days: u16,
}

impl Default for FirstDuePolicy {
    /// 15 days.
    fn default() -> Self {
        Self { min_days: 15 }
    }
}

impl DueDates {
    /// The first due day that is far enough after the disbursement. Without a due day, the day of
    /// the disbursement is it.
    pub fn following(start: NaiveDate, due_day: Option<u8>, policy: FirstDuePolicy) -> Self {
        let day = due_day.unwrap_or_else(|| day_of(start));
        let earliest = start.checked_add_days(Days::new(policy.min_days.into())).unwrap_or(start);
        let this_month = clip_day(earliest, day.into());
        let first = if this_month >= earliest {
            this_month
        } else {
            clip_day(add_months(clip_day(earliest, 1), 1), day.into())
        };
        Self { start, first, day }
    }

    /// A given first due date, whose day becomes the due day.
    pub fn from_first(start: NaiveDate, first: NaiveDate) -> Result<Self, ScheduleError> {
        Self::anchored(start, first, day_of(first))
    }

    /// A given first due date within a rhythm that stands already: the due day may lie beyond the
    /// first month's end (the 28th of February for the 31st).
    pub fn anchored(start: NaiveDate, first: NaiveDate, day: u8) -> Result<Self, ScheduleError> {
        if first <= start || clip_day(first, day.into()) != first {
            return Err(ScheduleError::FirstDueDate { start, first });
        }
        Ok(Self { start, first, day })
    }

    /// The same from parts that were checked before.
    pub(super) const fn of_parts(start: NaiveDate, first: NaiveDate, day: u8) -> Self {
        Self { start, first, day }
    }

    /// Where interest begins: the disbursement.
    pub fn start(self) -> NaiveDate {
        self.start
    }

    /// The due date of row 1.
    pub fn first(self) -> NaiveDate {
        self.first
    }

    /// The day of the month.
    pub fn due_day(self) -> u8 {
        self.day
    }

    /// The due date of row `no`; for 0 the due day a month before row 1.
    pub fn due(self, no: u16) -> NaiveDate {
        let month = match no.checked_sub(1) {
            Some(later) => add_months(self.first, later.into()),
            None => self.first.checked_sub_months(Months::new(1)).unwrap_or(self.first),
        };
        clip_day(month, self.day.into())
    }
}

fn day_of(date: NaiveDate) -> u8 {
    u8::try_from(date.day()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn first(start: &str, day: Option<u8>) -> String {
        DueDates::following(date(start), day, FirstDuePolicy::default()).first().to_string()
    }

    #[test]
    fn the_first_due_day_is_far_enough() {
        assert_eq!(first("2026-01-10", Some(25)), "2026-01-25");
        assert_eq!(first("2026-01-11", Some(25)), "2026-02-25");
        assert_eq!(first("2026-01-31", Some(1)), "2026-03-01");
        assert_eq!(first("2026-01-17", Some(1)), "2026-02-01");
        assert_eq!(first("2026-01-31", None), "2026-02-28");
        assert_eq!(first("2026-01-20", Some(31)), "2026-02-28");
    }

    #[test]
    fn due_days_never_drift() {
        let dates = DueDates::from_first(date("2026-01-05"), date("2026-01-31")).unwrap();
        let due: Vec<_> = (0..4).map(|no| dates.due(no).to_string()).collect();
        assert_eq!(due, ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31"]);
    }

    #[test]
    fn a_rhythm_goes_on_over_a_short_month() {
        let dates = DueDates::anchored(date("2026-02-10"), date("2026-02-28"), 31).unwrap();
        assert_eq!(dates.due(2), date("2026-03-31"));
        assert!(DueDates::anchored(date("2026-02-10"), date("2026-02-27"), 31).is_err());
        assert!(DueDates::from_first(date("2026-02-10"), date("2026-02-10")).is_err());
    }
}
