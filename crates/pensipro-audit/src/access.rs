//! Who read members' details.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditValue, MemberId, Page, PageRequest, StorageError, UserId};

/// A reading of a member's detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRow {
    /// Rises with the time of writing.
    pub id: i64,
    /// Who read; `None` for the system itself.
    pub user_id: Option<UserId>,
    /// Whose detail.
    pub member_id: MemberId,
    /// What was read, as a stable verb: `member.read`.
    pub action: String,
    /// The reader's address.
    pub ip: Option<IpAddr>,
    /// The request.
    pub request_id: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which readings a list holds. The newest come first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessFilter {
    /// Of this member.
    pub member_id: Option<MemberId>,
    /// By this user.
    pub user_id: Option<UserId>,
    /// At this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

impl AccessFilter {
    /// What the trail keeps of it.
    pub fn audit_view(&self) -> AuditValue {
        let Self { member_id, user_id, from, to } = self;
        AuditValue::new()
            .with("member_id", member_id.map(MemberId::get))
            .with("user_id", user_id.map(UserId::get))
            .with("from", from.map(|at| at.to_rfc3339()))
            .with("to", to.map(|at| at.to_rfc3339()))
    }
}

/// Readings (`access_logs`), newest first.
pub trait AccessRepository {
    /// Rows by filter.
    fn accesses(
        &mut self,
        filter: &AccessFilter,
        page: &PageRequest,
    ) -> Result<Page<AccessRow>, StorageError>;
}
