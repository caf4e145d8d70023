//! What a use case works on: one connection, one moment, the keys.

use std::{
    collections::HashMap,
    panic::Location,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::NaiveDateTime;
use diesel::{QueryResult, connection::SimpleConnection};
use pensipro_kernel::{Entropy, MemberId, Moment, StorageError};

use crate::{
    classify::{Fault, classify},
    connection::{Backend, DbConnection},
    crypto::{KeyRing, SealingKey},
    metrics::{Metrics, NotedExceptions},
};

/// A transaction (or a plain connection to read from), which implements every module's repository
/// traits. It comes from [`Store`](crate::Store) alone and never outlives its closure.
pub struct Tx<'a> {
    conn: &'a mut DbConnection,
    moment: Moment,
    keys: &'a KeyRing,
    entropy: &'a dyn Entropy,
    metrics: &'a Metrics,
    /// What the transaction is counted under; none for what only reads.
    name: Option<&'static str>,
    key_changes: KeyChanges,
    noted: NotedExceptions,
    trouble: Trouble,
}

/// What becomes of the cache of keys once the transaction is committed.
#[derive(Default)]
pub(crate) struct KeyChanges {
    pub(crate) new: HashMap<MemberId, Arc<SealingKey>>,
    pub(crate) destroyed: Vec<MemberId>,
}

/// Whether a statement failed, and how; a transaction with trouble is never committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    None,
    /// A statement failed: PostgreSQL takes no other in this transaction.
    Failed,
    /// Lost against another transaction: may be run again.
    Lost,
}

impl<'a> Tx<'a> {
    pub(crate) fn new(
        conn: &'a mut DbConnection,
        moment: Moment,
        keys: &'a KeyRing,
        entropy: &'a dyn Entropy,
        metrics: &'a Metrics,
        name: Option<&'static str>,
    ) -> Self {
        let (key_changes, noted, trouble) =
            (KeyChanges::default(), NotedExceptions::new(), Trouble::None);
        Self { conn, moment, keys, entropy, metrics, name, key_changes, noted, trouble }
    }

    /// The one time and business day of everything that is done here.
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// The time as rows hold it: UTC, whole microseconds.
    pub(crate) fn now(&self) -> NaiveDateTime {
        self.moment.now.naive_utc()
    }

    pub(crate) fn backend(&self) -> Backend {
        self.conn.backend()
    }

    pub(crate) fn entropy(&self) -> &'a dyn Entropy {
        self.entropy
    }

    pub(crate) fn keys(&self) -> &'a KeyRing {
        self.keys
    }

    /// Runs a statement; its error is told apart and remembered. A slow one is told of by its caller's
    /// place.
    #[track_caller]
    pub(crate) fn run<T>(
        &mut self,
        statement: impl FnOnce(&mut DbConnection) -> QueryResult<T>,
    ) -> Result<T, StorageError> {
        let begun = Instant::now();
        let result = statement(self.conn);
        self.metrics.statement(self.name, Location::caller(), begun.elapsed());
        result.map_err(|error| {
            let fault = classify(&error);
            let trouble = if fault == Fault::Retry { Trouble::Lost } else { Trouble::Failed };
            self.trouble = self.trouble.max(trouble);
            fault.into()
        })
    }

    /// Lets the statements of this transaction run so long: reports and batches need more than a
    /// request may take. SQLite has no such limit.
    pub fn allow_time(&mut self, limit: Duration) -> Result<(), StorageError> {
        let limit = limit.as_millis();
        self.run(|conn| match conn {
            DbConnection::Postgres(conn) => {
                conn.batch_execute(&format!("SET LOCAL statement_timeout = {limit}"))
            }
            DbConnection::Sqlite(_) => Ok(()),
        })
    }

    /// Keys made here, which others may use only once they are committed: SQLite gives the id of a
    /// row that was rolled back to the next one.
    pub(crate) fn note_new_key(&mut self, member: MemberId, key: Arc<SealingKey>) {
        self.key_changes.new.insert(member, key);
    }

    /// A key that nobody may use any more once this is committed.
    pub(crate) fn note_destroyed_key(&mut self, member: MemberId) {
        self.key_changes.destroyed.push(member);
    }

    pub(crate) fn new_key(&self, member: MemberId) -> Option<Arc<SealingKey>> {
        self.key_changes.new.get(&member).cloned()
    }

    /// Exceptions that count once they are committed.
    pub(crate) fn note_exception(&mut self, severity: &'static str, source: &'static str) {
        *self.noted.entry((severity, source)).or_default() += 1;
    }

    pub(crate) fn end(self) -> (Trouble, KeyChanges, NotedExceptions) {
        (self.trouble, self.key_changes, self.noted)
    }
}
