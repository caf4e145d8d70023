//! A point in time as a filter names it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;

/// A timestamp (RFC 3339), or a date, which is its first moment in UTC.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct When(DateTime<Utc>);

impl From<When> for DateTime<Utc> {
    fn from(when: When) -> Self {
        when.0
    }
}

impl TryFrom<String> for When {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        if let Ok(date) = text.parse::<NaiveDate>() {
            return Ok(Self(date.and_time(NaiveTime::MIN).and_utc()));
        }
        // A `+` that was not escaped comes as a blank.
        let text = text.replace(' ', "+");
        DateTime::parse_from_rfc3339(&text)
            .map(|time| Self(time.to_utc()))
            .map_err(|_| "a time is 2026-10-31T08:00:00Z or 2026-10-31")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_first_moment() {
        let read = |text: &str| When::try_from(text.to_owned()).map(|when| when.0.to_rfc3339());
        assert_eq!(read("2026-10-31").as_deref(), Ok("2026-10-31T00:00:00+00:00"));
        assert_eq!(read("2026-10-31T07:00:00 07:00").as_deref(), Ok("2026-10-31T00:00:00+00:00"));
        assert!(read("yesterday").is_err());
    }
}
