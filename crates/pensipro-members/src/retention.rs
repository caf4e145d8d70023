//! When what is held of a member may be destroyed: once nothing of his is open, and the time for which
//! the law wants business papers kept is over.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::{MemberError, Obligations};

/// How long papers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionPolicy {
    /// Whole years after the end of the business year of the last event.
    pub years: u16,
}

impl Default for RetentionPolicy {
    /// Ten years (UU 8/1997, article 11).
    fn default() -> Self {
        Self { years: 10 }
    }
}

/// What is kept of a member, deleted or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// What he has running.
    pub obligations: Obligations,
    /// Refunds that somebody has asked for and that are neither paid nor refused.
    pub open_refunds: i64,
    /// The day of the last event in his papers: his registration, or the last change of an
    /// application, a loan or a refund.
    pub last_event_on: NaiveDate,
    /// When his key was destroyed, if it was.
    pub anonymised_at: Option<DateTime<Utc>>,
}

impl Holding {
    /// The last day on which his papers must be kept: the end of the business year of the last
    /// event, and so many years more.
    pub fn kept_until(&self, policy: RetentionPolicy) -> NaiveDate {
        let year = self.last_event_on.year().saturating_add(i32::from(policy.years));
        NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX)
    }

    /// Refuses to destroy what is still needed.
    pub fn may_be_destroyed(
        &self,
        policy: RetentionPolicy,
        today: NaiveDate,
    ) -> Result<(), MemberError> {
        if self.anonymised_at.is_some() {
            return Err(MemberError::Anonymised);
        }
        if !self.obligations.are_none() || self.open_refunds > 0 {
            return Err(MemberError::Active(self.obligations));
        }
        let until = self.kept_until(policy);
        if today <= until { Err(MemberError::Retained { until }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use pensipro_kernel::DomainError;
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn holding(last_event: &str) -> Holding {
        Holding {
            obligations: Obligations::default(),
            open_refunds: 0,
            last_event_on: date(last_event),
            anonymised_at: None,
        }
    }

    fn code(holding: Holding, today: &str) -> &'static str {
        let refused = holding.may_be_destroyed(RetentionPolicy::default(), date(today));
        refused.map_or_else(|error| error.kind().code, |()| "")
    }

    #[test]
    fn papers_are_kept_ten_years_from_the_end_of_their_year() {
        assert_eq!(code(holding("2026-06-15"), "2036-12-31"), "data_retained");
        assert_eq!(code(holding("2026-06-15"), "2037-01-01"), "");
        assert_eq!(code(holding("2026-12-31"), "2036-12-31"), "data_retained");
        assert_eq!(code(holding("2027-01-01"), "2037-01-01"), "data_retained");
    }

    #[test]
    fn what_is_open_is_named_before_the_time() {
        let open = |open_applications, pending_loans, open_loans| Holding {
            obligations: Obligations { open_applications, pending_loans, open_loans },
            ..holding("2000-01-01")
        };
        for open in [open(1, 0, 0), open(0, 1, 0), open(0, 0, 1)] {
            assert_eq!(code(open, "2030-01-01"), "member_active");
        }
        assert_eq!(code(open(0, 0, 0), "2030-01-01"), "");
        let refund = Holding { open_refunds: 1, ..holding("2000-01-01") };
        assert_eq!(code(refund, "2030-01-01"), "member_active");
        let gone = Holding { anonymised_at: Some(DateTime::UNIX_EPOCH), ..open(1, 0, 0) };
        assert_eq!(code(gone, "2030-01-01"), "member_anonymised");
    }

    proptest! {
        #[test]
        fn nothing_is_destroyed_before_its_years_are_over(
            day in 0_i32..40_000, later in 0_i32..8_000, years in 0_u16..30
        ) {
            let day = NaiveDate::from_num_days_from_ce_opt(730_000 + day).unwrap();
            let today = day + chrono::TimeDelta::days(i64::from(later));
            let held = Holding { last_event_on: day, ..holding("2026-06-15") };
            let policy = RetentionPolicy { years };
            let is_free = held.may_be_destroyed(policy, today).is_ok();
            prop_assert_eq!(is_free, today.year() > day.year() + i32::from(years));
        }
    }
}
