//! What a sales person or a branch achieved over some months.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, Money, Period, Rate, codes};

use crate::{Goal, Owner};

/// Loans that were disbursed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Realised {
    /// Their plafon in all.
    pub amount: Money,
    /// How many.
    pub count: u32,
}

/// What was achieved over some months.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// Visits made.
    pub visits: u32,
    /// Applications entered, whatever became of them.
    pub applications: u32,
    /// Applications approved, whatever became of them later.
    pub approved: u32,
    /// Loans disbursed, by value date; a reversed disbursement is none.
    pub disbursed: Realised,
    /// The approved targets of the months together, if there is any.
    pub goal: Option<Goal>,
    /// Commissions of the months, claw-backs deducted.
    pub commission: Money,
}

codes! {
    /// The states of an application that may yet become a disbursed loan.
    pub enum PipelineStatus {
        /// Being entered.
        Draft = "draft",
        /// Handed in.
        Submitted = "submitted",
        /// With the analyst.
        Analyzing = "analyzing",
        /// With the committee.
        Committee = "committee",
        /// Approved, not yet disbursed.
        Approved = "approved",
    }
}

/// The open applications of one state, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PipelineStage {
    /// The state.
    pub status: PipelineStatus,
    /// How many.
    pub count: u32,
    /// The plafon asked for in all.
    pub plafon: Money,
}

/// A month's performance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performance {
    /// Whose.
    pub owner: Owner,
    /// The month.
    pub periode: Period,
    /// What was achieved in it.
    pub figures: Figures,
    /// What is open now, every state in order.
    pub pipeline: Vec<PipelineStage>,
}

/// Consecutive months, at most ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Months {
    from: Period,
    to: Period,
}

/// The bounds of months as they came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the bounds of Months, unchecked")]
pub struct RawMonths {
    pub from: Option<Period>,
    pub to: Option<Period>,
}

impl Figures {
    /// How much of the targets was reached, in percent; `None` without a target.
    pub fn achievement(&self) -> Option<Rate> {
        self.goal.map(|goal| goal.achievement(self.disbursed))
    }

    /// True if nothing was done and nothing was to be done.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

impl PipelineStage {
    /// Every state in order; those of which none was found hold nothing.
    pub fn every(found: &[Self]) -> Vec<Self> {
        let stage = |status: &PipelineStatus| {
            let none = Self { status: *status, count: 0, plafon: Money::ZERO };
            found.iter().copied().find(|stage| stage.status == *status).unwrap_or(none)
        };
        PipelineStatus::ALL.iter().map(stage).collect()
    }
}

impl Months {
    /// One month.
    pub const fn of(periode: Period) -> Self {
        Self { from: periode, to: periode }
    }

    /// The months from one to a later one.
    pub const fn between(from: Period, to: Period) -> Self {
        Self { from, to }
    }

    /// Checks the bounds: the last is this month if absent, the first is the last if absent.
    pub fn check(raw: RawMonths, today: NaiveDate) -> Result<Self, Faults> {
        let to = raw.to.unwrap_or_else(|| Period::of(today));
        let from = raw.from.unwrap_or(to);
        let mut faults = Faults::new();
        faults.require(from <= to, "from", "after_to", "is not after `to`");
        let ten_years = pensipro_kernel::add_months(from.first_day(), 120);
        faults.require(to.first_day() < ten_years, "to", "too_long", "spans at most 120 months");
        faults.finish(Some(Self { from, to }))
    }

    /// The first month.
    pub const fn from(self) -> Period {
        self.from
    }

    /// The last month.
    pub const fn to(self) -> Period {
        self.to
    }

    /// The first and the last day.
    pub fn days(self) -> (NaiveDate, NaiveDate) {
        (self.from.first_day(), self.to.last_day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::today;

    #[test]
    fn months_default_to_the_present_one_and_are_in_order() {
        let check = |from: &str, to: &str| {
            let raw = RawMonths { from: from.parse().ok(), to: to.parse().ok() };
            let months = Months::check(raw, today()).map_err(|faults| faults.list()[0].code);
            months.map(|months| format!("{} {}", months.from, months.to))
        };
        assert_eq!(check("", "").as_deref(), Ok("2026-06 2026-06"));
        assert_eq!(check("2026-01", "").as_deref(), Ok("2026-01 2026-06"));
        assert_eq!(check("", "2026-02").as_deref(), Ok("2026-02 2026-02"));
        assert_eq!(check("2016-07", "2026-06").as_deref(), Ok("2016-07 2026-06"));
        assert_eq!(check("2016-06", "2026-06"), Err("too_long"));
        assert_eq!(check("2026-07", "2026-06"), Err("after_to"));
    }

    #[test]
    fn the_pipeline_names_every_state() {
        let found = PipelineStage {
            status: PipelineStatus::Committee,
            count: 2,
            plafon: Money::from_sen(500),
        };
        let every = PipelineStage::every(&[found]);
        assert_eq!(every.len(), 5);
        assert_eq!((every[3], every[0].count), (found, 0));
    }
}
