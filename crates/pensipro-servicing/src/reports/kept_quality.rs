//! The quality of a closed month, as it is kept.

use std::collections::BTreeMap;

use pensipro_kernel::{Money, Rate};

use super::{
    quality::{LevelRow, LoanQuality, PAR_DAYS, PartedQuality},
    standing::{Figures, GroupBy, GroupKey, Portfolio, Slice},
};

/// What a figure of a month's quality is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QualityMark {
    /// The loans of a level, 1 to 5.
    Level(u8),
    /// The loans more than so many days past due.
    Late(u32),
}

/// A figure of a closed month's quality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualityEntry {
    /// Of which loans.
    pub of: Slice,
    /// Of which of these.
    pub mark: QualityMark,
    /// Its loans.
    pub figures: Figures,
    /// What is set aside for them; nothing of loans by their lateness, who have a level too.
    pub provision: Money,
    /// Which percentage that is; none of loans by their lateness.
    pub rate: Option<Rate>,
}

impl PartedQuality {
    /// The quality as it is kept.
    pub fn entries(&self, portfolio: Portfolio, by: Option<GroupBy>) -> Vec<QualityEntry> {
        let slice = |group: Option<&GroupKey>| Slice { portfolio, by, group: group.cloned() };
        let total = self.total.entries(&slice(None));
        let groups = self.groups.iter().flat_map(|(group, part)| part.entries(&slice(Some(group))));
        total.into_iter().chain(groups).collect()
    }

    /// The quality that was kept; none of loans of which nothing was.
    pub fn from_entries(entries: Vec<QualityEntry>) -> Option<Self> {
        let mut slices: BTreeMap<Option<GroupKey>, Vec<QualityEntry>> = BTreeMap::new();
        for entry in entries {
            slices.entry(entry.of.group.clone()).or_default().push(entry);
        }
        let total = LoanQuality::from_entries(&slices.remove(&None)?);
        let part = |(group, entries): (Option<GroupKey>, Vec<_>)| {
            Some((group?, LoanQuality::from_entries(&entries)))
        };
        Some(Self { total, groups: slices.into_iter().filter_map(part).collect() })
    }
}

impl LoanQuality {
    fn entries(&self, of: &Slice) -> Vec<QualityEntry> {
        let level = self.levels.iter().map(|row| QualityEntry {
            of: of.clone(),
            mark: QualityMark::Level(row.level),
            figures: row.figures,
            provision: row.provision,
            rate: row.rate,
        });
        let late = PAR_DAYS.into_iter().zip(self.late).map(|(days, figures)| QualityEntry {
            of: of.clone(),
            mark: QualityMark::Late(days),
            figures,
            provision: Money::ZERO,
            rate: None,
        });
        level.chain(late).collect()
    }

    /// The quality that was kept.
    pub fn from_entries(entries: &[QualityEntry]) -> Self {
        let mut levels = [1, 2, 3, 4, 5].map(|level| LevelRow { level, ..LevelRow::default() });
        let mut late = [Figures::default(); PAR_DAYS.len()];
        for QualityEntry { of: _, mark, figures, provision, rate } in entries {
            match mark {
                QualityMark::Level(level) => {
                    if let Some(row) = levels.iter_mut().find(|row| row.level == *level) {
                        let (figures, provision, rate) = (*figures, *provision, *rate);
                        *row = LevelRow { level: *level, figures, provision, rate };
                    }
                }
                QualityMark::Late(days) => {
                    let mut places = PAR_DAYS.iter().zip(&mut late);
                    if let Some((_, row)) = places.find(|(of, _)| *of == days) {
                        *row = *figures;
                    }
                }
            }
        }
        Self::new(levels, late)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{
        super::{quality::ProvisionPolicy, standing::Standing},
        *,
    };
    use crate::rules::KolektibilitasBounds;

    #[test]
    fn what_is_kept_comes_back() {
        let on: NaiveDate = "2026-06-30".parse().unwrap();
        let standing = |days: u64| Standing {
            group: (days > 0).then(|| GroupKey { name: None, id: Some(1 + days as i64 % 2) }),
            oldest_unpaid_due: Some(on - chrono::Days::new(days)),
            written: None,
            figures: Figures { count: 1, outstanding: Money::from_sen(100 + days as i64) },
        };
        let loans = [0, 31, 62, 91, 122, 400].map(standing);
        let (bounds, provision) = (KolektibilitasBounds::default(), ProvisionPolicy::default());
        let quality = PartedQuality::of(&loans, on, &bounds, &provision);
        let entries = quality.entries(Portfolio::Whole, Some(GroupBy::Product));
        assert_eq!(entries.len(), 3 * 8);
        assert_eq!(PartedQuality::from_entries(entries), Some(quality));
        assert_eq!(PartedQuality::from_entries(vec![]), None);
    }
}
