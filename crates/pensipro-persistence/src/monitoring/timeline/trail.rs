//! The audit trail of a member.

use diesel::prelude::*;
use pensipro_audit::{Before, TimelineEvent, TimelineSource, changed_fields};
use pensipro_kernel::{MemberId, StorageError, UserId};
use serde_json::Map;

use super::bound;
use crate::{
    Tx,
    convert::from_time,
    crypto::SealingKey,
    monitoring::{
        audit_log::{NEW_PLACE, OLD_PLACE},
        audit_rows::{StoredRow, fields},
    },
    schema::audit_trails,
    sql::after,
};

impl Tx<'_> {
    pub(super) fn trail_events(
        &mut self,
        member: MemberId,
        before: Option<Before>,
        limit: u16,
    ) -> Result<Vec<TimelineEvent>, StorageError> {
        use audit_trails::dsl;
        let (at, id) = bound(before);
        let query = dsl::audit_trails.filter(dsl::subject_id.eq(member.get()));
        let query = after!(query, falling, dsl::created_at, dsl::id, at, id)
            .order((dsl::created_at.desc(), dsl::id.desc()))
            .limit(limit.into())
            .select(StoredRow::as_select());
        let rows: Vec<StoredRow> = self.run(|conn| query.load(conn))?;
        let key = self.member_keys(&[member])?.remove(&member);
        rows.into_iter().map(|row| event(row, TimelineSource::Trail, key.as_deref())).collect()
    }
}

/// A row as an event: what changed in the open, and the names of what changed besides.
pub(super) fn event(
    row: StoredRow,
    source: TimelineSource,
    key: Option<&SealingKey>,
) -> Result<TimelineEvent, StorageError> {
    let StoredRow {
        id,
        actor_id,
        action,
        ref_table,
        ref_id,
        subject_id: _,
        old_value,
        old_personal,
        new_value,
        new_personal,
        ip: _,
        request_id: _,
        created_at,
    } = row;
    let open = |place, json: Option<String>| match json {
        Some(json) => fields(place, &json),
        None => Ok(Map::new()),
    };
    let personal = |place, sealed: Option<Vec<u8>>| match (sealed, key) {
        (Some(sealed), Some(key)) => fields(place, &key.open_text(place, &sealed)?),
        _ => Ok(Map::new()),
    };
    let hidden =
        changed_fields(&personal(OLD_PLACE, old_personal)?, &personal(NEW_PLACE, new_personal)?);
    Ok(TimelineEvent {
        source,
        id,
        at: from_time(created_at),
        event: action,
        actor_id: actor_id.map(UserId::new),
        ref_table,
        ref_id,
        changes: changed_fields(&open(OLD_PLACE, old_value)?, &open(NEW_PLACE, new_value)?),
        personal: hidden.into_iter().map(|change| change.field).collect(),
    })
}
