//! Rows of the audit trail.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditId, UserId};
use serde_json::Value;

/// One row: who did what to which thing, and what it was before and after. Personal fields are
/// decrypted by storage, or absent where their member's key was destroyed.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// Id.
    pub id: AuditId,
    /// Who; `None` for the system itself.
    pub actor_id: Option<UserId>,
    /// A stable verb: `loan.disburse`.
    pub action: String,
    /// The table of the thing.
    pub ref_table: String,
    /// The thing's id.
    pub ref_id: i64,
    /// The thing before.
    pub old_value: Option<Value>,
    /// The thing after.
    pub new_value: Option<Value>,
    /// Where the request came from.
    pub ip: Option<IpAddr>,
    /// The request.
    pub request_id: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Which rows a list holds. The newest come first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// The table of the thing.
    pub ref_table: Option<String>,
    /// The thing's id.
    pub ref_id: Option<i64>,
    /// Who.
    pub actor_id: Option<UserId>,
    /// What was done.
    pub action: Option<String>,
    /// At this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}
