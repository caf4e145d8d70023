//! Opening: connect, bring the schema up, find or make the keys.

use std::{sync::Arc, time::Duration};

use pensipro_kernel::{Clock, Entropy};

use super::{
    Engine, Inner, Store,
    pool::{Connector, Pool},
    postgres::{self, SessionLimits},
    queue::FairQueue,
    sqlite::{self, Role},
};
use crate::{
    DatabaseUrl, OpenError,
    connection::DbConnection,
    crypto::{Installation, KeyRing, MasterKey},
    idempotency::RunningKeys,
    metrics::Metrics,
    migrations,
};

/// What to do about a schema that is older than the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migrate {
    /// Bring it up.
    Run,
    /// Refuse to open.
    Refuse,
}

/// How to open.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Where the database is.
    pub url: DatabaseUrl,
    /// About an older schema.
    pub migrate: Migrate,
    /// Connections: PostgreSQL's in all, SQLite's that read.
    pub connections: u32,
    /// How long to wait for a connection, or for the writer's turn.
    pub acquire_timeout: Duration,
    /// PostgreSQL's time-outs.
    pub limits: SessionLimits,
    /// Statements and transactions that take so long are told of in the log; none are without.
    pub slow_after: Option<Duration>,
}

impl StoreOptions {
    /// The usual ones: migrate, 8 connections, 1.5 s of waiting.
    pub fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            migrate: Migrate::Run,
            connections: 8,
            acquire_timeout: Duration::from_millis(1_500),
            limits: SessionLimits::default(),
            slow_after: None,
        }
    }
}

/// What storage takes from the world outside.
#[derive(Clone)]
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for keys and nonces.
    pub entropy: Arc<dyn Entropy>,
}

impl Store {
    /// Opens the database, making a SQLite file that is not there. `master_key` is asked once: for
    /// a new installation it may make the key (and must have kept it when it returns), for an
    /// existing one it gives the key or [`OpenError::MasterKeyMissing`]. Several instances may open
    /// at once; an advisory lock makes the others wait.
    pub fn open(
        options: &StoreOptions,
        world: World,
        master_key: impl FnOnce(Installation) -> Result<MasterKey, OpenError>,
    ) -> Result<Self, OpenError> {
        let mut first = connect(options)?;
        migrations::prepare(&mut first, options.migrate)?;
        let keys =
            KeyRing::open(&mut first, world.entropy.as_ref(), world.clock.now(), master_key)?;
        Ok(Self(Arc::new(Inner {
            engine: engine(options, first)?,
            clock: world.clock,
            entropy: world.entropy,
            keys,
            metrics: Metrics::new(options.slow_after),
            running: RunningKeys::default(),
            acquire_timeout: options.acquire_timeout,
        })))
    }
}

/// The first connection: on SQLite the one that will write.
pub(crate) fn connect(options: &StoreOptions) -> Result<DbConnection, OpenError> {
    let unreachable = |error: diesel::ConnectionError| OpenError::Unreachable(error.to_string());
    match &options.url {
        DatabaseUrl::Sqlite(path) => {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|error| OpenError::Unreachable(error.to_string()))?;
            }
            sqlite::open(path, Role::Writer).map(DbConnection::Sqlite).map_err(unreachable)
        }
        DatabaseUrl::Postgres(url) => {
            postgres::open(url, &options.limits).map(DbConnection::Postgres).map_err(unreachable)
        }
    }
}

fn engine(options: &StoreOptions, first: DbConnection) -> Result<Engine, OpenError> {
    let pool = |connector| Pool::new(connector, options.connections, options.acquire_timeout);
    Ok(match &options.url {
        DatabaseUrl::Sqlite(path) => Engine::Sqlite {
            path: path.clone(),
            writer: FairQueue::new(Some(first)),
            readers: pool(Connector::Sqlite(path.clone()))?,
        },
        DatabaseUrl::Postgres(url) => Engine::Postgres {
            pool: pool(Connector::Postgres { url: url.clone(), limits: options.limits })?,
        },
    })
}
