//! The quality of a closed month, as it is kept.

use pensipro_kernel::Money;

use super::{
    quality::{LoanQuality, PAR_DAYS},
    standing::Figures,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualityEntry {
    /// Of what.
    pub mark: QualityMark,
    /// Its loans.
    pub figures: Figures,
    /// What is set aside for them; nothing of loans by their lateness, who have a level too.
    pub provision: Money,
}

impl LoanQuality {
    /// The quality as it is kept.
    pub fn entries(&self) -> Vec<QualityEntry> {
        let level = self.levels.iter().map(|row| QualityEntry {
            mark: QualityMark::Level(row.level),
            figures: row.figures,
            provision: row.provision,
        });
        let late = PAR_DAYS.into_iter().zip(self.late).map(|(days, figures)| QualityEntry {
            mark: QualityMark::Late(days),
            figures,
            provision: Money::ZERO,
        });
        level.chain(late).collect()
    }

    /// The quality that was kept; none of a month of which nothing was.
    pub fn from_entries(entries: &[QualityEntry]) -> Option<Self> {
        let mut kept = [(Figures::default(), Money::ZERO); 5];
        let mut late = [Figures::default(); PAR_DAYS.len()];
        for QualityEntry { mark, figures, provision } in entries {
            match mark {
                QualityMark::Level(level) => {
                    let place = usize::from(level.saturating_sub(1));
                    if let Some(row) = kept.get_mut(place) {
                        *row = (*figures, *provision);
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
        (!entries.is_empty()).then(|| Self::new(kept, late))
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
            group: None,
            oldest_unpaid_due: Some(on - chrono::Days::new(days)),
            written: None,
            figures: Figures { count: 1, outstanding: Money::from_sen(100 + days as i64) },
        };
        let loans = [0, 31, 61, 91, 121, 400].map(standing);
        let (bounds, provision) = (KolektibilitasBounds::default(), ProvisionPolicy::default());
        let quality = LoanQuality::of(&loans, on, &bounds, &provision);
        assert_eq!(quality.entries().len(), 8);
        assert_eq!(LoanQuality::from_entries(&quality.entries()), Some(quality));
        assert_eq!(LoanQuality::from_entries(&[]), None);
    }
}
