//! The holds of a loan's rows, read with the loan: a packed text in place of a query of their own.

use chrono::{Days, NaiveDate};
use diesel::{
    QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Nullable, Text},
};
use pensipro_kernel::StorageError;
use pensipro_servicing::Hold;

use crate::{connection::MultiBackend, convert::unreadable};

/// Every hold of `loans.id` as `due date,after,until;…`, days since 2000-01-01.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackedHolds;

impl QueryFragment<MultiBackend> for PackedHolds {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let day = match out.backend() {
            MultiBackend::Postgres(_) => |column| format!("({column} - DATE '2000-01-01')"),
            MultiBackend::Sqlite(_) => {
                |column| format!("CAST(julianday({column}) - 2451544.5 AS INTEGER)")
            }
        };
        out.push_sql("(SELECT string_agg(");
        out.push_sql(&day("held.due_date"));
        out.push_sql(" || ',' || ");
        out.push_sql(&day("held.hold_after"));
        out.push_sql(" || ',' || ");
        out.push_sql(&day("held.hold_until"));
        out.push_sql(", ';') FROM pension_cut_export_rows held WHERE held.loan_id = loans.id)");
        Ok(())
    }
}

impl QueryId for PackedHolds {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Expression for PackedHolds {
    type SqlType = Nullable<Text>;
}

impl<QS> AppearsOnTable<QS> for PackedHolds {}
impl<QS> SelectableExpression<QS> for PackedHolds {}

impl<GB> ValidGrouping<GB> for PackedHolds {
    type IsAggregate = is_aggregate::No;
}

/// The holds of a packed text.
pub(super) fn unpack(packed: Option<&str>) -> Result<Vec<Hold>, StorageError> {
    let holds = packed.into_iter().flat_map(|text| text.split(';'));
    holds.map(|hold| read(hold).ok_or_else(|| unreadable("pension_cut_export_rows"))).collect()
}

fn read(text: &str) -> Option<Hold> {
    let mut numbers = text.split(',').map(str::parse::<i64>);
    let mut next = || numbers.next()?.ok();
    Some(Hold { due_date: date(next()?)?, after: date(next()?)?, until: date(next()?)? })
}

fn date(day: i64) -> Option<NaiveDate> {
    let epoch = NaiveDate::from_ymd_opt(2000, 1, 1)?;
    let distance = Days::new(day.unsigned_abs());
    if day < 0 { epoch.checked_sub_days(distance) } else { epoch.checked_add_days(distance) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_holds_are_read() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let hold =
            |due, after, until| Hold { due_date: day(due), after: day(after), until: day(until) };
        assert_eq!(
            unpack(Some("5,0,31;35,-1,366")).unwrap(),
            [
                hold("2000-01-06", "2000-01-01", "2000-02-01"),
                hold("2000-02-05", "1999-12-31", "2001-01-01"),
            ]
        );
        assert_eq!(unpack(None).unwrap(), []);
        assert!(unpack(Some("7,1")).is_err());
    }
}
