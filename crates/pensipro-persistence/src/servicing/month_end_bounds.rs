//! By which bounds the loans of a month's last day are judged.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::StorageError;
use pensipro_servicing::KolektibilitasBounds;

use crate::{
    Tx,
    convert::count,
    schema::loan_month_end_bounds::{self as bounds_of_days, dsl},
    sql::Raw,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = bounds_of_days)]
struct Row {
    day: NaiveDate,
    current_days: i32,
    special_mention_days: i32,
    substandard_days: i32,
    doubtful_days: i32,
}

impl Row {
    fn read(&self) -> Result<KolektibilitasBounds, StorageError> {
        let days = |days: i32| count("loan_month_end_bounds", days);
        Ok(KolektibilitasBounds {
            current: days(self.current_days)?,
            special_mention: days(self.special_mention_days)?,
            substandard: days(self.substandard_days)?,
            doubtful: days(self.doubtful_days)?,
        })
    }
}

/// Keeps these bounds for a day unless some are kept, and gives those that are.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    day: NaiveDate,
    bounds: &KolektibilitasBounds,
) -> Result<KolektibilitasBounds, StorageError> {
    let KolektibilitasBounds { current, special_mention, substandard, doubtful } = *bounds;
    tx.run(|conn| {
        Raw::new(
            "INSERT INTO loan_month_end_bounds (day, current_days, special_mention_days, \
             substandard_days, doubtful_days) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (day) DO NOTHING",
        )?
        .bind(day)
        .bind(i64::from(current))
        .bind(i64::from(special_mention))
        .bind(i64::from(substandard))
        .bind(i64::from(doubtful))
        .execute(conn)
    })?;
    let query = dsl::loan_month_end_bounds.find(day).select(Row::as_select());
    let row: Row = tx.run(|conn| query.get_result(conn))?;
    row.read()
}

/// The bounds of all days that have some.
pub(super) fn all(
    tx: &mut Tx<'_>,
) -> Result<HashMap<NaiveDate, KolektibilitasBounds>, StorageError> {
    let query = dsl::loan_month_end_bounds.select(Row::as_select());
    let rows: Vec<Row> = tx.run(|conn| query.load(conn))?;
    rows.iter().map(|row| Ok((row.day, row.read()?))).collect()
}
