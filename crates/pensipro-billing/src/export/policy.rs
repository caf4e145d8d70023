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
}

impl Default for ExportPolicy {
    fn default() -> Self {
        Self { tolerance: Money::ZERO, arrears: Arrears::Exclude, cut_off_day: None }
    }
}

impl ExportPolicy {
    /// The last day on which payers take a month's instruction.
    pub fn cut_off(&self, periode: Period) -> Option<NaiveDate> {
        self.cut_off_day.map(|day| periode.previous().day(day))
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
    fn an_export_past_the_cut_off_needs_a_reason() {
        assert!(!late(Some(20), None, "2026-02-20"));
        assert!(late(Some(20), None, "2026-02-21"));
        assert!(!late(Some(20), Some("the pay office takes it"), "2026-02-21"));
        assert!(!late(Some(31), None, "2026-02-28"));
        assert!(late(Some(31), None, "2026-03-01"));
        assert!(!late(None, None, "2026-12-31"));
    }
}
