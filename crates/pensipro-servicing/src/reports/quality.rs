//! Loans by quality, and the ratios that follow.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{
    Money, Rate,
    document::{Cell, Column, Report, Table},
};

use super::standing::{Figures, GroupBy, GroupKey, Standing};
use crate::{
    amount::{fraction, plus, share},
    outstanding::Kolektibilitas,
    rules::KolektibilitasBounds,
};

/// How much is set aside for each level, percent of the unpaid principal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvisionPolicy(pub [Rate; 5]);

impl Default for ProvisionPolicy {
    /// 1, 5, 15, 50 and 100 percent.
    fn default() -> Self {
        Self([1, 5, 15, 50, 100].map(Rate::percent))
    }
}

/// The loans of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LevelRow {
    /// 1 to 5.
    pub level: u8,
    /// How many, and their unpaid principal.
    pub figures: Figures,
    /// What is set aside for them.
    pub provision: Money,
    /// Which percentage of the unpaid principal that is; none of a month that was kept without it.
    pub rate: Option<Rate>,
}

/// The quality of a portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoanQuality {
    /// The five levels.
    pub levels: [LevelRow; 5],
    /// Everything.
    pub total: Figures,
    /// The loans more than 30, 60 and 90 days past due.
    pub late: [Figures; PAR_DAYS.len()],
    /// Unpaid principal of levels 3 to 5, percent of all.
    pub npl_ratio: Rate,
    /// Unpaid principal of loans more than 30, 60 and 90 days past due, percent of all.
    pub par: [Rate; PAR_DAYS.len()],
}

/// The whole, or its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartedQuality {
    /// Everything.
    pub total: LoanQuality,
    /// By part, where parts were asked for.
    pub groups: BTreeMap<GroupKey, LoanQuality>,
}

/// More than so many days past due.
pub(super) const PAR_DAYS: [u32; 3] = [30, 60, 90];

impl LoanQuality {
    /// The quality of loans on a day.
    pub fn of<'a>(
        standings: impl IntoIterator<Item = &'a Standing>,
        on: NaiveDate,
        bounds: &KolektibilitasBounds,
        provision: &ProvisionPolicy,
    ) -> Self {
        let (mut levels, mut late) =
            ([Figures::default(); 5], [Figures::default(); PAR_DAYS.len()]);
        for standing in standings {
            let dpd = standing.dpd(on);
            let quality = match standing.written {
                Some((_, quality)) => quality,
                None => Kolektibilitas::of(dpd, bounds),
            };
            let place = usize::from(quality.level().saturating_sub(1));
            if let Some(level) = levels.get_mut(place) {
                *level = level.and(standing.figures);
            }
            for (days, sum) in PAR_DAYS.iter().zip(&mut late) {
                if dpd > *days {
                    *sum = sum.and(standing.figures);
                }
            }
        }
        let mut rows = [LevelRow::default(); 5];
        let given = (1..).zip(levels.into_iter().zip(provision.0));
        for (row, (level, (figures, rate))) in rows.iter_mut().zip(given) {
            let provision = share(figures.outstanding.sen(), rate);
            *row = LevelRow { level, figures, provision, rate: Some(rate) };
        }
        Self::new(rows, late)
    }

    /// The quality that follows from the loans of the five levels and the loans that are late.
    pub(super) fn new(levels: [LevelRow; 5], late: [Figures; PAR_DAYS.len()]) -> Self {
        let total = levels.iter().fold(Figures::default(), |sum, row| sum.and(row.figures));
        let ratio = |part: Money| {
            let whole = total.outstanding.sen();
            Rate::from_units(fraction(Rate::UNITS_PER_WHOLE, part.sen(), whole).sen())
        };
        let bad = levels.iter().skip(2);
        let bad = bad.fold(Money::ZERO, |sum, row| plus(sum, row.figures.outstanding));
        let par = late.map(|figures| ratio(figures.outstanding));
        Self { levels, total, late, npl_ratio: ratio(bad), par }
    }

    /// Sets what is set aside for each level to what it is in these parts together.
    fn set_aside_for<'a>(&mut self, parts: impl Iterator<Item = &'a Self>) {
        self.levels.iter_mut().for_each(|row| row.provision = Money::ZERO);
        for part in parts {
            for (row, of) in self.levels.iter_mut().zip(part.levels) {
                row.provision = plus(row.provision, of.provision);
            }
        }
    }

    /// What is set aside for all levels.
    pub fn provision(&self) -> Money {
        self.levels.iter().fold(Money::ZERO, |sum, row| plus(sum, row.provision))
    }
}

impl PartedQuality {
    /// The quality of loans on a day. What is set aside for a level is rounded in each part, and of the
    /// whole it is what the parts come to.
    pub fn of<'a>(
        standings: impl IntoIterator<Item = &'a Standing> + Clone,
        on: NaiveDate,
        bounds: &KolektibilitasBounds,
        provision: &ProvisionPolicy,
    ) -> Self {
        let mut parts: BTreeMap<GroupKey, Vec<&Standing>> = BTreeMap::new();
        for standing in standings.clone() {
            if let Some(group) = &standing.group {
                parts.entry(group.clone()).or_default().push(standing);
            }
        }
        let quality = |(group, part): (GroupKey, Vec<&Standing>)| {
            (group, LoanQuality::of(part, on, bounds, provision))
        };
        let groups: BTreeMap<_, _> = parts.into_iter().map(quality).collect();
        let mut total = LoanQuality::of(standings, on, bounds, provision);
        if !groups.is_empty() {
            total.set_aside_for(groups.values());
        }
        Self { total, groups }
    }
}

