//! A row of the trail as it lies, and its hash.

use chrono::{DateTime, Utc};
use pensipro_kernel::AuditId;

use super::{
    chain::SealEntry,
    hash::{Digest, Fields, SealHash},
};

/// A row with every field as it is stored: what is personal stays encrypted, so that a proof needs no
/// key and outlives one that was destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the column of its name")]
pub struct RawRow {
    pub id: AuditId,
    pub actor_id: Option<i64>,
    pub session_id: Option<i64>,
    pub action: String,
    pub ref_table: String,
    pub ref_id: i64,
    pub subject_id: Option<i64>,
    pub old_value: Option<String>,
    pub old_personal: Option<Vec<u8>>,
    pub new_value: Option<String>,
    pub new_personal: Option<Vec<u8>>,
    pub ip: Option<String>,
    pub request_id: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl RawRow {
    /// In place of a row that cannot be read.
    pub fn unreadable(id: AuditId) -> Self {
        Self {
            id,
            actor_id: None,
            session_id: None,
            action: String::new(),
            ref_table: String::new(),
            ref_id: 0,
            subject_id: None,
            old_value: None,
            old_personal: None,
            new_value: None,
            new_personal: None,
            ip: None,
            request_id: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }
}

/// Hashes rows, one after the other.
#[derive(Debug)]
pub(super) struct RowHasher {
    digest: Digest,
    fields: Fields,
}

impl RowHasher {
    pub(super) fn new(digest: Digest) -> Self {
        Self { digest, fields: Fields::default() }
    }

    /// The row's entry in a seal.
    pub(super) fn entry(&mut self, row: &RawRow) -> SealEntry {
        let content = self.content(row);
        SealEntry { id: row.id, hash: self.row(row.id, content) }
    }

    /// What a row holds beside its id.
    pub(super) fn content(&mut self, row: &RawRow) -> SealHash {
        let RawRow {
            id: _,
            actor_id,
            session_id,
            action,
            ref_table,
            ref_id,
            subject_id,
            old_value,
            old_personal,
            new_value,
            new_personal,
            ip,
            request_id,
            created_at,
        } = row;
        self.fields
            .begin("pensipro.audit.row.1")
            .number(*actor_id)
            .number(*session_id)
            .text(Some(action))
            .text(Some(ref_table))
            .number(Some(*ref_id))
            .number(*subject_id)
            .text(old_value.as_deref())
            .bytes(old_personal.as_deref())
            .text(new_value.as_deref())
            .bytes(new_personal.as_deref())
            .text(ip.as_deref())
            .text(request_id.as_deref())
            .number(Some(created_at.timestamp_micros()))
            .digest(self.digest)
    }

    /// The hash of a row with this id and content.
    pub(super) fn row(&mut self, id: AuditId, content: SealHash) -> SealHash {
        self.fields
            .begin("pensipro.audit.id.1")
            .number(Some(id.get()))
            .hash(content)
            .digest(self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::hash::mixed, *};

    fn row() -> RawRow {
        RawRow {
            id: AuditId::new(7),
            actor_id: Some(1),
            session_id: None,
            action: "loan.pay".into(),
            ref_table: "loans".into(),
            ref_id: 3,
            subject_id: Some(1),
            old_value: None,
            old_personal: None,
            new_value: Some("{}".into()),
            new_personal: Some(vec![1, 2]),
            ip: None,
            request_id: Some("r".into()),
            created_at: DateTime::from_timestamp_micros(1_780_000_000_000_001).unwrap(),
        }
    }

    #[test]
    fn every_field_counts() {
        let changes: [fn(&mut RawRow); 14] = [
            |row| row.id = AuditId::new(8),
            |row| row.actor_id = None,
            |row| row.session_id = Some(1),
            |row| row.action = "loan.pays".into(),
            |row| row.ref_table = "loan".into(),
            |row| row.ref_id = 4,
            |row| row.subject_id = Some(2),
            |row| row.old_value = Some(String::new()),
            |row| row.old_personal = Some(Vec::new()),
            |row| row.new_value = Some("{ }".into()),
            |row| row.new_personal = Some(vec![1, 2, 0]),
            |row| row.ip = Some("r".into()),
            |row| row.request_id = None,
            |row| row.created_at += chrono::TimeDelta::microseconds(1),
        ];
        let mut hashes = vec![RowHasher::new(mixed).entry(&row()).hash];
        for change in changes {
            let mut changed = row();
            change(&mut changed);
            hashes.push(RowHasher::new(mixed).entry(&changed).hash);
        }
        let all: std::collections::HashSet<_> = hashes.iter().copied().collect();
        assert_eq!(all.len(), hashes.len());
    }
}
