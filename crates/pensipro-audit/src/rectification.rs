//! How what is held of a member was put right: every change of his fields, his contacts and his
//! accounts, with the values before and after.

use std::collections::HashMap;

use pensipro_kernel::{MemberId, Page, PageRequest, StorageError, UserId};
use serde_json::{Map, Value};

use crate::{AuditRow, FieldChange, TimelineRepository, changed_fields};

/// The tables whose things are data of the member himself.
pub const RECTIFIED_TABLES: &[&str] = &["members", "member_contacts", "member_bank_accounts"];

/// A change of what is held of a member.
#[derive(Debug, Clone, PartialEq)]
pub struct Rectification {
    /// The row of the trail that tells of it.
    pub row: AuditRow,
    /// The fields that it changed.
    pub changes: Vec<FieldChange>,
}

/// A page of rectifications, with the names of those who made them.
#[derive(Debug, Clone, PartialEq)]
pub struct Rectifications {
    /// The changes, newest first.
    pub page: Page<Rectification>,
    /// Full names of the users among them.
    pub actors: HashMap<UserId, String>,
}

/// What rectifications need from storage.
pub trait RectificationRepository {
    /// A page of the trail's rows about a member's [`RECTIFIED_TABLES`] that hold a value before,
    /// newest first, decrypted.
    fn rectified_rows(
        &mut self,
        member: MemberId,
        page: &PageRequest,
    ) -> Result<Page<AuditRow>, StorageError>;
}

impl From<AuditRow> for Rectification {
    fn from(row: AuditRow) -> Self {
        let changes = changed_fields(&fields(&row.old_value), &fields(&row.new_value));
        Self { row, changes }
    }
}

fn fields(value: &Option<Value>) -> Map<String, Value> {
    value.as_ref().and_then(Value::as_object).cloned().unwrap_or_default()
}

/// A page of the rectifications of a member whom the caller may see.
pub fn member_rectifications<Tx>(
    tx: &mut Tx,
    member: MemberId,
    page: &PageRequest,
) -> Result<Rectifications, StorageError>
where
    Tx: RectificationRepository + TimelineRepository,
{
    let page = tx.rectified_rows(member, page)?.map(Rectification::from);
    let users: Vec<UserId> = page.data.iter().filter_map(|made| made.row.actor_id).collect();
    Ok(Rectifications { actors: tx.names_of_users(&users)?, page })
}
