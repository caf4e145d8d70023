//! The outbox as who delivers reads it.

use diesel::prelude::*;
use pensipro_kernel::{MemberId, StorageError};
use pensipro_notifications::{OutboxQueue, PendingEvent};

use crate::{
    Tx,
    schema::outbox,
    sql::{Locked, RowLock},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct Row {
    id: i64,
    event: String,
    ref_table: String,
    ref_id: i64,
    member_id: Option<i64>,
    params: String,
}

impl From<Row> for PendingEvent {
    fn from(row: Row) -> Self {
        let Row { id, event, ref_table, ref_id, member_id, params } = row;
        Self {
            id,
            name: event,
            ref_table,
            ref_id,
            member_id: member_id.map(MemberId::new),
            // One that cannot be read must not hold up those behind it.
            params: serde_json::from_str(&params).unwrap_or_default(),
        }
    }
}

impl OutboxQueue for Tx<'_> {
    fn take_events(&mut self, limit: u32) -> Result<Vec<PendingEvent>, StorageError> {
        let query = outbox::table
            .filter(outbox::delivered_at.is_null())
            .filter(outbox::available_at.le(self.now()))
            .order((outbox::available_at, outbox::id))
            .limit(limit.into())
            .select(Row::as_select());
        let locked = Locked::new(query, RowLock::FreeForUpdate, "outbox");
        let rows: Vec<Row> = self.run(|conn| locked.get_results(conn))?;
        Ok(rows.into_iter().map(PendingEvent::from).collect())
    }

    fn mark_told(&mut self, ids: &[i64]) -> Result<(), StorageError> {
        let now = self.now();
        let told = outbox::table.filter(outbox::id.eq_any(ids));
        let at = outbox::delivered_at.eq(now);
        self.run(|conn| diesel::update(told).set(at).execute(conn))?;
        Ok(())
    }
}
