//! How a portfolio came to be as it is: one closed month after the other.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{
    Faults, Period, Scope,
    document::{Cell, Column, Report, Table},
};

use super::{
    aging::{AgingBucket, AgingRow},
    kept_aging::from_entries,
    quality::{LoanQuality, PartedQuality},
    repository::{AgingRepository, QualityRepository},
    standing::{Figures, KeptView},
};
use crate::error::ServicingError;

/// The months of a trend where none are said.
const USUAL: u16 = 24;

/// The most months of a trend.
const MOST: u16 = 120;

/// The months of a trend, the last one that is over among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestTrend {
    /// The first.
    pub from: Period,
    /// The last.
    pub to: Period,
}

impl RequestTrend {
    /// So many months back from the last one that is over, 1 to 120; 24 where none are said.
    pub fn check(months: Option<u16>, today: NaiveDate) -> Result<Self, Faults> {
        let months = months.unwrap_or(USUAL);
        let mut faults = Faults::new();
        let fits = (1..=MOST).contains(&months);
        faults.require(fits, "months", "out_of_range", "is 1 to 120");
        let to = Period::of(today).previous();
        let from = (1..months.min(MOST)).fold(to, |month, _| month.previous());
        faults.finish(Some(Self { from, to }))
    }
}

/// The quality of months that are closed, the oldest first, as far as the caller sees it; a month that was
/// not closed is not there. Reads what was kept, and no loan.
pub fn quality_trend<Tx: QualityRepository>(
    tx: &mut Tx,
    scope: Scope,
    RequestTrend { from, to }: RequestTrend,
) -> Result<Vec<(Period, LoanQuality)>, ServicingError> {
    let view = KeptView::of(scope);
    let kept_by = view.kept_by(None).flatten();
    let mut months: BTreeMap<Period, Vec<_>> = BTreeMap::new();
    for (periode, entry) in tx.kept_qualities((from, to), view.portfolio, kept_by)? {
        months
            .entry(periode)
            .or_default()
            .extend(view.seen(vec![entry], None, |entry| &mut entry.of));
    }
    let quality = |(periode, entries): (Period, Vec<_>)| {
        PartedQuality::from_entries(entries).map(|quality| (periode, quality.total))
    };
    Ok(months.into_iter().filter_map(quality).collect())
}

/// The aging of months that are closed, the oldest first, as far as the caller sees it; a month that was
/// not closed is not there. Reads what was kept, and no loan.
pub fn aging_trend<Tx: AgingRepository>(
    tx: &mut Tx,
    scope: Scope,
    RequestTrend { from, to }: RequestTrend,
) -> Result<Vec<(Period, AgingRow)>, ServicingError> {
    let view = KeptView::of(scope);
    let kept_by = view.kept_by(None).flatten();
    let mut months: BTreeMap<Period, Vec<_>> = BTreeMap::new();
    for (periode, entry) in tx.kept_agings((from, to), view.portfolio, kept_by)? {
        months
            .entry(periode)
            .or_default()
            .extend(view.seen(vec![entry], None, |entry| &mut entry.of));
    }
    let aging = |(periode, entries): (Period, Vec<_>)| {
        from_entries(&entries).map(|aging| (periode, aging.total))
    };
    Ok(months.into_iter().filter_map(aging).collect())
}

/// The trend of the quality as a table for spreadsheets.
pub fn quality_trend_report(months: &[(Period, LoanQuality)]) -> Report {
    let mut columns = vec![
        Column::words("periode", "Periode"),
        Column::figures("count", "Jumlah pinjaman"),
        Column::figures("outstanding_principal", "Sisa pokok"),
    ];
    for level in 1..=5 {
        columns.push(Column::figures(format!("kol{level}"), format!("Kol {level} sisa pokok")));
    }
    columns.push(Column::figures("provision", "Cadangan"));
    let ratios =
        [("npl_ratio", "NPL"), ("par30", "PAR 30"), ("par60", "PAR 60"), ("par90", "PAR 90")];
    columns.extend(ratios.map(|(name, title)| Column::figures(name, title)));
    let mut table = Table::new(columns);
    for (periode, quality) in months {
        let LoanQuality { levels, total, npl_ratio, par, .. } = quality;
        let mut cells = vec![periode.to_string().into(), count(*total), total.outstanding.into()];
        cells.extend(levels.iter().map(|row| Cell::from(row.figures.outstanding)));
        cells.push(quality.provision().into());
        cells.extend(std::iter::once(npl_ratio).chain(par).map(|rate| Cell::from(*rate)));
        table.push(cells);
    }
    Report::new("Tren Kualitas Pinjaman", table)
}

/// The trend of the aging as a table for spreadsheets.
pub fn aging_trend_report(months: &[(Period, AgingRow)]) -> Report {
    let mut columns = vec![Column::words("periode", "Periode")];
    for bucket in AgingBucket::ALL {
        let code = bucket.code();
        columns.push(Column::figures(format!("count_{code}"), format!("{code} jumlah")));
        columns.push(Column::figures(format!("outstanding_{code}"), format!("{code} sisa pokok")));
    }
    columns.push(Column::figures("count", "Jumlah pinjaman"));
    columns.push(Column::figures("outstanding", "Sisa pokok"));
    let mut table = Table::new(columns);
    for (periode, row) in months {
        let figures = row.iter().map(|(_, figures)| figures).chain([row.total()]);
        let pairs = figures.flat_map(|figures| [count(figures), figures.outstanding.into()]);
        table.push(std::iter::once(periode.to_string().into()).chain(pairs).collect());
    }
    Report::new("Tren Umur Tunggakan", table)
}

fn count(figures: Figures) -> Cell {
    Cell::Count(i64::try_from(figures.count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_go_back_from_the_last_one_that_is_over() {
        let today = "2026-06-30".parse().unwrap();
        let months = |wanted| {
            RequestTrend::check(wanted, today).map(|of| (of.from.to_string(), of.to.to_string()))
        };
        let pair = |from: &str, to: &str| Ok((from.to_owned(), to.to_owned()));
        assert_eq!(months(None), pair("2024-06", "2026-05"));
        assert_eq!(months(Some(1)), pair("2026-05", "2026-05"));
        assert!(months(Some(0)).is_err() && months(Some(121)).is_err());
    }
}
