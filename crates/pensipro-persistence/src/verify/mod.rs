//! Tables compared with one another: what no foreign key and no replay proves.

mod checks;
mod kept;
mod reports;
mod summaries;
mod totals;

use chrono::NaiveDate;
use diesel::{QueryableByName, RunQueryDsl as _};
use pensipro_kernel::{Period, StorageError};
use pensipro_servicing::{BookTotal, CrossChecks, Difference};

use crate::{
    Tx,
    sql::{Raw, Value},
};
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

/// What a statement is restricted to.
#[derive(Debug, Clone, Copy)]
enum Of {
    /// The first and the last day.
    Days,
    /// The first and the last month, as `2026-07`.
    Months,
    /// Both: months first, then days.
    MonthsAndDays,
}

impl Of {
    fn bind(self, sql: &str, period: Option<Period>) -> diesel::QueryResult<Raw> {
        Ok(Raw::new(sql)?.bind_all(self.values(period)))
    }

    fn values(self, period: Option<Period>) -> Vec<Value> {
        match (self, period) {
            (Self::Days, Some(period)) => vec![period.first_day().into(), period.last_day().into()],
            (Self::Days, None) => vec![day(1).into(), day(9999).into()],
            (Self::Months, Some(period)) => vec![period.to_string().into(); 2],
            (Self::Months, None) => vec!["".into(), "9999-12".into()],
            (Self::MonthsAndDays, _) => {
                [Self::Months, Self::Days].into_iter().flat_map(|of| of.values(period)).collect()
            }
        }
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
        differences.extend(kept::compare(self, period)?);
        Ok(differences)
    }

    fn book_totals(&mut self, period: Option<Period>) -> Result<Vec<BookTotal>, StorageError> {
        totals::of(self, period)
    }
}
