//! Loans by how long they are past due.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::document::{Cell, Column, Report, Table};

use super::standing::{Figures, GroupBy, GroupKey, Standing};

pensipro_kernel::codes! {
    /// Days past due.
    pub enum AgingBucket {
        /// To 30, the loans that are not past due among them.
        To30 = "0-30",
        /// 31 to 60.
        To60 = "31-60",
        /// 61 to 90.
        To90 = "61-90",
        /// Beyond 90.
        Beyond = ">90",
    }
}

impl AgingBucket {
    /// The bucket of so many days.
    pub const fn of(dpd: u32) -> Self {
        match dpd {
            0..=30 => Self::To30,
            31..=60 => Self::To60,
            61..=90 => Self::To90,
            _ => Self::Beyond,
        }
    }
}

/// A part of the portfolio by days past due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AgingRow {
    /// The buckets, in order.
    pub buckets: [Figures; AgingBucket::ALL.len()],
    /// Of the first, the loans that are not past due at all.
    pub current: Figures,
}

/// The whole, or its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aging {
    /// Everything.
    pub total: AgingRow,
    /// By part, where parts were asked for.
    pub groups: BTreeMap<GroupKey, AgingRow>,
}

impl AgingRow {
    /// Every bucket with its figures.
    pub fn iter(&self) -> impl Iterator<Item = (AgingBucket, Figures)> {
        AgingBucket::ALL.iter().copied().zip(self.buckets)
    }

    /// All buckets together.
    pub fn total(&self) -> Figures {
        self.buckets.into_iter().fold(Figures::default(), Figures::and)
    }

    fn add(&mut self, dpd: u32, figures: Figures) {
        self.put(Some(AgingBucket::of(dpd)), figures);
        if dpd == 0 {
            self.put(None, figures);
        }
    }

    /// Adds to a bucket, or to the loans that are not past due.
    pub(super) fn put(&mut self, bucket: Option<AgingBucket>, figures: Figures) {
        let Some(bucket) = bucket else {
            self.current = self.current.and(figures);
            return;
        };
        for (of, sum) in AgingBucket::ALL.iter().zip(&mut self.buckets) {
            if *of == bucket {
                *sum = sum.and(figures);
            }
        }
    }
}

impl Aging {
    /// The aging of loans on a day.
    pub fn of<'a>(standings: impl IntoIterator<Item = &'a Standing>, on: NaiveDate) -> Self {
        let mut aging = Self::default();
        for standing in standings {
            let dpd = standing.dpd(on);
            aging.total.add(dpd, standing.figures);
            if let Some(group) = &standing.group {
                aging.groups.entry(group.clone()).or_default().add(dpd, standing.figures);
            }
        }
        aging
    }
}

/// The aging as a table for spreadsheets.
pub fn aging_report(aging: &Aging, on: NaiveDate, by: Option<GroupBy>) -> Report {
    let mut columns = vec![Column::words("group", "Kelompok")];
    for bucket in AgingBucket::ALL {
        let code = bucket.code();
        columns.push(Column::figures(format!("count_{code}"), format!("{code} jumlah")));
        columns.push(Column::figures(format!("outstanding_{code}"), format!("{code} sisa pokok")));
    }
    columns.extend([
        Column::figures("count_current", "Lancar jumlah"),
        Column::figures("outstanding_current", "Lancar sisa pokok"),
        Column::figures("count", "Jumlah pinjaman"),
        Column::figures("outstanding", "Sisa pokok"),
    ]);
    let mut table = Table::new(columns);
    for (group, row) in &aging.groups {
        table.push(cells(group.name.as_deref().unwrap_or("-"), row));
    }
    table.totals = Some(cells("Jumlah", &aging.total));
    let report = Report::new("Umur Tunggakan", table).about("Per tanggal", on);
    match by {
        Some(by) => report.about("Menurut", by.code()),
        None => report,
    }
}

fn cells(name: &str, row: &AgingRow) -> Vec<Cell> {
    let figures = row.buckets.into_iter().chain([row.current, row.total()]);
    let pairs = figures.flat_map(|figures| {
        let count = i64::try_from(figures.count).unwrap_or(i64::MAX);
        [Cell::Count(count), figures.outstanding.into()]
    });
    std::iter::once(name.into()).chain(pairs).collect()
}

#[cfg(test)]
mod tests {
    use pensipro_kernel::Money;
    use proptest::prelude::*;

    use super::*;

    fn standing(group: Option<i64>, due: Option<&str>, sen: i64) -> Standing {
        Standing {
            group: group.map(|id| GroupKey { name: Some(format!("C{id}")), id: Some(id) }),
            oldest_unpaid_due: due.map(|day| day.parse().unwrap()),
            written: None,
            figures: Figures { count: 1, outstanding: Money::from_sen(sen) },
        }
    }

    #[test]
    fn loans_fall_into_the_bucket_of_their_days() {
        let on = "2026-06-30".parse().unwrap();
        let dues = [
            None,
            Some("2026-06-29"),
            Some("2026-05-31"),
            Some("2026-05-30"),
            Some("2026-05-01"),
            Some("2026-04-30"),
            Some("2026-04-01"),
            Some("2026-03-31"),
        ];
        let standings: Vec<_> = dues.iter().map(|due| standing(Some(1), *due, 100)).collect();
        let aging = Aging::of(&standings, on);
        let counts = aging.total.buckets.map(|figures| figures.count);
        assert_eq!((counts, aging.total.current.count), ([3, 2, 2, 1], 1));
        assert_eq!(aging.groups.values().collect::<Vec<_>>(), [&aging.total]);
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_whole(
            loans in prop::collection::vec((0..4_i64, 0..200_u32, 0..1_000_000_i64), 0..40),
        ) {
            let on: NaiveDate = "2026-06-30".parse().unwrap();
            let standings: Vec<_> = loans.iter().map(|(group, days, sen)| {
                let due = on - chrono::Days::new((*days).into());
                standing(Some(*group), Some(&due.to_string()), *sen)
            }).collect();
            let aging = Aging::of(&standings, on);
            let sum = aging.groups.values().map(AgingRow::total).fold(Figures::default(), Figures::and);
            prop_assert_eq!(sum, aging.total.total());
            let sen: i64 = loans.iter().map(|(_, _, sen)| sen).sum();
            let all = Figures { count: loans.len() as u64, outstanding: Money::from_sen(sen) };
            prop_assert_eq!(sum, all);
        }
    }
}
