//! Loans as they stood at the end of a month.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Date, Nullable, Text},
};
use pensipro_kernel::{LoanId, Money, StorageError};
use pensipro_servicing::{Kolektibilitas, LoanAtMonthEnd, MonthEnd, WrittenMonthEnd};

use super::{month_end_bounds, month_end_gaps};
use crate::{
    Tx,
    connection::Backend,
    convert::{code, count, unreadable},
    schema::loan_month_ends,
    sql::{List, Raw, batch_row, one_of},
};

/// True where something happened to a loan, or was entered to it, after the day, which is bound twice.
macro_rules! came_later {
    ($first:literal, $second:literal) => {
        concat!(
            "(COALESCE(loans.state_on > ",
            $first,
            ", FALSE) OR EXISTS (SELECT 1 FROM loan_transactions t \
             WHERE t.loan_id = loans.id AND t.booked_on > ",
            $second,
            "))"
        )
    };
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Nullable<Date>)]
    oldest_unpaid_due: Option<NaiveDate>,
    #[diesel(sql_type = BigInt)]
    principal: i64,
    #[diesel(sql_type = Bool)]
    came_later: bool,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = loan_month_ends)]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    day: NaiveDate,
    loan_id: i64,
    dpd: i32,
    kolektibilitas: i32,
    outstanding: i64,
}
batch_row!(Row => loan_month_ends);

/// Loans that are open, and those to which something came later.
pub(super) fn candidates(
    tx: &mut Tx<'_>,
    day: NaiveDate,
    after: LoanId,
    limit: u16,
) -> Result<Vec<LoanId>, StorageError> {
    let rows: Vec<Id> = tx.run(|conn| {
        Raw::new(concat!(
            "SELECT id FROM loans WHERE id > $1 AND (status IN ('active', 'default') OR ",
            came_later!("$2", "$3"),
            ") ORDER BY id LIMIT $4"
        ))?
        .bind(after.get())
        .bind(day)
        .bind(day)
        .bind(i64::from(limit))
        .load(conn)
    })?;
    Ok(rows.into_iter().map(|row| LoanId::new(row.id)).collect())
}

/// What is stored of loans, by id.
pub(super) fn loans(
    tx: &mut Tx<'_>,
    day: NaiveDate,
    ids: &[LoanId],
) -> Result<Vec<LoanAtMonthEnd>, StorageError> {
    let (among, list) = among(tx.backend(), ids);
    let rows: Vec<Found> = tx.run(|conn| {
        let select = concat!(
            "SELECT id, status, oldest_unpaid_due, principal, ",
            came_later!("$1", "$2"),
            " AS came_later FROM loans WHERE id "
        );
        Raw::new(&format!("{select}{among} ORDER BY id"))?.bind(day).bind(day).bind(list).load(conn)
    })?;
    rows.into_iter().map(LoanAtMonthEnd::try_from).collect()
}

/// `IN` a list that is the third value bound.
fn among(backend: Backend, ids: &[LoanId]) -> (&'static str, String) {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    match backend {
        Backend::Postgres => {
            ("= ANY((SELECT $3::text::bigint[])::bigint[])", format!("{{{}}}", ids.join(",")))
        }
        Backend::Sqlite => ("IN (SELECT value FROM json_each($3))", format!("[{}]", ids.join(","))),
    }
}

impl TryFrom<Found> for LoanAtMonthEnd {
    type Error = StorageError;

    fn try_from(found: Found) -> Result<Self, StorageError> {
        let Found { id, status, oldest_unpaid_due, principal, came_later } = found;
        Ok(Self {
            id: LoanId::new(id),
            status: code("loans.status", &status)?,
            oldest_unpaid_due,
            principal: Money::from_sen(principal),
            came_later,
        })
    }
}

/// Puts rows in place of what is there of these loans.
pub(super) fn put(
    tx: &mut Tx<'_>,
    day: NaiveDate,
    ids: &[LoanId],
    rows: &[MonthEnd],
) -> Result<(), StorageError> {
    let (Some(first), Some(last)) = (ids.iter().min(), ids.iter().max()) else { return Ok(()) };
    let list = List::numbers(tx.backend(), ids.iter().map(|id| id.get()));
    // The bounds say nothing new, but keep a planner that knows nothing of the day yet from reading
    // all of it for every chunk.
    let old = loan_month_ends::table
        .filter(loan_month_ends::day.eq(day))
        .filter(loan_month_ends::loan_id.ge(first.get()))
        .filter(loan_month_ends::loan_id.le(last.get()))
        .filter(one_of(loan_month_ends::loan_id, list));
    tx.run(|conn| diesel::delete(old).execute(conn))?;
    let row = |end: &MonthEnd| Row {
        day,
        loan_id: end.loan_id.get(),
        dpd: i32::try_from(end.dpd).unwrap_or(i32::MAX),
        kolektibilitas: end.kolektibilitas.level().into(),
        outstanding: end.outstanding.sen(),
    };
    tx.insert_all(rows.iter().map(row).collect())
}

/// What is there of loans for each of these days, in the order of the ids, which rises.
pub(super) fn written(
    tx: &mut Tx<'_>,
    ids: &[LoanId],
    days: &[NaiveDate],
) -> Result<Vec<Vec<WrittenMonthEnd>>, StorageError> {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
    let mut loans: Vec<_> = ids.iter().map(|_| Vec::with_capacity(days.len())).collect();
    let bounds = month_end_bounds::all(tx)?;
    for day in days {
        // A day at a time: a stretch of its own in the index.
        let query = loan_month_ends::table
            .filter(loan_month_ends::day.eq(day))
            .filter(loan_month_ends::loan_id.between(first.get(), last.get()))
            .select(Row::as_select());
        let rows: Vec<Row> = tx.run(|conn| query.load(conn))?;
        let rows = rows.iter().map(|row| Ok((LoanId::new(row.loan_id), row.read()?)));
        let mut rows: HashMap<_, _> = rows.collect::<Result<_, StorageError>>()?;
        let left_out = month_end_gaps::settled(tx, *day, (*first, *last))?;
        for (id, loan) in ids.iter().zip(&mut loans) {
            loan.push(WrittenMonthEnd {
                day: *day,
                written: rows.remove(id),
                bounds: bounds.get(day).copied(),
                is_left_out: left_out.contains(id),
            });
        }
    }
    Ok(loans)
}

impl Row {
    fn read(&self) -> Result<MonthEnd, StorageError> {
        let level = u8::try_from(self.kolektibilitas).ok().and_then(Kolektibilitas::at_level);
        Ok(MonthEnd {
            loan_id: LoanId::new(self.loan_id),
            dpd: count("loan_month_ends.dpd", self.dpd)?,
            kolektibilitas: level.ok_or_else(|| unreadable("loan_month_ends.kolektibilitas"))?,
            outstanding: Money::from_sen(self.outstanding),
        })
    }
}
