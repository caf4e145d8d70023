//! The transactional outbox.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{Event, Outbox, StorageError};

use crate::{Tx, schema::outbox, sql::batch_row};

#[derive(Insertable)]
#[diesel(table_name = outbox)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    event: &'static str,
    ref_table: &'static str,
    ref_id: i64,
    member_id: Option<i64>,
    params: String,
    available_at: NaiveDateTime,
    created_at: NaiveDateTime,
}
batch_row!(NewRow => outbox);

impl Outbox for Tx<'_> {
    fn emit_all(&mut self, events: Vec<Event>) -> Result<(), StorageError> {
        let now = self.now();
        self.insert_all(events.into_iter().map(|event| NewRow::new(event, now)).collect())
    }
}

impl NewRow {
    fn new(event: Event, now: NaiveDateTime) -> Self {
        let Event { name, ref_table, ref_id, member_id, params } = event;
        Self {
            event: name,
            ref_table,
            ref_id,
            member_id: member_id.map(|id| id.get()),
            params: serde_json::Value::Object(params).to_string(),
            available_at: now,
            created_at: now,
        }
    }
}
