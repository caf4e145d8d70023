//! What an installation says about exports that nobody says of a single one.

use chrono::NaiveDate;
use pensipro_kernel::{Money, Period};

use crate::{Arrears, BillingError};

/// The rules of every export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportPolicy {
    /// Remainders up to this are billed whatever [`Arrears`] says.
    pub tolerance: Money,
    /// Whether arrears are billed where an export does not say.
    pub arrears: Arrears,
    /// The day of the month before, 1 to 31, after which payers take no instruction any more; past a
    /// month's end, its last. `None`: they take them at any time.
    pub cut_off_day: Option<u32>,
    /// The day of a month, 1 to 31, from which the next month's exports are made by themselves; past a
    /// month's end, its last. `None`: people make them.
    pub export_day: Option<u32>,
}

impl Default for ExportPolicy {
    fn default() -> Self {
        Self {
            tolerance: Money::ZERO,
            arrears: Arrears::Exclude,
            cut_off_day: None,
            export_day: None,
        }
    }
}

impl ExportPolicy {
    /// The last day on which payers take a month's instruction.
    pub fn cut_off(&self, periode: Period) -> Option<NaiveDate> {
        self.cut_off_day.map(|day| periode.previous().day(day))
    }

    /// The month whose exports are due on a day, if any: from the export day on and up to the cut-off,
    /// past which somebody has to say why the payer takes them.
    pub fn due(&self, today: NaiveDate) -> Option<Period> {
        let month = Period::of(today);
        let next = month.next();
        let is_late = self.cut_off(next).is_some_and(|cut_off| today > cut_off);
        let from = month.day(self.export_day?);
        (today >= from && !is_late).then_some(next)
    }

    /// Refuses an export past its month's cut-off, unless a reason says that the payer takes it.
    pub fn refuse_late(
        &self,
        periode: Period,
        reason: Option<&str>,
        today: NaiveDate,
    ) -> Result<(), BillingError> {
        match self.cut_off(periode) {
            Some(cut_off) if today > cut_off && reason.is_none() => {
                Err(BillingError::PastCutOff { cut_off, today })
            }
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn late(cut_off_day: Option<u32>, reason: Option<&str>, today: &str) -> bool {
        let policy = ExportPolicy { cut_off_day, ..ExportPolicy::default() };
        let march = "2026-03".parse().unwrap();
        policy.refuse_late(march, reason, today.parse().unwrap()).is_err()
    }

    #[test]
    fn exports_are_due_between_their_day_and_the_cut_off() {
        let due = |export_day, cut_off_day, today: &str| {
            let policy = ExportPolicy { export_day, cut_off_day, ..ExportPolicy::default() };
            policy.due(today.parse().unwrap()).map(|periode| periode.to_string())
        };
        let march = Some("2026-03".to_owned());
        assert_eq!(due(None, None, "2026-02-20"), None);
        assert_eq!(due(Some(20), None, "2026-02-19"), None);
        assert_eq!(due(Some(20), None, "2026-02-20"), march);
        assert_eq!(due(Some(31), None, "2026-02-28"), march);
        assert_eq!(due(Some(15), Some(20), "2026-02-20"), march);
        assert_eq!(due(Some(15), Some(20), "2026-02-21"), None);
    }

    #[test]
    fn an_export_past_the_cut_off_needs_a_reason() {
        assert!(!late(Some(20), None, "2026-02-20"));
        assert!(late(Some(20), None, "2026-02-21"));
        assert!(!late(Some(20), Some("the pay office takes it"), "2026-02-21"));
        assert!(!late(Some(31), None, "2026-02-28"));
        assert!(late(Some(31), None, "2026-03-01"));
        assert!(!late(None, None, "2026-12-31"));
    }
}
