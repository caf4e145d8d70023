//! A monthly target of a sales person or a branch, which another person than its author approves.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    Actor, AuditValue, BranchId, Faults, FieldFault, Moment, Money, Period, Rate, Rounding,
    SalesId, TargetId, UserId, Version, codes, div_round,
};

use crate::{Realised, SalesError};

/// Whose target or performance it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A sales person's.
    Sales(SalesId),
    /// A branch's.
    Branch(BranchId),
}

codes! {
    /// How far a target is.
    pub enum TargetStatus {
        /// Waits for another person's approval; may still be set anew.
        Draft = "draft",
        /// Counts.
        Approved = "approved",
        /// Gave way to a later one of the same month.
        Superseded = "superseded",
    }
}

/// What is to be reached in a month: not nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Goal {
    /// Plafon to be disbursed.
    pub amount: Money,
    /// Loans to be disbursed.
    pub count: u32,
}

/// A target as stored. A month has at most one draft and one approved target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: TargetId,
    /// Whose it is.
    pub owner: Owner,
    /// The month.
    pub periode: Period,
    /// What is to be reached.
    pub goal: Goal,
    /// How far it is.
    pub status: TargetStatus,
    /// Who set these figures; does not approve them.
    pub set_by: Option<UserId>,
    /// Who approved it.
    pub approved_by: Option<UserId>,
    /// When.
    pub approved_at: Option<DateTime<Utc>>,
    /// The row's version.
    pub version: Version,
    /// When it was first set.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A target to be stored as a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewTarget {
    /// Whose it is.
    pub owner: Owner,
    /// The month and what is to be reached.
    pub set: SetTarget,
}

/// A target with what became of it so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetProgress {
    /// The target.
    pub target: Target,
    /// What was disbursed in its month.
    pub realised: Realised,
}

/// The command to set a month's target, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetTarget {
    /// The month.
    pub periode: Period,
    /// What is to be reached.
    pub goal: Goal,
}

/// The fields of a target as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of SetTarget, unchecked")]
pub struct RawTarget {
    pub periode: Option<Period>,
    pub target_amount: Option<Money>,
    pub target_count: Option<i64>,
}

impl Goal {
    /// How much of the goal was reached, in percent (four decimals, half away from zero): of the
    /// amount, or of the count where no amount is set.
    pub fn achievement(self, realised: Realised) -> Rate {
        let (reached, whole) = match self.amount.is_zero() {
            true => (i128::from(realised.count), i128::from(self.count)),
            false => (i128::from(realised.amount.sen()), i128::from(self.amount.sen())),
        };
        let units = i128::from(Rate::UNITS_PER_WHOLE).saturating_mul(reached);
        let units = div_round(units, whole, Rounding::HalfAwayFromZero).unwrap_or_default();
        Rate::from_units(i64::try_from(units).unwrap_or(i64::MAX))
    }
}

impl SetTarget {
    /// Checks the fields, all at once.
    pub fn check(raw: RawTarget) -> Result<Self, Faults> {
        let RawTarget { periode, target_amount, target_count } = raw;
        let mut faults = Faults::new();
        let periode = faults.take(periode.ok_or_else(|| FieldFault::required("periode")));
        let amount = target_amount.unwrap_or_default();
        let message = "is not below zero";
        faults.require(!amount.is_negative(), "target_amount", "negative", message);
        let count = faults.take(loans(target_count.unwrap_or_default()));
        let message = "give an amount, a count, or both";
        let nothing = amount.is_zero() && count == Some(0);
        faults.require(!nothing, "target_amount", "required", message);
        let command = || Some(Self { periode: periode?, goal: Goal { amount, count: count? } });
        faults.finish(command())
    }
}

fn loans(count: i64) -> Result<u32, FieldFault> {
    let most = 1_000_000;
    let count = u32::try_from(count).ok().filter(|count| *count <= most);
    count.ok_or_else(|| FieldFault::new("target_count", "out_of_range", "is 0 to 1,000,000"))
}

impl Target {
    /// The same draft with other figures, by another author.
    pub fn set_anew(&self, goal: Goal, by: &Actor, at: Moment) -> Self {
        Self { goal, set_by: by.user_id, updated_at: at.now, ..self.clone() }
    }

