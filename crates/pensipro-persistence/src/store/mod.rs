//! The store: the only way to the database.

mod lease;
mod open;
mod pool;
mod postgres;
mod queue;
mod rotate;
mod sqlite;
mod waits;
mod write;

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc, time::Duration};

use diesel::{RunQueryDsl, sql_query};
use pensipro_kernel::{Clock, Entropy, StorageError};

#[cfg(any(test, feature = "testing"))]
pub(crate) use open::connect;
pub use open::{Migrate, StoreOptions, World};
pub use pool::PoolState;
pub use postgres::SessionLimits;
pub use rotate::Rewrapped;
pub use waits::Waits;
pub use write::Exclusive;

use self::{lease::Lease, pool::Pool, queue::FairQueue};
use crate::{
    Backend, NotedExceptions, Tx, WriteCounts, WriteTimes,
    connection::{Begin, DbConnection},
    crypto::{BlockKey, KeyRing},
    idempotency::RunningKeys,
    metrics::Metrics,
};

/// The database, shared by all threads. Clones are the same store.
///
/// Cost of a call besides its statements: on PostgreSQL a write adds BEGIN and COMMIT (two round
/// trips), a snapshot the same, a read nothing; on SQLite a write adds one synced commit.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    engine: Engine,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    keys: KeyRing,
    metrics: Metrics,
    running: RunningKeys,
    acquire_timeout: Duration,
}

enum Engine {
    Sqlite {
        path: PathBuf,
        /// `None` in it where a panic took the connection: the next one opens another.
        writer: FairQueue<Option<DbConnection>>,
        readers: Pool,
    },
    Postgres {
        pool: Pool,
    },
}

impl Store {
    /// Reads without a transaction: each statement sees what is committed when it runs. For one
    /// statement, or for several that need not agree. On SQLite it refuses to write.
    pub fn read<T, E: From<StorageError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lease = self.reader()?;
        lease.mark_used();
        let mut tx = self.tx(lease.conn(), None);
        let result = work(&mut tx);
        lease.mark_clean();
        result
    }

    /// Reads several statements from one state of the data (REPEATABLE READ on PostgreSQL).
    pub fn read_snapshot<T, E: From<StorageError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lease = self.reader()?;
        lease.mark_used();
        lease.begin(Begin::Snapshot)?;
        let mut tx = self.tx(lease.conn(), None);
        let result = work(&mut tx);
        // Nothing was written, and a rollback cannot fail for a conflict.
        if lease.rollback().is_ok() {
            lease.mark_clean();
        }
        result
    }

    /// True if the database answers.
    pub fn ping(&self) -> Result<(), StorageError> {
        self.read(|tx| tx.run(|conn| sql_query("SELECT 1").execute(conn)).map(drop))
    }

    /// The database behind it.
    pub fn backend(&self) -> Backend {
        match self.0.engine {
            Engine::Sqlite { .. } => Backend::Sqlite,
            Engine::Postgres { .. } => Backend::Postgres,
        }
    }

    /// 32 bytes that follow from the installation's keys and the label: the same on every instance,
    /// whatever master key wraps them.
    pub fn derived_key(&self, label: &str) -> [u8; 32] {
        self.0.keys.derived(label)
    }

    /// Seals long files that belong to no member, block by block.
    pub fn block_key(&self) -> BlockKey {
        BlockKey::new(self.0.keys.installation(), Arc::clone(&self.0.entropy))
    }

    /// Transactions by name since the start.
    pub fn write_counts(&self) -> BTreeMap<&'static str, WriteCounts> {
        self.0.metrics.snapshot()
    }

    /// How long transactions took, by name, since the start.
    pub fn write_times(&self) -> BTreeMap<&'static str, WriteTimes> {
        self.0.metrics.times()
    }

    /// Exceptions that were noted here since the start.
    pub fn noted_exceptions(&self) -> NotedExceptions {
        self.0.metrics.noted()
    }

    /// Statements since the start that took longer than they may without being told of.
    pub fn slow_statements(&self) -> u64 {
        self.0.metrics.slow_statements()
    }

    /// Statements that use cases have run since the start.
    pub fn statements(&self) -> u64 {
        self.0.metrics.statements()
    }

    /// The pool that reads take from (on PostgreSQL writes too).
    pub fn pool_state(&self) -> PoolState {
        match &self.0.engine {
            Engine::Sqlite { readers, .. } => readers.state(),
            Engine::Postgres { pool } => pool.state(),
        }
    }

    /// How long writers waited for their turn, and how many did; none on PostgreSQL, whose writers take
    /// from the pool.
    pub fn writer_waits(&self) -> Waits {
        match &self.0.engine {
            Engine::Sqlite { writer, .. } => writer.waits(),
            Engine::Postgres { .. } => Waits::default(),
        }
    }

    /// How many writers wait for their turn; always 0 on PostgreSQL.
    pub fn writers_waiting(&self) -> usize {
        match &self.0.engine {
            Engine::Sqlite { writer, .. } => writer.waiting(),
            Engine::Postgres { .. } => 0,
        }
    }

    fn tx<'a>(&'a self, conn: &'a mut DbConnection, name: Option<&'static str>) -> Tx<'a> {
        let moment =
            pensipro_kernel::Moment { now: self.0.clock.now(), today: self.0.clock.today() };
        Tx::new(conn, moment, &self.0.keys, self.0.entropy.as_ref(), &self.0.metrics, name)
    }

    fn reader(&self) -> Result<Lease<'_>, StorageError> {
        match &self.0.engine {
            Engine::Sqlite { readers, .. } => readers.take().map(Lease::Pooled),
            Engine::Postgres { pool } => pool.take().map(Lease::Pooled),
        }
    }

    fn writer(&self) -> Result<Lease<'_>, StorageError> {
        match &self.0.engine {
            Engine::Sqlite { path, writer, .. } => {
                let conn = writer.take(self.0.acquire_timeout).ok_or(StorageError::Busy)?;
                Lease::writer(writer, conn, path)
            }
            Engine::Postgres { pool } => pool.take().map(Lease::Pooled),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.backend()).finish()
    }
}
