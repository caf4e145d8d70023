//! The quality of closed months.

use diesel::prelude::*;
use pensipro_kernel::{Money, Period, Rate, StorageError};
use pensipro_servicing::reports::{
    Figures, GroupBy, Portfolio, QualityEntry, QualityMark, QualityRepository,
};

use super::slices::{StoredSlice, branch_of, code_of};
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
    rate: Option<i64>,
    branch_id: Option<i64>,
    grouped_by: String,
    is_total: bool,
    group_id: Option<i64>,
    group_name: Option<String>,
}
batch_row!(Row => quality_reports);

impl Row {
    fn new(periode: Period, entry: &QualityEntry) -> Result<Self, StorageError> {
        let QualityEntry { of, mark, figures, provision, rate } = entry;
        let StoredSlice { branch_id, grouped_by, is_total, group_id, group_name } =
            StoredSlice::new(of);
        let (kind, mark) = match mark {
            QualityMark::Level(level) => (LEVEL, i64::from(*level)),
            QualityMark::Late(days) => (LATE, i64::from(*days)),
        };
        Ok(Self {
            periode: periode.to_string(),
            kind: kind.to_owned(),
            mark,
            loans: count("quality_reports.loans", figures.count)?,
            outstanding: figures.outstanding.sen(),
            provision: provision.sen(),
            rate: rate.map(Rate::units),
            branch_id,
            grouped_by,
            is_total,
            group_id,
            group_name,
        })
    }

    fn read(self) -> Result<(Period, QualityEntry), StorageError> {
        let Self { periode, kind, mark, loans, outstanding, provision, rate, .. } = self;
        let Self { branch_id, grouped_by, is_total, group_id, group_name, .. } = self;
        let of = StoredSlice { branch_id, grouped_by, is_total, group_id, group_name }.read()?;
        let mark = match kind.as_str() {
            LEVEL => QualityMark::Level(count("quality_reports.mark", mark)?),
            LATE => QualityMark::Late(count("quality_reports.mark", mark)?),
            _ => return Err(unreadable("quality_reports.kind")),
        };
        let loans = count("quality_reports.loans", loans)?;
        let figures = Figures { count: loans, outstanding: Money::from_sen(outstanding) };
        let (provision, rate) = (Money::from_sen(provision), rate.map(Rate::from_units));
        let entry = QualityEntry { of, mark, figures, provision, rate };
        Ok((code("quality_reports.periode", &periode)?, entry))
    }
}

impl QualityRepository for Tx<'_> {
    fn kept_quality(
        &mut self,
        periode: Period,
        portfolio: Portfolio,
        by: Option<GroupBy>,
    ) -> Result<Vec<QualityEntry>, StorageError> {
        let kept = self.kept_qualities((periode, periode), portfolio, by)?;
        Ok(kept.into_iter().map(|(_, entry)| entry).collect())
    }

    fn kept_qualities(
        &mut self,
        (from, to): (Period, Period),
        portfolio: Portfolio,
        by: Option<GroupBy>,
    ) -> Result<Vec<(Period, QualityEntry)>, StorageError> {
        let query = dsl::quality_reports
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

    fn keep_quality(
        &mut self,
        periode: Period,
        entries: &[QualityEntry],
    ) -> Result<(), StorageError> {
        let rows: Result<_, _> = entries.iter().map(|entry| Row::new(periode, entry)).collect();
        self.insert_all::<Row>(rows?)
    }
}
