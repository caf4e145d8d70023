//! The aging of closed months.

use diesel::prelude::*;
use pensipro_kernel::{Money, Period, StorageError};
use pensipro_servicing::reports::{
    AgingBucket, AgingEntry, AgingRepository, Figures, GroupBy, Portfolio,
};

use super::slices::{StoredSlice, branch_of, code_of};
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
    branch_id: Option<i64>,
}
batch_row!(Row => aging_reports);

impl Row {
    fn new(periode: Period, entry: &AgingEntry) -> Result<Self, StorageError> {
        let AgingEntry { of, bucket, figures } = entry;
        let StoredSlice { branch_id, grouped_by, is_total, group_id, group_name } =
            StoredSlice::new(of);
        Ok(Self {
            periode: periode.to_string(),
            grouped_by,
            is_total,
            group_id,
            group_name,
            bucket: bucket.map_or(CURRENT, AgingBucket::code).into(),
            loans: count("aging_reports.loans", figures.count)?,
            outstanding: figures.outstanding.sen(),
            branch_id,
        })
    }

    fn read(self) -> Result<(Period, AgingEntry), StorageError> {
        let Self { periode, bucket, loans, outstanding, .. } = self;
        let Self { branch_id, grouped_by, is_total, group_id, group_name, .. } = self;
        let of = StoredSlice { branch_id, grouped_by, is_total, group_id, group_name }.read()?;
        let is_current = bucket == CURRENT;
        let bucket = (!is_current).then(|| code("aging_reports.bucket", &bucket)).transpose()?;
        let loans = count("aging_reports.loans", loans)?;
        let figures = Figures { count: loans, outstanding: Money::from_sen(outstanding) };
        Ok((code("aging_reports.periode", &periode)?, AgingEntry { of, bucket, figures }))
    }
}

impl AgingRepository for Tx<'_> {
    fn kept_aging(
        &mut self,
        periode: Period,
        portfolio: Portfolio,
        by: Option<GroupBy>,
    ) -> Result<Vec<AgingEntry>, StorageError> {
        let kept = self.kept_agings((periode, periode), portfolio, by)?;
        Ok(kept.into_iter().map(|(_, entry)| entry).collect())
    }

    fn is_kept_by_branch(&mut self, periode: Period) -> Result<bool, StorageError> {
        let of_branches = dsl::aging_reports
            .filter(dsl::periode.eq(periode.to_string()))
            .filter(dsl::branch_id.is_not_null());
        self.run(|conn| diesel::select(diesel::dsl::exists(of_branches)).get_result(conn))
    }

    fn kept_agings(
        &mut self,
        (from, to): (Period, Period),
        portfolio: Portfolio,
        by: Option<GroupBy>,
    ) -> Result<Vec<(Period, AgingEntry)>, StorageError> {
        let query = dsl::aging_reports
            .filter(dsl::periode.between(from.to_string(), to.to_string()))
            .filter(dsl::grouped_by.eq(code_of(by)))
            .order((dsl::periode, dsl::id))
            .select(Row::as_select())
            .into_boxed();
        let query = match branch_of(portfolio) {
            None => query.filter(dsl::branch_id.is_null()),
            Some(branch) => query.filter(dsl::branch_id.eq(branch)),
        };
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    fn keep_aging(&mut self, periode: Period, entries: &[AgingEntry]) -> Result<(), StorageError> {
        let rows: Result<_, _> = entries.iter().map(|entry| Row::new(periode, entry)).collect();
        self.insert_all::<Row>(rows?)
    }
}
