//! Rules as they were judged.

use pensipro_pricing::RuleResult;
use serde::Serialize;
use utoipa::ToSchema;

/// A rule's verdict and the figures behind it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleBody {
    /// The rule's stable code.
    #[schema(example = "dsr")]
    pub rule: String,
    /// Whether it holds.
    pub passed: bool,
    /// What was found.
    #[schema(example = "36.9048")]
    pub actual: String,
    /// What is allowed.
    #[schema(example = "70")]
    pub limit: String,
}

impl From<RuleResult> for RuleBody {
    fn from(RuleResult { rule, passed, actual, limit }: RuleResult) -> Self {
        Self { rule, passed, actual, limit }
    }
}
