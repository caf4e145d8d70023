//! Pools of connections: PostgreSQL's for everything, SQLite's for reading.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use diesel::{QueryResult, RunQueryDsl, sql_query};
use pensipro_kernel::StorageError;

use super::{
    postgres::{self, SessionLimits},
    sqlite,
    waits::{WaitCounters, Waits},
};
use crate::{OpenError, connection::DbConnection};

/// A connection in use this long ago is taken to be alive.
const FRESH: Duration = Duration::from_secs(1);

/// Opens connections of one kind.
#[derive(Debug)]
pub(crate) enum Connector {
    Sqlite(PathBuf),
    Postgres { url: String, limits: SessionLimits },
}

impl Connector {
    pub(crate) fn open(&self) -> Result<DbConnection, diesel::ConnectionError> {
        match self {
            Self::Sqlite(path) => {
                sqlite::open(path, sqlite::Role::Reader).map(DbConnection::Sqlite)
            }
            Self::Postgres { url, limits } => {
                postgres::open(url, limits).map(DbConnection::Postgres)
            }
        }
    }
}

/// A connection of a pool.
pub(crate) struct Pooled {
    pub(crate) conn: DbConnection,
    /// Set while a closure runs: a connection that comes back with it was left by a panic.
    pub(crate) in_use: bool,
    used_at: Instant,
}

impl r2d2::ManageConnection for Connector {
    type Connection = Pooled;
    type Error = diesel::result::Error;

    fn connect(&self) -> Result<Pooled, diesel::result::Error> {
        let conn = self.open().map_err(|error| {
            diesel::result::Error::DatabaseError(
                diesel::result::DatabaseErrorKind::ClosedConnection,
                Box::new(error.to_string()),
            )
        })?;
        Ok(Pooled { conn, in_use: false, used_at: Instant::now() })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> QueryResult<()> {
        if pooled.used_at.elapsed() < FRESH {
            return Ok(());
        }
        sql_query("SELECT 1").execute(&mut pooled.conn).map(drop)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        use diesel::connection::TransactionManager;
        pooled.used_at = Instant::now();
        pooled.in_use || DbConnection::is_broken_transaction_manager(&mut pooled.conn)
    }
}

/// Logs a failed attempt to connect, which the pool makes again by itself.
#[derive(Debug)]
struct LogConnect;

impl r2d2::HandleError<diesel::result::Error> for LogConnect {
    fn handle_error(&self, error: diesel::result::Error) {
        log::warn!("no connection to the database: {error}");
    }
}

/// A pool whose `take` gives up in time.
pub(crate) struct Pool {
    pool: r2d2::Pool<Connector>,
    waits: WaitCounters,
}

impl Pool {
    pub(crate) fn new(
        connector: Connector,
        size: u32,
        acquire_timeout: Duration,
    ) -> Result<Self, OpenError> {
        r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .test_on_check_out(true)
            .connection_timeout(acquire_timeout)
            .error_handler(Box::new(LogConnect))
            .build(connector)
            .map(|pool| Self { pool, waits: WaitCounters::default() })
            .map_err(|error| OpenError::Unreachable(error.to_string()))
    }

    pub(crate) fn take(&self) -> Result<r2d2::PooledConnection<Connector>, StorageError> {
        let asked = Instant::now();
        let taken = self.pool.get();
        self.waits.add(asked.elapsed(), taken.is_ok());
        taken.map_err(|_| StorageError::Busy)
    }

    pub(crate) fn state(&self) -> PoolState {
        let state = self.pool.state();
        let waits = self.waits.snapshot();
        PoolState { open: state.connections, idle: state.idle_connections, waits }
    }
}

/// How many connections a pool holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// Open now.
    pub open: u32,
    /// Of these, waiting for work.
    pub idle: u32,
    /// Who waited for one.
    pub waits: Waits,
}
