//! Performance and ranking.

use pensipro_kernel::{BranchId, Money, Period, Rate};
use pensipro_sales::{
    Contender, Figures, Goal, Measure, Performance, PipelineStage, Ranked, RawMonths, Realised,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The month of a performance.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PerformanceQuery {
    /// The month, `YYYY-MM`; this month if absent.
    #[param(value_type = Option<String>)]
    pub periode: Option<Period>,
}

/// What was achieved in a month, and what is open now.
#[derive(Serialize, ToSchema)]
pub struct PerformanceBody {
    /// The month.
    #[schema(value_type = String, example = "2026-10")]
    periode: Period,
    /// Open applications by state, now.
    pipeline: Vec<PipelineBody>,
    #[serde(flatten)]
    figures: PerformanceFiguresBody,
}

/// Open applications of a state.
#[derive(Serialize, ToSchema)]
struct PipelineBody {
    /// `draft`, `submitted`, `analyzing`, `committee` or `approved`
    status: &'static str,
    count: u32,
    #[schema(value_type = String, example = "150000000.00")]
    plafon: Money,
}

/// What was achieved.
#[derive(Serialize, ToSchema)]
struct PerformanceFiguresBody {
    /// Visits made.
    visits: u32,
    /// Applications entered.
    applications: u32,
    /// Applications approved.
    approved: u32,
    /// Loans disbursed, reversed ones not counted.
    disbursed_count: u32,
    /// Their plafon.
    #[schema(value_type = String, example = "350000000.00")]
    disbursed_amount: Money,
    /// What the approved targets ask for; `null` without one.
    #[schema(value_type = Option<String>, example = "500000000.00")]
    target_amount: Option<Money>,
    /// The same as a number of loans.
    target_count: Option<u32>,
    /// Percent of the amount, or of the count where no amount is set; `null` without a target.
    #[schema(value_type = Option<String>, example = "70")]
    achievement_pct: Option<Rate>,
    /// Commissions, claw-backs deducted.
    #[schema(value_type = String, example = "4375000.00")]
    commission: Money,
}

impl From<Performance> for PerformanceBody {
    fn from(performance: Performance) -> Self {
        let Performance { owner: _, periode, figures, pipeline } = performance;
        let stage = |PipelineStage { status, count, plafon }| PipelineBody {
            status: status.code(),
            count,
            plafon,
        };
        let pipeline = pipeline.into_iter().map(stage).collect();
        Self { periode, pipeline, figures: figures.into() }
    }
}

impl From<Figures> for PerformanceFiguresBody {
    fn from(figures: Figures) -> Self {
        let achievement_pct = figures.achievement();
        let Figures { visits, applications, approved, disbursed, goal, commission } = figures;
        let Realised { amount: disbursed_amount, count: disbursed_count } = disbursed;
        let goal = goal.map(|Goal { amount, count }| (amount, count));
        Self {
            visits,
            applications,
            approved,
            disbursed_count,
            disbursed_amount,
            target_amount: goal.map(|(amount, _)| amount),
            target_count: goal.map(|(_, count)| count),
            achievement_pct,
            commission,
        }
    }
}

/// Over which months, and by what, sales people are ranked.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RankingQuery {
    /// The first month, `YYYY-MM`; the last one if absent.
    #[param(value_type = Option<String>)]
    from: Option<Period>,
    /// The last month; this month if absent.
    #[param(value_type = Option<String>)]
    to: Option<Period>,
    /// Of this branch.
    #[param(value_type = Option<i64>)]
    pub branch_id: Option<BranchId>,
    /// `disbursed_amount` (if absent), `disbursed_count`, `approved`, `applications`, `visits`,
    /// `achievement_pct` or `commission`.
    #[param(value_type = Option<String>)]
    pub by: Option<Measure>,
}

impl RankingQuery {
    /// The months, unchecked.
    pub const fn months(&self) -> RawMonths {
        RawMonths { from: self.from, to: self.to }
    }
}

/// A sales person in his place.
#[derive(Serialize, ToSchema)]
pub struct RankedBody {
    /// His place, from 1; equals share one.
    rank: u32,
    id: i64,
    code: String,
    name: String,
    branch_id: i64,
    /// Whether he still sells.
    is_active: bool,
    #[serde(flatten)]
    figures: PerformanceFiguresBody,
}

impl From<Ranked> for RankedBody {
    fn from(Ranked { rank, contender }: Ranked) -> Self {
        let Contender { id, code, name, branch_id, is_active, figures } = contender;
        Self {
            rank,
            id: id.get(),
            code,
            name,
            branch_id: branch_id.get(),
            is_active,
            figures: figures.into(),
        }
    }
}
