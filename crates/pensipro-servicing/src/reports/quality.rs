//! Loans by quality, and the ratios that follow.

use chrono::NaiveDate;
use pensipro_kernel::{
    Money, Rate,
    document::{Cell, Column, Report, Table},
};

use super::standing::{Figures, Standing};
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

/// More than so many days past due.
pub(super) const PAR_DAYS: [u32; 3] = [30, 60, 90];

impl LoanQuality {
    /// The quality of loans on a day.
    pub fn of(
        standings: &[Standing],
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
        let mut provisioned = [(Figures::default(), Money::ZERO); 5];
        for (row, (figures, pct)) in provisioned.iter_mut().zip(levels.into_iter().zip(provision.0))
        {
            *row = (figures, share(figures.outstanding.sen(), pct));
        }
        Self::new(provisioned, late)
    }

    /// The quality that follows from the loans of each level, what is set aside for them, and the loans
    /// that are late.
    pub(super) fn new(levels: [(Figures, Money); 5], late: [Figures; PAR_DAYS.len()]) -> Self {
        let total = levels.iter().fold(Figures::default(), |sum, (figures, _)| sum.and(*figures));
        let ratio = |part: Money| {
            let whole = total.outstanding.sen();
            Rate::from_units(fraction(Rate::UNITS_PER_WHOLE, part.sen(), whole).sen())
        };
        let bad = levels.iter().skip(2);
        let bad = bad.fold(Money::ZERO, |sum, (figures, _)| plus(sum, figures.outstanding));
        let mut rows = [LevelRow::default(); 5];
        for (row, (level, (figures, provision))) in rows.iter_mut().zip((1..).zip(levels)) {
            *row = LevelRow { level, figures, provision };
        }
        let par = late.map(|figures| ratio(figures.outstanding));
        Self { levels: rows, total, late, npl_ratio: ratio(bad), par }
    }

    /// What is set aside for all levels.
    pub fn provision(&self) -> Money {
        self.levels.iter().fold(Money::ZERO, |sum, row| plus(sum, row.provision))
    }
}

/// The quality as a table for spreadsheets.
pub fn quality_report(quality: &LoanQuality, on: NaiveDate) -> Report {
    let mut table = Table::new(vec![
        Column::words("level", "Kolektibilitas"),
        Column::figures("count", "Jumlah pinjaman"),
        Column::figures("outstanding_principal", "Sisa pokok"),
        Column::figures("provision", "Cadangan"),
    ]);
    let count = |figures: Figures| Cell::Count(i64::try_from(figures.count).unwrap_or(i64::MAX));
    for LevelRow { level, figures, provision } in quality.levels {
        let level = level.to_string().into();
        table.push(vec![level, count(figures), figures.outstanding.into(), provision.into()]);
    }
    let total = quality.total;
    let sums =
        vec!["Jumlah".into(), count(total), total.outstanding.into(), quality.provision().into()];
    table.totals = Some(sums);
    let [par30, par60, par90] = quality.par;
    Report::new("Kualitas Pinjaman", table)
        .about("Per tanggal", on)
        .about("NPL", quality.npl_ratio)
        .about("PAR 30", par30)
        .about("PAR 60", par60)
        .about("PAR 90", par90)
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
}
