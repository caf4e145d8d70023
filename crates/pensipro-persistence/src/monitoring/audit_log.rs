//! Writing the audit trail.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{Actor, AuditEntry, AuditLog, AuditValue, MemberId, StorageError};
use serde_json::{Map, Value};

use crate::{
    Tx, crypto::SealingKey, member_keys::MemberKeys, schema::audit_trails, sql::batch_row,
};

pub(crate) const OLD_PLACE: &str = "audit_trails.old_personal";
pub(crate) const NEW_PLACE: &str = "audit_trails.new_personal";

#[derive(Insertable)]
#[diesel(table_name = audit_trails)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    actor_id: Option<i64>,
    session_id: Option<i64>,
    action: &'static str,
    ref_table: &'static str,
    ref_id: i64,
    subject_id: Option<i64>,
    old_value: Option<String>,
    old_personal: Option<Vec<u8>>,
    new_value: Option<String>,
    new_personal: Option<Vec<u8>>,
    ip: Option<String>,
    request_id: Option<String>,
    created_at: NaiveDateTime,
}
batch_row!(NewRow => audit_trails);

impl AuditLog for Tx<'_> {
    /// One query for the subjects' keys that are not in the cache, and a batch of rows.
    fn audit_all(&mut self, actor: &Actor, entries: Vec<AuditEntry>) -> Result<(), StorageError> {
        let subjects = entries.iter().filter(|entry| holds_personal(entry));
        let subjects: Vec<MemberId> = subjects.filter_map(|entry| entry.subject).collect();
        let keys = self.member_keys(&subjects)?;
        let rows = entries.into_iter().map(|entry| self.audit_row(actor, entry, &keys));
        let rows = rows.collect::<Result<_, _>>()?;
        self.insert_all(rows)
    }
}

impl Tx<'_> {
    fn audit_row(
        &self,
        actor: &Actor,
        entry: AuditEntry,
        keys: &MemberKeys,
    ) -> Result<NewRow, StorageError> {
        let key = match entry.subject {
            _ if !holds_personal(&entry) => None,
            None => Some(self.keys().installation()),
            Some(member) => {
                let key = keys.get(&member).cloned();
                Some(key.ok_or(StorageError::not_found("member", member.get()))?)
            }
        };
        let AuditEntry { action, ref_table, ref_id, subject, old_value, new_value } = entry;
        let sealed = |value: Option<AuditValue>, place| match value {
            None => (None, None),
            Some(AuditValue { open, personal }) => {
                (Some(text(open)), self.seal_fields(key.as_deref(), place, personal))
            }
        };
        let (old_value, old_personal) = sealed(old_value, OLD_PLACE);
        let (new_value, new_personal) = sealed(new_value, NEW_PLACE);
        Ok(NewRow {
            actor_id: actor.user_id.map(|id| id.get()),
            session_id: actor.origin.session_id.map(|id| id.get()),
            action,
            ref_table,
            ref_id,
            subject_id: subject.map(|id| id.get()),
            old_value,
            old_personal,
            new_value,
            new_personal,
            ip: actor.origin.ip.map(|ip| ip.to_string()),
            request_id: actor.origin.request_id.as_deref().map(str::to_owned),
            created_at: self.now(),
        })
    }

    fn seal_fields(
        &self,
        key: Option<&SealingKey>,
        place: &str,
        fields: Map<String, Value>,
    ) -> Option<Vec<u8>> {
        let key = key.filter(|_| !fields.is_empty())?;
        Some(key.seal_text(self.entropy(), place, &text(fields)))
    }
}

fn holds_personal(entry: &AuditEntry) -> bool {
    let mut values = entry.old_value.iter().chain(&entry.new_value);
    values.any(|value| !value.personal.is_empty())
}

fn text(fields: Map<String, Value>) -> String {
    Value::Object(fields).to_string()
}
