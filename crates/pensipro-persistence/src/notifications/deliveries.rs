//! Messages on their way, as who sends them needs them.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use pensipro_kernel::{DeliveryId, StorageError, WebhookId};
use pensipro_notifications::{
    Addressed, Claim, DeliveryChannel, DeliveryQueue, DeliveryStatus, Lane, NewDelivery, Outcome,
    Ready,
};

use crate::{
    Tx,
    connection::{Backend, DbConnection},
    convert::code,
    schema::notification_deliveries::{self, dsl},
    sql::{BulkUpdate, List, Locked, Raw, RowLock, Value, batch_row, one_of},
};

const PENDING: &str = DeliveryStatus::Pending.code();

#[derive(Insertable)]
#[diesel(table_name = notification_deliveries)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    channel: &'static str,
    lane: i64,
    event: String,
    notification_id: Option<i64>,
    sales_id: Option<i64>,
    funder_id: Option<i64>,
    outbox_id: Option<i64>,
    title: Option<String>,
    body: Option<String>,
    status: &'static str,
    tries: i32,
    available_at: NaiveDateTime,
    created_at: NaiveDateTime,
}
batch_row!(NewRow => notification_deliveries);

impl NewRow {
    fn new(new: &NewDelivery, created_at: NaiveDateTime) -> Self {
        let NewDelivery { channel, to, event, outbox_id, available_at } = new.clone();
        let mut row = Self {
            channel: channel.code(),
            lane: 0,
            event,
            notification_id: None,
            sales_id: None,
            funder_id: None,
            outbox_id,
            title: None,
            body: None,
            status: PENDING,
            tries: 0,
            available_at: available_at.naive_utc(),
            created_at,
        };
        match to {
            Addressed::Notice(notice) => row.notification_id = Some(notice.get()),
            Addressed::Sales(sales, text) => {
                row.sales_id = Some(sales.get());
                (row.title, row.body) = (Some(text.title), Some(text.body));
            }
            Addressed::Funder(funder, text) => {
                row.funder_id = Some(funder.get());
                (row.title, row.body) = (Some(text.title), Some(text.body));
            }
            Addressed::Webhook(webhook, payload) => {
                (row.lane, row.body) = (webhook.get(), Some(payload));
            }
        }
        row
    }
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

/// The oldest messages of a lane that may go. The status stands in the text, so that the index of what
/// waits serves.
const WAITING: &str = "SELECT id FROM notification_deliveries WHERE channel = $1 AND lane = $2 \
     AND status = 'pending' AND available_at <= $3 ORDER BY available_at, id LIMIT $4";

#[derive(QueryableByName)]
struct LaneRow {
    #[diesel(sql_type = Text)]
    channel: String,
    #[diesel(sql_type = BigInt)]
    lane: i64,
}

impl DeliveryQueue for Tx<'_> {
    fn add_deliveries(&mut self, new: &[NewDelivery]) -> Result<(), StorageError> {
        let now = self.now();
        self.insert_all(new.iter().map(|one| NewRow::new(one, now)).collect())
    }

    fn busy_lanes(&mut self, open: &[DeliveryChannel]) -> Result<Vec<Lane>, StorageError> {
        let now = self.now();
        // Each lane is probed by the index, however many messages wait in it.
        let rows: Vec<LaneRow> = self.run(|conn| {
            Raw::new(
                "SELECT l.channel, l.lane FROM (SELECT 'email' AS channel, 0 AS lane \
                 UNION ALL SELECT 'whatsapp', 0 UNION ALL SELECT 'sms', 0 \
                 UNION ALL SELECT 'webhook', id FROM webhooks WHERE ended_at IS NULL AND is_active) l \
                 WHERE EXISTS (SELECT 1 FROM notification_deliveries d WHERE d.channel = l.channel \
                 AND d.lane = l.lane AND d.status = 'pending' AND d.available_at <= $1) \
                 ORDER BY l.channel, l.lane",
            )?
            .bind(now)
            .load(conn)
        })?;
        let mut lanes = Vec::with_capacity(rows.len());
        for LaneRow { channel, lane } in rows {
            let channel = code("notification_deliveries.channel", &channel)?;
            let webhook = (lane > 0).then(|| WebhookId::new(lane));
            if open.contains(&channel) {
                lanes.push(Lane { channel, webhook });
            }
        }
        Ok(lanes)
    }

