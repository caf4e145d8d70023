//! Tables compared with one another: what no foreign key and no replay proves.

mod checks;
mod reports;
mod summaries;
mod totals;

use chrono::NaiveDate;
use diesel::{QueryableByName, RunQueryDsl as _};
use pensipro_kernel::{Period, StorageError};
use pensipro_servicing::{BookTotal, CrossChecks, Difference};

use crate::{Tx, sql::Raw};
use checks::{CHECKS, Check};

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = diesel::sql_types::Text)]
    thing: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    stored: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    expected: String,
}

/// What a statement is restricted to, as its two parameters.
#[derive(Debug, Clone, Copy)]
enum Of {
    /// The first and the last day.
    Days,
    /// The first and the last month, as `2026-07`.
    Months,
}

impl Of {
    fn bind(self, sql: &str, period: Option<Period>) -> diesel::QueryResult<Raw> {
        let raw = Raw::new(sql)?;
        Ok(match (self, period) {
            (Self::Days, Some(period)) => raw.bind(period.first_day()).bind(period.last_day()),
            (Self::Days, None) => raw.bind(day(1)).bind(day(9999)),
            (Self::Months, Some(period)) => raw.bind(period.to_string()).bind(period.to_string()),
            (Self::Months, None) => raw.bind("").bind("9999-12"),
        })
    }
}

/// The first day of a year.
fn day(year: i32) -> NaiveDate {
    NaiveDate::from_yo_opt(year, 1).unwrap_or_default()
}

impl CrossChecks for Tx<'_> {
    fn cross_checks(&mut self, period: Option<Period>) -> Result<Vec<Difference>, StorageError> {
        let mut differences = Vec::new();
        for Check { name, of, sql } in CHECKS.iter().chain(reports::CHECKS) {
            let found: Vec<Found> = self.run(|conn| of.bind(sql, period)?.load(conn))?;
            differences.extend(found.into_iter().map(|found| Difference {
                check: (*name).to_owned(),
                thing: found.thing,
                stored: found.stored,
                expected: found.expected,
            }));
        }
        differences.extend(summaries::compare(self, period)?);
        Ok(differences)
    }

    fn book_totals(&mut self, period: Option<Period>) -> Result<Vec<BookTotal>, StorageError> {
        totals::of(self, period)
    }
}
