//! What is set by hand.

use pensipro_servicing::RawLoanSetting;
use serde::Deserialize;
use utoipa::ToSchema;

/// A status, a way of collecting, or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoanSettingBody {
    /// `default`, `active` (lifts a default set by hand) or `closed` (only where nothing is owed).
    status: Option<String>,
    /// `pension_cut` or `heir`.
    collection: Option<String>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl From<LoanSettingBody> for RawLoanSetting {
    fn from(LoanSettingBody { status, collection, reason }: LoanSettingBody) -> Self {
        Self { status, collection, reason }
    }
}
