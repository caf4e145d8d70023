//! The aging of closed months.

use diesel::prelude::*;
use pensipro_kernel::{Money, Period, StorageError};
use pensipro_servicing::reports::{
    AgingBucket, AgingEntry, AgingRepository, Figures, GroupBy, GroupKey,
};

use crate::{
    Tx,
    convert::{code, count},
    schema::aging_reports::{self, dsl},
    sql::batch_row,
};

/// The bucket of loans that are not past due.
const CURRENT: &str = "current";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = aging_reports)]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    periode: String,
    grouped_by: String,
    is_total: bool,
    group_id: Option<i64>,
    group_name: Option<String>,
    bucket: String,
    loans: i64,
    outstanding: i64,
}
batch_row!(Row => aging_reports);

impl Row {
    fn new(periode: Period, entry: &AgingEntry) -> Result<Self, StorageError> {
        let AgingEntry { by, group, bucket, figures } = entry;
        Ok(Self {
            periode: periode.to_string(),
            grouped_by: code_of(*by),
            is_total: group.is_none(),
            group_id: group.as_ref().and_then(|group| group.id),
            group_name: group.as_ref().and_then(|group| group.name.clone()),
            bucket: bucket.map_or(CURRENT, AgingBucket::code).into(),
            loans: count("aging_reports.loans", figures.count)?,
            outstanding: figures.outstanding.sen(),
        })
    }

    fn read(self, by: Option<GroupBy>) -> Result<AgingEntry, StorageError> {
        let Self { group_id, group_name, bucket, loans, outstanding, .. } = self;
        let is_current = bucket == CURRENT;
        let group = (!self.is_total).then_some(GroupKey { name: group_name, id: group_id });
        let bucket = (!is_current).then(|| code("aging_reports.bucket", &bucket)).transpose()?;
        let loans = count("aging_reports.loans", loans)?;
        let figures = Figures { count: loans, outstanding: Money::from_sen(outstanding) };
        Ok(AgingEntry { by, group, bucket, figures })
    }
}

fn code_of(by: Option<GroupBy>) -> String {
    by.map_or("", GroupBy::code).to_owned()
}

impl AgingRepository for Tx<'_> {
    fn kept_aging(
        &mut self,
        periode: Period,
        by: Option<GroupBy>,
    ) -> Result<Vec<AgingEntry>, StorageError> {
        let query = dsl::aging_reports
            .filter(dsl::periode.eq(periode.to_string()))
            .filter(dsl::grouped_by.eq(code_of(by)))
            .order(dsl::id)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(|row| row.read(by)).collect()
    }

    fn kept_agings(
        &mut self,
        from: Period,
        to: Period,
    ) -> Result<Vec<(Period, AgingEntry)>, StorageError> {
        let query = dsl::aging_reports
            .filter(dsl::periode.between(from.to_string(), to.to_string()))
            .filter(dsl::grouped_by.eq(code_of(None)))
            .order((dsl::periode, dsl::id))
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let read = |row: Row| {
            let periode = code("aging_reports.periode", &row.periode)?;
            Ok((periode, row.read(None)?))
        };
        rows.into_iter().map(read).collect()
    }

    fn keep_aging(&mut self, periode: Period, entries: &[AgingEntry]) -> Result<(), StorageError> {
        let rows: Result<_, _> = entries.iter().map(|entry| Row::new(periode, entry)).collect();
        self.insert_all::<Row>(rows?)
    }
}
