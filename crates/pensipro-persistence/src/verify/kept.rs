//! What ends of months said that they kept, against what is there.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::{
    QueryableByName, RunQueryDsl as _,
    sql_types::{BigInt, Date, Text},
};
use pensipro_kernel::{Period, StorageError};
use pensipro_servicing::Difference;
use serde_json::Value;

use super::Of;
use crate::{Tx, convert::from_json};

const RUNS: &str = "SELECT business_date AS day, result FROM job_runs \
    WHERE job = 'end-of-month' AND status = 'done' AND business_date BETWEEN $1 AND $2";

/// The reports that are kept, by the name under which a run counts their figures.
const REPORTS: [(&str, &str); 2] = [
    (
        "aging",
        "SELECT periode, COUNT(*) AS kept FROM aging_reports WHERE periode BETWEEN $1 AND $2 \
         GROUP BY periode",
    ),
    (
        "quality",
        "SELECT periode, COUNT(*) AS kept FROM quality_reports WHERE periode BETWEEN $1 AND $2 \
         GROUP BY periode",
    ),
];

#[derive(QueryableByName)]
struct Run {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = Text)]
    result: String,
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Text)]
    periode: String,
    #[diesel(sql_type = BigInt)]
    kept: i64,
}

/// Figures that are gone, or more of them than were kept. A month whose end is under way is left out.
pub(super) fn compare(
    tx: &mut Tx<'_>,
    period: Option<Period>,
) -> Result<Vec<Difference>, StorageError> {
    let runs: Vec<Run> = tx.run(|conn| Of::Days.bind(RUNS, period)?.load(conn))?;
    let runs = runs.into_iter().map(|run| {
        let result: Value = from_json("job_runs.result", &run.result)?;
        Ok((Period::of(run.day).to_string(), result))
    });
    let runs = runs.collect::<Result<Vec<_>, StorageError>>()?;
    let mut differences = Vec::new();
    for (report, sql) in REPORTS {
        let rows: Vec<Kept> = tx.run(|conn| Of::Months.bind(sql, period)?.load(conn))?;
        let stored: BTreeMap<_, _> = rows.into_iter().map(|row| (row.periode, row.kept)).collect();
        let mut told: BTreeMap<&str, i64> = BTreeMap::new();
        for (periode, result) in &runs {
            let figures = result.get(report).and_then(Value::as_i64).unwrap_or_default();
            *told.entry(periode).or_default() += figures;
        }
        for (periode, expected) in told {
            let stored = stored.get(periode).copied().unwrap_or_default();
            if stored != expected {
                differences.push(Difference {
                    check: format!("{report}.kept"),
                    thing: format!("{report} of {periode}"),
                    stored: format!("{stored} figures"),
                    expected: format!("{expected} figures"),
                });
            }
        }
    }
    Ok(differences)
}
