//! What moves an application on or back.

use pensipro_kernel::{Faults, Money};
use pensipro_origination::{Decide, Findings, RawDecide, RawFindings, StatusChange, read_reason};
use serde::Deserialize;
use utoipa::ToSchema;

/// An analysis.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnalyzeBody {
    /// Income a month as the analyst established it.
    #[schema(value_type = String, example = "4500000.00")]
    income: Option<Money>,
    /// Other obligations a month as the analyst established them.
    #[schema(value_type = String, example = "0.00")]
    other_obligations: Option<Money>,
    /// 0 to 100.
    #[schema(value_type = i64, example = 72)]
    risk_score: Option<i64>,
    /// `approve`, `reject` or `conditional`.
    #[schema(value_type = String, example = "approve")]
    recommendation: Option<String>,
    /// The grounds.
    #[schema(value_type = String)]
    notes: Option<String>,
}

/// A committee level's decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideBody {
    /// The level that it is meant for; absent, the one that was due when it arrived. One that was
    /// decided meanwhile is a conflict.
    #[schema(value_type = Option<i64>, example = 1)]
    level: Option<i64>,
    /// `approve`, `reject` or `conditional`.
    #[schema(value_type = String, example = "approve")]
    decision: Option<String>,
    /// The grounds; a rejection has some.
    notes: Option<String>,
    /// What has to be met before the disbursement; for `conditional` alone.
    conditions: Option<Vec<String>>,
}

/// A withdrawal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelBody {
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

/// A status set by hand.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusBody {
    /// `cancelled`, `analyzing` (back from the committee before any decision) or `draft` (back from
    /// the analyst).
    #[schema(value_type = String, example = "draft")]
    status: Option<String>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

/// Stepping back from the committee.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecuseBody {
    /// Why.
    #[schema(value_type = String, example = "Saudara kandung pemohon")]
    pub reason: Option<String>,
}

/// A condition found met.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FulfilBody {
    /// How it was met.
    pub notes: Option<String>,
}

impl TryFrom<AnalyzeBody> for Findings {
    type Error = Faults;

    fn try_from(body: AnalyzeBody) -> Result<Self, Faults> {
        let AnalyzeBody { income, other_obligations, risk_score, recommendation, notes } = body;
        Self::check(RawFindings { income, other_obligations, risk_score, recommendation, notes })
    }
}

impl TryFrom<DecideBody> for Decide {
    type Error = Faults;

    fn try_from(body: DecideBody) -> Result<Self, Faults> {
        let DecideBody { level, decision, notes, conditions } = body;
        let conditions = conditions.unwrap_or_default();
        Self::check(RawDecide { level, decision, notes, conditions })
    }
}

impl TryFrom<StatusBody> for StatusChange {
    type Error = Faults;

    fn try_from(StatusBody { status, reason }: StatusBody) -> Result<Self, Faults> {
        Self::check(status.as_deref(), reason.as_deref())
    }
}

impl CancelBody {
    /// The reason, or what is wrong with it.
    pub fn reason(self) -> Result<String, Faults> {
        let mut faults = Faults::new();
        let reason = faults.take(read_reason(self.reason.as_deref()));
        faults.finish(reason)
    }
}
