//! What happened to a member, and how what is held of him was put right.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use pensipro_audit::{AuditRow, FieldChange, Rectification, TimelineEvent};
use pensipro_kernel::UserId;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A field before and after.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChangeBody {
    /// The field.
    pub field: String,
    /// Before; `null` where there was nothing.
    #[schema(value_type = Option<Object>)]
    pub old: Option<Value>,
    /// After; `null` where there is nothing any more.
    #[schema(value_type = Option<Object>)]
    pub new: Option<Value>,
}

/// Something that happened to a member.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEventBody {
    /// Where it is kept: `trail`, `ledger`, `cut`, `refund` or `refund_trail`.
    pub source: &'static str,
    /// Its number there.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What, as a stable verb: `loan.disburse`.
    pub event: String,
    /// Who; `null` for the system itself.
    pub actor_id: Option<i64>,
    /// His name.
    pub actor_name: Option<String>,
    /// The table of the thing that it is about.
    pub ref_table: String,
    /// The thing's id.
    pub ref_id: i64,
    /// What it did to the thing. Personal fields are not here.
    pub changes: Vec<FieldChangeBody>,
    /// Names of the personal fields that it changed; values stand in the member's rectifications.
    pub personal_fields: Vec<String>,
}

/// A change of what is held of a member.
#[derive(Debug, Serialize, ToSchema)]
pub struct RectificationBody {
    /// The row of the audit trail.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// A stable verb: `member.update`.
    pub action: String,
    /// Who; `null` for the system itself.
    pub actor_id: Option<i64>,
    /// His name.
    pub actor_name: Option<String>,
    /// `members`, `member_contacts` or `member_bank_accounts`.
    pub ref_table: String,
    /// The thing's id.
    pub ref_id: i64,
    /// The fields with their values before and after.
    pub changes: Vec<FieldChangeBody>,
}

impl From<FieldChange> for FieldChangeBody {
    fn from(FieldChange { field, old, new }: FieldChange) -> Self {
        Self { field, old, new }
    }
}

fn bodies(changes: Vec<FieldChange>) -> Vec<FieldChangeBody> {
    changes.into_iter().map(FieldChangeBody::from).collect()
}

impl TimelineEventBody {
    /// An event, with the name of its actor among these.
    pub fn of(event: TimelineEvent, names: &HashMap<UserId, String>) -> Self {
        let TimelineEvent { source, id, at, event, actor_id, ref_table, ref_id, changes, personal } =
            event;
        Self {
            source: source.code(),
            id,
            at,
            event,
            actor_id: actor_id.map(UserId::get),
            actor_name: actor_id.and_then(|actor| names.get(&actor).cloned()),
            ref_table,
            ref_id,
            changes: bodies(changes),
            personal_fields: personal,
        }
    }
}

impl RectificationBody {
    /// A change, with the name of its actor among these.
    pub fn of(made: Rectification, names: &HashMap<UserId, String>) -> Self {
        let Rectification { row, changes } = made;
        let AuditRow {
            id,
            actor_id,
            action,
            ref_table,
            ref_id,
            old_value: _,
            new_value: _,
            ip: _,
            request_id: _,
            created_at,
        } = row;
        Self {
            id: id.get(),
            at: created_at,
            action,
            actor_id: actor_id.map(UserId::get),
            actor_name: actor_id.and_then(|actor| names.get(&actor).cloned()),
            ref_table,
            ref_id,
            changes: bodies(changes),
        }
    }
}
