//! Targets.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Money, Period, Rate, UserId};
use pensipro_sales::{
    Goal, Owner, RawTarget, Realised, Target, TargetFilter, TargetProgress, TargetStatus,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A month's target: an amount, a count, or both.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTargetBody {
    /// The month, `YYYY-MM`.
    #[schema(value_type = String, example = "2026-10")]
    periode: Option<Period>,
    /// Plafon to be disbursed.
    #[schema(value_type = Option<String>, example = "500000000.00")]
    target_amount: Option<Money>,
    /// Loans to be disbursed.
    target_count: Option<i64>,
}

impl From<NewTargetBody> for RawTarget {
    fn from(body: NewTargetBody) -> Self {
        let NewTargetBody { periode, target_amount, target_count } = body;
        Self { periode, target_amount, target_count }
    }
}

/// A target with what became of it.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct TargetBody {
    pub id: i64,
    /// The sales person, where it is one's.
    pub sales_id: Option<i64>,
    /// The branch, where it is one's.
    pub branch_id: Option<i64>,
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    #[schema(value_type = String, example = "500000000.00")]
    pub target_amount: Money,
    pub target_count: u32,
    /// `draft`, `approved` or `superseded`
    pub status: &'static str,
    /// Plafon disbursed in the month.
    #[schema(value_type = String, example = "350000000.00")]
    pub realised_amount: Money,
    /// Loans disbursed in the month.
    pub realised_count: u32,
    /// Percent of the amount, or of the count where no amount is set.
    #[schema(value_type = String, example = "70")]
    pub achievement_pct: Rate,
    /// Who set these figures; somebody else approves them.
    pub set_by: Option<i64>,
    pub approved_by: Option<i64>,
    pub approved_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<TargetProgress> for TargetBody {
    fn from(progress: TargetProgress) -> Self {
        let achievement_pct = progress.achievement();
        let TargetProgress { target, realised } = progress;
        let Target {
            id,
            owner,
            periode,
            goal,
            status,
            set_by,
            approved_by,
            approved_at,
            version: _,
            created_at,
            updated_at,
        } = target;
        let (sales_id, branch_id) = match owner {
            Owner::Sales(id) => (Some(id.get()), None),
            Owner::Branch(id) => (None, Some(id.get())),
        };
        let Goal { amount: target_amount, count: target_count } = goal;
        let Realised { amount: realised_amount, count: realised_count } = realised;
        Self {
            id: id.get(),
            sales_id,
            branch_id,
            periode,
            target_amount,
            target_count,
            status: status.code(),
            realised_amount,
            realised_count,
            achievement_pct,
            set_by: set_by.map(UserId::get),
            approved_by: approved_by.map(UserId::get),
            approved_at,
            created_at,
            updated_at,
        }
    }
}

/// Filters of targets.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TargetQuery {
    /// Of this month, `YYYY-MM`.
    #[param(value_type = Option<String>)]
    periode: Option<Period>,
    /// `draft`, `approved` or `superseded`.
    #[param(value_type = Option<String>)]
    status: Option<TargetStatus>,
}

impl From<TargetQuery> for TargetFilter {
    fn from(TargetQuery { periode, status }: TargetQuery) -> Self {
        Self { periode, status }
    }
}
