//! The quality of closed months.

use diesel::prelude::*;
use pensipro_kernel::{Money, Period, StorageError};
use pensipro_servicing::reports::{Figures, QualityEntry, QualityMark, QualityRepository};

use crate::{
    Tx,
    convert::{code, count, unreadable},
    schema::quality_reports::{self, dsl},
    sql::batch_row,
};

const LEVEL: &str = "level";
const LATE: &str = "late";

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = quality_reports)]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    periode: String,
    kind: String,
    mark: i64,
    loans: i64,
    outstanding: i64,
    provision: i64,
}
batch_row!(Row => quality_reports);

impl Row {
    fn new(periode: Period, entry: &QualityEntry) -> Result<Self, StorageError> {
        let QualityEntry { mark, figures, provision } = *entry;
        let (kind, mark) = match mark {
            QualityMark::Level(level) => (LEVEL, i64::from(level)),
            QualityMark::Late(days) => (LATE, i64::from(days)),
        };
        Ok(Self {
            periode: periode.to_string(),
            kind: kind.to_owned(),
            mark,
            loans: count("quality_reports.loans", figures.count)?,
            outstanding: figures.outstanding.sen(),
            provision: provision.sen(),
        })
    }

    fn read(self) -> Result<(Period, QualityEntry), StorageError> {
        let Self { periode, kind, mark, loans, outstanding, provision } = self;
        let mark = match kind.as_str() {
            LEVEL => QualityMark::Level(count("quality_reports.mark", mark)?),
            LATE => QualityMark::Late(count("quality_reports.mark", mark)?),
            _ => return Err(unreadable("quality_reports.kind")),
        };
        let loans = count("quality_reports.loans", loans)?;
        let figures = Figures { count: loans, outstanding: Money::from_sen(outstanding) };
        let entry = QualityEntry { mark, figures, provision: Money::from_sen(provision) };
        Ok((code("quality_reports.periode", &periode)?, entry))
    }
}

impl QualityRepository for Tx<'_> {
    fn kept_quality(
        &mut self,
        from: Period,
        to: Period,
    ) -> Result<Vec<(Period, QualityEntry)>, StorageError> {
        let query = dsl::quality_reports
            .filter(dsl::periode.between(from.to_string(), to.to_string()))
            .order((dsl::periode, dsl::kind, dsl::mark))
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    fn keep_quality(
        &mut self,
        periode: Period,
        entries: &[QualityEntry],
    ) -> Result<(), StorageError> {
        let rows: Result<_, _> = entries.iter().map(|entry| Row::new(periode, entry)).collect();
        self.insert_all::<Row>(rows?)
    }
}