    /// The same, approved. `own_user` is the user whose own target it is.
    pub fn approve(
        &self,
        by: &Actor,
        own_user: Option<UserId>,
        at: Moment,
    ) -> Result<Self, SalesError> {
        if self.status != TargetStatus::Draft {
            let (from, to) = (self.status.code(), TargetStatus::Approved.code());
            return Err(SalesError::InvalidTransition { thing: "target", from, to });
        }
        if by.is_user(self.set_by) || by.is_user(own_user) {
            return Err(SalesError::SamePerson);
        }
        Ok(Self {
            status: TargetStatus::Approved,
            approved_by: by.user_id,
            approved_at: Some(at.now),
            updated_at: at.now,
            ..self.clone()
        })
    }

    /// The same, once another one of the month is approved.
    pub fn superseded(&self) -> Self {
        Self { status: TargetStatus::Superseded, ..self.clone() }
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let view = AuditValue::new();
        let view = match self.owner {
            Owner::Sales(id) => view.with("sales_id", id.get()),
            Owner::Branch(id) => view.with("branch_id", id.get()),
        };
        view.text("periode", self.periode)
            .text("target_amount", self.goal.amount)
            .with("target_count", self.goal.count)
            .text("status", self.status)
    }
}

impl TargetProgress {
    /// How much of the target was reached, in percent.
    pub fn achievement(&self) -> Rate {
        self.target.goal.achievement(self.realised)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{actor, at};
    use pensipro_kernel::DomainError;

    fn target() -> Target {
        Target {
            id: TargetId::new(1),
            owner: Owner::Sales(SalesId::new(5)),
            periode: "2026-06".parse().unwrap(),
            goal: Goal { amount: "100000000".parse().unwrap(), count: 3 },
            status: TargetStatus::Draft,
            set_by: Some(UserId::new(1)),
            approved_by: None,
            approved_at: None,
            version: Version::FIRST,
            created_at: at().now,
            updated_at: at().now,
        }
    }

    #[test]
    fn neither_its_author_nor_its_owner_approves_a_target() {
        let code = |target: &Target, by: i64| {
            let approved = target.approve(&actor(by), Some(UserId::new(5)), at());
            approved.map(|target| target.status).map_err(|error| error.kind().code)
        };
        assert_eq!(code(&target(), 1), Err("same_person"));
        assert_eq!(code(&target(), 5), Err("same_person"));
        assert_eq!(code(&target(), 2), Ok(TargetStatus::Approved));
        let anew = target().set_anew(Goal { count: 4, ..Goal::default() }, &actor(2), at());
        assert_eq!((code(&anew, 2), code(&anew, 1).is_ok()), (Err("same_person"), true));
        for status in [TargetStatus::Approved, TargetStatus::Superseded] {
            assert_eq!(code(&Target { status, ..target() }, 2), Err("invalid_transition"));
        }
    }

    #[test]
    fn achievement_is_of_the_amount_or_else_of_the_count() {
        let realised = Realised { amount: "33333333.33".parse().unwrap(), count: 1 };
        assert_eq!(target().goal.achievement(realised).to_string(), "33.3333");
        let by_count = Goal { count: 3, amount: Money::ZERO };
        assert_eq!(by_count.achievement(realised).to_string(), "33.3333");
        let twice = Realised { amount: "200000000".parse().unwrap(), count: 0 };
        assert_eq!(target().goal.achievement(twice), Rate::percent(200));
    }

    #[test]
    fn a_target_asks_for_something() {
        let raw = |amount: &str, count| RawTarget {
            periode: "2026-06".parse().ok(),
            target_amount: amount.parse().ok(),
            target_count: count,
        };
        let code = |raw| SetTarget::check(raw).map(drop).map_err(|faults| faults.list()[0].code);
        assert_eq!(code(raw("0", None)), Err("required"));
        assert_eq!(code(raw("-1", Some(1))), Err("negative"));
        assert_eq!(code(raw("1", Some(-1))), Err("out_of_range"));
        assert_eq!(code(raw("1", Some(1_000_001))), Err("out_of_range"));
        assert_eq!(code(raw("0", Some(1))), Ok(()));
    }
}
