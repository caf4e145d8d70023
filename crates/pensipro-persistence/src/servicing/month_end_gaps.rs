//! Loans that the end of a month could not write down.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Date},
};
use pensipro_kernel::{LoanId, StorageError};

use crate::{
    Tx,
    convert::count,
    schema::loan_month_end_gaps::{self as gaps, dsl},
    sql::{List, Raw, one_of},
};

/// True where an exception tells of a gap `g` that nobody has settled.
macro_rules! is_told {
    () => {
        "EXISTS (SELECT 1 FROM exception_logs e WHERE e.source = 'loans.month_end' \
         AND e.ref_id = g.loan_id AND e.resolved_at IS NULL)"
    };
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Day {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
}

/// Notes one; true if it was not there.
pub(super) fn add(tx: &mut Tx<'_>, day: NaiveDate, loan: LoanId) -> Result<bool, StorageError> {
    let added = tx.run(|conn| {
        Raw::new(
            "INSERT INTO loan_month_end_gaps (day, loan_id) VALUES ($1, $2) \
             ON CONFLICT (day, loan_id) DO NOTHING",
        )?
        .bind(day)
        .bind(loan.get())
        .execute(conn)
    })?;
    Ok(added > 0)
}

/// Takes those of loans away that are written down now.
pub(super) fn close(tx: &mut Tx<'_>, day: NaiveDate, ids: &[LoanId]) -> Result<(), StorageError> {
    let list = List::numbers(tx.backend(), ids.iter().map(|id| id.get()));
    let written =
        dsl::loan_month_end_gaps.filter(dsl::day.eq(day)).filter(one_of(gaps::loan_id, list));
    tx.run(|conn| diesel::delete(written).execute(conn)).map(drop)
}

/// How many there are of a day that nobody has settled.
pub(super) fn count_open(tx: &mut Tx<'_>, day: NaiveDate) -> Result<u64, StorageError> {
    let found: Number = tx.run(|conn| {
        Raw::new(concat!(
            "SELECT COUNT(*) AS number FROM loan_month_end_gaps g WHERE g.day = $1 AND ",
            is_told!()
        ))?
        .bind(day)
        .get_result(conn)
    })?;
    count("loans", found.number)
}

/// The days up to one with such, the oldest first.
pub(super) fn open_days(
    tx: &mut Tx<'_>,
    through: NaiveDate,
) -> Result<Vec<NaiveDate>, StorageError> {
    let found: Vec<Day> = tx.run(|conn| {
        Raw::new(concat!(
            "SELECT DISTINCT g.day FROM loan_month_end_gaps g WHERE g.day <= $1 AND ",
            is_told!(),
            " ORDER BY g.day"
        ))?
        .bind(through)
        .load(conn)
    })?;
    Ok(found.into_iter().map(|row| row.day).collect())
}

/// Those of a day, among loans from one through another, with which people let the month be closed.
pub(super) fn settled(
    tx: &mut Tx<'_>,
    day: NaiveDate,
    (first, last): (LoanId, LoanId),
) -> Result<HashSet<LoanId>, StorageError> {
    let found: Vec<Number> = tx.run(|conn| {
        Raw::new(concat!(
            "SELECT g.loan_id AS number FROM loan_month_end_gaps g WHERE g.day = $1 \
             AND g.loan_id BETWEEN $2 AND $3 AND NOT ",
            is_told!()
        ))?
        .bind(day)
        .bind(first.get())
        .bind(last.get())
        .load(conn)
    })?;
    Ok(found.into_iter().map(|row| LoanId::new(row.number)).collect())
}
