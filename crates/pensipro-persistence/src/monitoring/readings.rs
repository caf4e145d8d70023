//! How much waits, for the metrics page.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Timestamp},
};
use pensipro_kernel::StorageError;

use crate::{
    Tx,
    convert::from_time,
    schema::{audit_seal_entries, audit_trails},
    sql::Raw,
};

/// What waits in the house, and when its jobs last ended well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Events in the outbox that nobody was told of.
    pub outbox: u64,
    /// Since when the oldest of them waits.
    pub outbox_since: Option<DateTime<Utc>>,
    /// Messages by channel that wait to go or to be tried again, and since when the oldest of them may go.
    pub messages: Vec<(String, u64, Option<DateTime<Utc>>)>,
    /// Messages by channel that were given up.
    pub given_up: Vec<(String, u64)>,
    /// Open exceptions by severity and source.
    pub exceptions: Vec<(String, String, u64)>,
    /// When the oldest row of the audit trail was written that is behind all sealed ones.
    pub unsealed_since: Option<DateTime<Utc>>,
    /// When each job of days and months last ended well.
    pub jobs: Vec<(String, DateTime<Utc>)>,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Nullable<Timestamp>)]
    since: Option<NaiveDateTime>,
}

#[derive(QueryableByName)]
struct Messages {
    #[diesel(sql_type = Text)]
    channel: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = Nullable<Timestamp>)]
    since: Option<NaiveDateTime>,
}

/// The status stands in the text, so that its index serves. While a message is held its time lies ahead.
/// What is for a system that is switched off waits for nothing that goes wrong.
const WAITING: &str = "SELECT channel, COUNT(*) AS count, MIN(available_at) AS since \
     FROM notification_deliveries WHERE status = 'pending' AND (channel <> 'webhook' \
     OR lane IN (SELECT id FROM webhooks WHERE is_active)) GROUP BY channel ORDER BY channel";

const GIVEN_UP: &str = "SELECT channel, COUNT(*) AS count, CAST(NULL AS TIMESTAMP) AS since \
     FROM notification_deliveries WHERE status = 'dead' GROUP BY channel ORDER BY channel";

#[derive(QueryableByName)]
struct Open {
    #[diesel(sql_type = Text)]
    severity: String,
    #[diesel(sql_type = Text)]
    source: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Ended {
    #[diesel(sql_type = Text)]
    job: String,
    #[diesel(sql_type = Nullable<Timestamp>)]
    at: Option<NaiveDateTime>,
}

impl Tx<'_> {
    /// What waits. Seven statements, each along an index of what waits alone; job runs are few.
    pub fn waiting(&mut self) -> Result<Waiting, StorageError> {
        let outbox: Counted = self.run(|conn| {
            Raw::new(
                "SELECT COUNT(*) AS count, MIN(created_at) AS since FROM outbox \
                 WHERE delivered_at IS NULL",
            )?
            .get_result(conn)
        })?;
        let open: Vec<Open> = self.run(|conn| {
            Raw::new(
                "SELECT severity, source, COUNT(*) AS count FROM exception_logs \
                 WHERE resolved_at IS NULL GROUP BY severity, source ORDER BY severity, source",
            )?
            .load(conn)
        })?;
        let ended: Vec<Ended> = self.run(|conn| {
            Raw::new(
                "SELECT job, MAX(finished_at) AS at FROM job_runs WHERE status = 'done' \
                 GROUP BY job ORDER BY job",
            )?
            .load(conn)
        })?;
        let waiting: Vec<Messages> = self.run(|conn| Raw::new(WAITING)?.load(conn))?;
        let given_up: Vec<Messages> = self.run(|conn| Raw::new(GIVEN_UP)?.load(conn))?;
        let message = |of: Messages| (of.channel, number(of.count), of.since.map(from_time));
        let exception = |open: Open| (open.severity, open.source, number(open.count));
        let job = |Ended { job, at }| at.map(|at| (job, from_time(at)));
        Ok(Waiting {
            outbox: number(outbox.count),
            outbox_since: outbox.since.map(from_time),
            messages: waiting.into_iter().map(message).collect(),
            given_up: given_up.into_iter().map(|of| (of.channel, number(of.count))).collect(),
            exceptions: open.into_iter().map(exception).collect(),
            unsealed_since: self.unsealed_since()?,
            jobs: ended.into_iter().filter_map(job).collect(),
        })
    }

    fn unsealed_since(&mut self) -> Result<Option<DateTime<Utc>>, StorageError> {
        let highest =
            audit_seal_entries::table.select(diesel::dsl::max(audit_seal_entries::audit_id));
        let highest: Option<i64> = self.run(|conn| highest.get_result(conn))?;
        let first = audit_trails::table
            .filter(audit_trails::id.gt(highest.unwrap_or(0)))
            .order(audit_trails::id)
            .limit(1)
            .select(audit_trails::created_at);
        let first: Option<NaiveDateTime> = self.run(|conn| first.first(conn).optional())?;
        Ok(first.map(from_time))
    }
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