/// The quality as a table for spreadsheets: by level, or by part.
pub fn quality_report(quality: &PartedQuality, on: NaiveDate, by: Option<GroupBy>) -> Report {
    let table =
        if by.is_some() { table_of_parts(quality) } else { table_of_levels(&quality.total) };
    let report = Report::new("Kualitas Pinjaman", table).about("Per tanggal", on);
    let report = match by {
        Some(by) => report.about("Menurut", by.code()),
        None => report,
    };
    let [par30, par60, par90] = quality.total.par;
    report
        .about("NPL", quality.total.npl_ratio)
        .about("PAR 30", par30)
        .about("PAR 60", par60)
        .about("PAR 90", par90)
}

fn count(figures: Figures) -> Cell {
    Cell::Count(i64::try_from(figures.count).unwrap_or(i64::MAX))
}

fn table_of_parts(quality: &PartedQuality) -> Table {
    let mut columns = vec![
        Column::words("group", "Kelompok"),
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
    for (group, part) in &quality.groups {
        table.push(cells(group.name.as_deref().unwrap_or("-"), part));
    }
    table.totals = Some(cells("Jumlah", &quality.total));
    table
}

fn cells(name: &str, quality: &LoanQuality) -> Vec<Cell> {
    let LoanQuality { levels, total, late: _, npl_ratio, par } = quality;
    let mut cells = vec![name.into(), count(*total), total.outstanding.into()];
    cells.extend(levels.iter().map(|row| Cell::from(row.figures.outstanding)));
    cells.push(quality.provision().into());
    cells.extend(std::iter::once(npl_ratio).chain(par).map(|rate| Cell::from(*rate)));
    cells
}

fn table_of_levels(quality: &LoanQuality) -> Table {
    let mut table = Table::new(vec![
        Column::words("level", "Kolektibilitas"),
        Column::figures("count", "Jumlah pinjaman"),
        Column::figures("outstanding_principal", "Sisa pokok"),
        Column::figures("provision", "Cadangan"),
    ]);
    for LevelRow { level, figures, provision, rate: _ } in quality.levels {
        let level = level.to_string().into();
        table.push(vec![level, count(figures), figures.outstanding.into(), provision.into()]);
    }
    let total = quality.total;
    let sums =
        vec!["Jumlah".into(), count(total), total.outstanding.into(), quality.provision().into()];
    table.totals = Some(sums);
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_ratios_follow_from_days_past_due() {
        let on: NaiveDate = "2026-06-30".parse().unwrap();
        let standing = |days: u64, sen| Standing {
            group: None,
            oldest_unpaid_due: Some(on - chrono::Days::new(days)),
            written: None,
            figures: Figures { count: 1, outstanding: Money::from_sen(sen) },
        };
        let loans = [standing(0, 500), standing(31, 200), standing(91, 200), standing(181, 100)];
        let policy = ProvisionPolicy::default();
        let quality = LoanQuality::of(&loans, on, &KolektibilitasBounds::default(), &policy);
        let told = quality.levels.map(|row| (row.level, row.figures.count, row.provision.sen()));
        assert_eq!(told, [(1, 1, 5), (2, 1, 10), (3, 1, 30), (4, 0, 0), (5, 1, 100)]);
        assert_eq!(quality.npl_ratio, Rate::percent(30));
        assert_eq!(quality.par, [50, 30, 30].map(Rate::percent));
        let none = LoanQuality::of(&[], on, &KolektibilitasBounds::default(), &policy);
        assert_eq!((none.npl_ratio, none.total.count), (Rate::ZERO, 0));
    }

    #[test]
    fn parts_add_up_to_the_whole_to_the_last_sen() {
        let on: NaiveDate = "2026-06-30".parse().unwrap();
        let standing = |group: i64, days: u64| Standing {
            group: Some(GroupKey { name: Some(format!("C{group}")), id: Some(group) }),
            oldest_unpaid_due: Some(on - chrono::Days::new(days)),
            written: None,
            figures: Figures { count: 2, outstanding: Money::from_sen(149) },
        };
        let loans = [standing(1, 0), standing(2, 0), standing(3, 0), standing(3, 100)];
        let (bounds, policy) = (KolektibilitasBounds::default(), ProvisionPolicy::default());
        let PartedQuality { total, groups } = PartedQuality::of(&loans, on, &bounds, &policy);
        assert_eq!(groups.len(), 3);
        let sum = groups.values().fold(Figures::default(), |sum, part| sum.and(part.total));
        assert_eq!((sum, total.total.count), (total.total, 8));
        let provision = groups.values().map(|part| part.provision().sen()).sum::<i64>();
        assert_eq!(provision, total.provision().sen());
        let whole = LoanQuality::of(&loans, on, &bounds, &policy);
        assert_eq!(
            (whole.npl_ratio, whole.par, whole.late),
            (total.npl_ratio, total.par, total.late)
        );
        let third = groups.values().next_back().unwrap();
        assert_eq!((third.npl_ratio, third.levels[2].figures.count), (Rate::percent(50), 2));
    }
}
