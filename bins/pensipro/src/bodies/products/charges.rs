//! Fees and penalty rules of a product.

use chrono::{DateTime, Utc};
use pensipro_kernel::Rate;
use pensipro_pricing::{
    LoanFee, PenaltyBasis, PenaltyParts, PenaltyRule, PenaltyStep, RawPenalty, RawStep,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bodies::{fees::FeeBody, literal::Literal};

/// A fee of a product.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ProductFeeBody {
    pub id: i64,
    #[serde(flatten)]
    pub terms: FeeBody,
    pub created_at: DateTime<Utc>,
}

impl From<LoanFee> for ProductFeeBody {
    fn from(fee: LoanFee) -> Self {
        let LoanFee { id, product_id: _, terms, created_at, ended_at: _ } = fee;
        Self { id: id.get(), terms: terms.into(), created_at }
    }
}

/// A penalty rule to be added; the live one of its kind ends.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPenaltyBody {
    /// `late` or `early_settlement`.
    #[serde(default)]
    #[schema(required, example = "late")]
    kind: String,
    /// `percent_per_day`, `percent_once`, `fixed` or `months_of_interest`.
    #[serde(default)]
    #[schema(required, example = "percent_per_day")]
    basis: String,
    /// A percentage, an amount or a number of months.
    #[serde(default)]
    #[schema(value_type = String, required, example = "0.1")]
    value: Literal,
    /// Other values by the share of the tenor that remains (early settlement).
    #[serde(default)]
    steps: Vec<NewStepBody>,
    /// Days that pass without penalty (late).
    grace_days: Option<i64>,
    /// At most this percentage of the row's instalment (late).
    #[schema(value_type = Option<String>)]
    cap_pct: Option<Rate>,
}

/// Another value while at least this share of the tenor remains.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStepBody {
    /// Percent of the tenor's rows that are not yet due.
    #[schema(value_type = String)]
    remaining_pct: Rate,
    /// A value of the rule's basis.
    #[schema(value_type = String)]
    value: Literal,
}

impl From<NewPenaltyBody> for RawPenalty {
    fn from(body: NewPenaltyBody) -> Self {
        let NewPenaltyBody { kind, basis, value, steps, grace_days, cap_pct } = body;
        let step = |NewStepBody { remaining_pct, value }| RawStep { remaining_pct, value: value.0 };
        let steps = steps.into_iter().map(step).collect();
        Self { kind, basis, value: value.0, steps, grace_days, cap_pct }
    }
}

/// A penalty rule of a product.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct PenaltyBody {
    pub id: i64,
    pub kind: &'static str,
    pub basis: &'static str,
    /// A percentage, an amount or a number of months.
    pub value: String,
    pub steps: Vec<StepBody>,
    pub grace_days: u16,
    #[schema(value_type = Option<String>)]
    pub cap_pct: Option<Rate>,
    pub created_at: DateTime<Utc>,
}

/// A step of a penalty rule.
#[derive(Serialize, ToSchema)]
pub struct StepBody {
    #[schema(value_type = String)]
    pub remaining_pct: Rate,
    pub value: String,
}

fn measure(basis: PenaltyBasis) -> String {
    match basis {
        PenaltyBasis::PercentPerDay(rate) | PenaltyBasis::PercentOnce(rate) => rate.to_string(),
        PenaltyBasis::Fixed(amount) => amount.to_string(),
        PenaltyBasis::MonthsOfInterest(months) => months.to_string(),
    }
}

impl From<PenaltyRule> for PenaltyBody {
    fn from(rule: PenaltyRule) -> Self {
        let PenaltyRule { id, product_id: _, terms, created_at, ended_at: _ } = rule;
        let PenaltyParts { kind, basis, steps, grace_days, cap_pct } = terms.into_parts();
        let step = |PenaltyStep { remaining_pct, basis }| StepBody {
            remaining_pct,
            value: measure(basis),
        };
        Self {
            id: id.get(),
            kind: kind.code(),
            basis: basis.code(),
            value: measure(basis),
            steps: steps.into_iter().map(step).collect(),
            grace_days,
            cap_pct,
            created_at,
        }
    }
}