    fn claim_deliveries(
        &mut self,
        lane: Lane,
        limit: u32,
        claim: Claim,
    ) -> Result<Vec<DeliveryId>, StorageError> {
        let free = match self.backend() {
            Backend::Postgres => " FOR UPDATE SKIP LOCKED",
            Backend::Sqlite => "",
        };
        let now = self.now();
        let found: Vec<IdRow> = self.run(|conn| {
            Raw::new(&format!("{WAITING}{free}"))?
                .bind(lane.channel.code())
                .bind(lane.webhook.map_or(0, WebhookId::get))
                .bind(now)
                .bind(i64::from(limit))
                .load(conn)
        })?;
        let ids: Vec<i64> = found.into_iter().map(|row| row.id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let list = List::numbers(self.backend(), ids.iter().copied());
        let held = dsl::notification_deliveries.filter(one_of(dsl::id, list));
        let set = (
            dsl::claim.eq(Some(claim.number)),
            dsl::available_at.eq(claim.until.naive_utc()),
            dsl::tries.eq(dsl::tries + 1),
        );
        self.run(|conn| diesel::update(held).set(set).execute(conn))?;
        Ok(ids.into_iter().map(DeliveryId::new).collect())
    }

    fn ready_deliveries(&mut self, ids: &[DeliveryId]) -> Result<Vec<Ready>, StorageError> {
        self.with_addresses(ids)
    }

    fn lock_claimed(
        &mut self,
        ids: &[DeliveryId],
        claim: Claim,
    ) -> Result<Vec<DeliveryId>, StorageError> {
        let list = List::numbers(self.backend(), ids.iter().map(|id| id.get()));
        let query = dsl::notification_deliveries
            .filter(one_of(dsl::id, list))
            .filter(dsl::claim.eq(claim.number))
            .filter(dsl::status.eq(PENDING))
            .order(dsl::id)
            .select(dsl::id);
        let locked = Locked::new(query, RowLock::ForUpdate, "notification_deliveries");
        let ids: Vec<i64> = self.run(|conn| locked.get_results(conn))?;
        Ok(ids.into_iter().map(DeliveryId::new).collect())
    }

    fn settle_deliveries(&mut self, settled: &[(DeliveryId, Outcome)]) -> Result<(), StorageError> {
        let now = self.now();
        let (held, done): (Vec<_>, Vec<_>) =
            settled.iter().partition(|(_, outcome)| matches!(outcome, Outcome::Held(_)));
        let rows = done.into_iter().map(|(id, outcome)| settled_row(*id, outcome, now));
        self.update_all(SETTLED, rows.collect())?;
        for (id, outcome) in held {
            if let Outcome::Held(until) = outcome {
                self.hold_delivery(*id, until.naive_utc())?;
            }
        }
        Ok(())
    }

    fn forget_messages(
        &mut self,
        before: DateTime<Utc>,
        at_most: u32,
    ) -> Result<usize, StorageError> {
        let mut forgotten = 0;
        for sql in [FORGET_SENT, FORGET_TOLD] {
            let delete = |conn: &mut DbConnection| {
                let delete = Raw::new(sql)?.bind(before.naive_utc()).bind(i64::from(at_most));
                delete.execute(conn)
            };
            forgotten += self.run(delete)?;
        }
        Ok(forgotten)
    }
}

/// The messages that went out first: what was given up or cancelled is told of as long as its notice.
const FORGET_SENT: &str = "DELETE FROM notification_deliveries WHERE id IN \
     (SELECT id FROM notification_deliveries WHERE sent_at IS NOT NULL AND sent_at < $1 \
     ORDER BY sent_at, id LIMIT $2)";

/// The oldest events of which everybody was told.
const FORGET_TOLD: &str = "DELETE FROM outbox WHERE id IN \
     (SELECT id FROM outbox WHERE delivered_at IS NOT NULL AND delivered_at < $1 \
     ORDER BY delivered_at, id LIMIT $2)";

impl Tx<'_> {
    /// Lets a message wait as if it had not been tried. Few are: those that the quiet hours overtook.
    fn hold_delivery(&mut self, id: DeliveryId, until: NaiveDateTime) -> Result<(), StorageError> {
        let row = dsl::notification_deliveries.find(id.get());
        let set = (
            dsl::claim.eq(None::<i64>),
            dsl::available_at.eq(until),
            dsl::tries.eq(dsl::tries - 1),
        );
        self.run(|conn| diesel::update(row).set(set).execute(conn))?;
        Ok(())
    }
}

const SETTLED: BulkUpdate = BulkUpdate {
    table: "notification_deliveries",
    keys: &["id"],
    set: &["status", "available_at", "claim", "last_error", "sent_at"],
};

fn settled_row(id: DeliveryId, outcome: &Outcome, now: NaiveDateTime) -> Vec<Value> {
    let (status, at, reason) = match outcome {
        Outcome::Sent => (DeliveryStatus::Sent, now, None),
        Outcome::Again { at, reason } => {
            (DeliveryStatus::Pending, at.naive_utc(), Some(reason.clone()))
        }
        Outcome::Held(until) => (DeliveryStatus::Pending, until.naive_utc(), None),
        Outcome::Dead(reason) => (DeliveryStatus::Dead, now, Some(reason.clone())),
        Outcome::Cancelled => (DeliveryStatus::Cancelled, now, None),
    };
    let sent_at = (status == DeliveryStatus::Sent).then_some(now);
    vec![
        id.get().into(),
        status.code().into(),
        at.into(),
        None::<i64>.into(),
        reason.into(),
        sent_at.into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{is_by_index, on_each_backend, query_plan};

    /// It is asked for every second by every instance, however many messages there are.
    #[test]
    fn what_waits_is_found_by_an_index() {
        on_each_backend(|database| {
            let sql = WAITING
                .replace("$1", "'email'")
                .replace("$2", "0")
                .replace("$3", "'2026-06-15 00:00:00'")
                .replace("$4", "9");
            let plan = query_plan(database, &sql);
            assert!(is_by_index(&plan), "{plan:#?}");
            let index = "notification_deliveries_channel_lane_available_at_id_idx";
            assert!(plan.iter().any(|line| line.contains(index)), "{plan:#?}");
            assert!(!plan.iter().any(|line| line.contains("TEMP B-TREE")), "{plan:#?}");
        });
    }

    /// It is asked for every minute, mostly in vain.
    #[test]
    fn what_is_old_is_found_by_an_index() {
        on_each_backend(|database| {
            for (sql, index) in [
                (FORGET_SENT, "notification_deliveries_sent_at_id_idx"),
                (FORGET_TOLD, "outbox_delivered_at_id_idx"),
            ] {
                let sql = sql.replace("$1", "'2026-06-15 00:00:00'").replace("$2", "9");
                let plan = query_plan(database, &sql);
                assert!(plan.iter().any(|line| line.contains(index)), "{plan:#?}");
            }
        });
    }
}
