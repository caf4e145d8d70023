//! Health.

use serde::Serialize;
use utoipa::ToSchema;

/// How the process does.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthBody {
    /// `ok`
    status: &'static str,
}

impl HealthBody {
    /// Well.
    pub fn ok() -> Self {
        Self { status: "ok" }
    }
}
