//! Calendar months, and the due-day arithmetic that never drifts.

use std::{fmt, str::FromStr};

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A calendar month of the years 1900 to 2999, written `YYYY-MM`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    first: NaiveDate,
}

/// A text that names no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a period is a month such as 2026-10")]
pub struct PeriodError;

impl Period {
    /// The month of a year; an error outside 1900-01 to 2999-12.
    pub fn new(year: i32, month: u32) -> Result<Self, PeriodError> {
        let first = NaiveDate::from_ymd_opt(year, month, 1).ok_or(PeriodError)?;
        if (1900..=2999).contains(&year) { Ok(Self { first }) } else { Err(PeriodError) }
    }

    /// The month that a date lies in.
    pub fn of(date: NaiveDate) -> Self {
        Self { first: date.with_day(1).unwrap_or(date) }
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        add_months(self.first, 1).checked_sub_days(Days::new(1)).unwrap_or(self.first)
    }

    /// The given day of the month, clipped to its last.
    pub fn day(self, day: u32) -> NaiveDate {
        clip_day(self.first, day)
    }

    /// The month after it.
    pub fn next(self) -> Self {
        Self { first: add_months(self.first, 1) }
    }

    /// The month before it.
    pub fn previous(self) -> Self {
        Self { first: self.first.checked_sub_months(Months::new(1)).unwrap_or(self.first) }
    }

    /// By how many months it is later than another one; 0 if it is not.
    pub fn months_after(self, earlier: Self) -> u16 {
        let month =
            |period: Self| i64::from(period.first.year()) * 12 + i64::from(period.first.month());
        u16::try_from(month(self).saturating_sub(month(earlier))).unwrap_or_default()
    }

    /// True if the date lies in the month.
    pub fn contains(self, date: NaiveDate) -> bool {
        Self::of(date) == self
    }
}

/// The date `months` later, clipped to the end of its month; the calendar's end stays itself.
pub fn add_months(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

/// The same month's given day, clipped to the month's last (day 31 in February is the 28th or 29th).
pub fn clip_day(date: NaiveDate, day: u32) -> NaiveDate {
    (1..=day.clamp(1, 31)).rev().find_map(|candidate| date.with_day(candidate)).unwrap_or(date)
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let (year, month) = text.split_once('-').ok_or(PeriodError)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(PeriodError);
        }
        Self::new(year.parse().map_err(|_| PeriodError)?, month.parse().map_err(|_| PeriodError)?)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.first.year(), self.first.month())
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn months_are_read_strictly() {
        assert_eq!("2024-02".parse::<Period>().unwrap().last_day(), date("2024-02-29"));
        for text in [
            "2024-13",
            "2024-00",
            "24-01",
            "2024-1",
            "2024/01",
            "+024-01",
            "1899-12",
            "",
            "2024-01-01",
        ] {
            assert_eq!(text.parse::<Period>(), Err(PeriodError), "{text}");
        }
    }

    #[test]
    fn neighbours_and_days() {
        let december: Period = "2026-12".parse().unwrap();
        assert_eq!(december.next().to_string(), "2027-01");
        assert_eq!(december.next().previous(), december);
        assert_eq!("2026-02".parse::<Period>().unwrap().day(31), date("2026-02-28"));
        assert!(december.contains(date("2026-12-31")) && !december.contains(date("2027-01-01")));
    }

    #[test]
    fn due_days_do_not_drift() {
        let due = |k| clip_day(add_months(date("2026-01-01"), k), 31);
        assert_eq!(
            [due(0), due(1), due(2)],
            [date("2026-01-31"), date("2026-02-28"), date("2026-03-31")]
        );
    }
}
