//! A fresh database per test, on each backend that is asked for.
//!
//! `BACKENDS` names them (`sqlite,postgres` unless set); `PENSIPRO_TEST_POSTGRES` is the libpq URL of
//! a server on which schemas may be made. PostgreSQL that is asked for and not there fails the test.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{Connection as _, PgConnection, connection::SimpleConnection};
use pensipro_kernel::{Clock, Entropy};

use crate::{
    Backend, DatabaseUrl, MasterKey, OpenError, Store, StoreOptions, World,
    connection::DbConnection, migrations,
};

/// A database that lives as long as this.
pub struct TestDatabase {
    url: String,
    clock: Arc<TestClock>,
    store: Option<Store>,
    place: Place,
}

enum Place {
    Folder(tempfile::TempDir),
    Schema { server: String, name: String },
}

/// The key of every test's database.
pub const TEST_MASTER_KEY: [u8; 32] = [7; 32];

/// The backends that tests run on.
pub fn backends() -> Vec<Backend> {
    let names = variable("BACKENDS").unwrap_or_else(|| "sqlite,postgres".to_owned());
    let backend = |name: &str| match name.trim() {
        "sqlite" => Backend::Sqlite,
        "postgres" => Backend::Postgres,
        other => panic!("BACKENDS names sqlite and postgres, not {other:?}"),
    };
    names.split(',').map(backend).collect()
}

/// Runs a test on each backend, with a fresh database each.
pub fn on_each_backend(test: impl Fn(&TestDatabase)) {
    for backend in backends() {
        eprintln!("on {backend:?}");
        test(&TestDatabase::new(backend));
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no configuration to take it from")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl TestDatabase {
    /// A database with the schema and an open store.
    pub fn new(backend: Backend) -> Self {
        let mut database = Self::empty(backend);
        database.replay();
        database.store = Some(database.reopen());
        database
    }

    /// A database without any table.
    pub fn empty(backend: Backend) -> Self {
        let (url, place) = match backend {
            Backend::Sqlite => file(),
            Backend::Postgres => schema(),
        };
        Self { url, clock: Arc::new(TestClock::default()), store: None, place }
    }

    /// The open store.
    pub fn store(&self) -> &Store {
        self.store.as_ref().expect("a database made by `new`")
    }

    /// Another store on the same database, as another instance has.
    pub fn reopen(&self) -> Store {
        self.try_open(|_| Ok(MasterKey::new(TEST_MASTER_KEY))).expect("the database opens")
    }

    /// Opens with another way to the master key.
    pub fn try_open(
        &self,
        master_key: impl FnOnce(crate::Installation) -> Result<MasterKey, OpenError>,
    ) -> Result<Store, OpenError> {
        self.try_open_with(&self.options(), master_key)
    }

    /// Opens with other options too.
    pub fn try_open_with(
        &self,
        options: &StoreOptions,
        master_key: impl FnOnce(crate::Installation) -> Result<MasterKey, OpenError>,
    ) -> Result<Store, OpenError> {
        let world = World { clock: self.clock.clone(), entropy: Arc::new(SystemEntropy) };
        Store::open(options, world, master_key)
    }

    /// The database's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The options that it is opened with.
    pub fn options(&self) -> StoreOptions {
        let url: DatabaseUrl = self.url.parse().expect("a URL of our own making");
        StoreOptions { acquire_timeout: Duration::from_secs(20), ..StoreOptions::new(url) }
    }

    /// Its clock.
    pub fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// Runs statements on a connection of their own; the error's text if they fail.
    pub fn execute(&self, sql: &str) -> Result<(), String> {
        self.connect().batch_execute(sql).map_err(|error| error.to_string())
    }

    /// Rows of one text column.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        use diesel::RunQueryDsl;
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        let rows: Vec<Row> =
            diesel::sql_query(sql).load(&mut self.connect()).expect("the query runs");
        rows.into_iter().map(|row| row.text).collect()
    }

    /// Where the SQLite file lies.
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder.path()),
            Place::Schema { .. } => None,
        }
    }

    /// Takes all migrations up, one by one, as an installation does.
    pub fn migrate(&self) {
        migrations::prepare(&mut self.connect(), crate::Migrate::Run).expect("migrations run");
    }

    /// Takes all migrations down.
    pub fn revert(&self) {
        migrations::revert(&mut self.connect()).expect("migrations revert");
    }

    fn connect(&self) -> DbConnection {
        crate::store::connect(&self.options()).expect("the database is there")
    }

    /// Makes the schema at once from the migrations' statements, much faster than one by one.
    fn replay(&self) {
        migrations::run_at_once(&mut self.connect()).expect("the schema is made");
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.store = None;
        if let Place::Schema { server, name } = &self.place
            && let Ok(mut conn) = PgConnection::establish(server)
        {
            let _ = conn.batch_execute(&format!("DROP SCHEMA IF EXISTS {name} CASCADE"));
        }
    }
}

fn file() -> (String, Place) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("pensipro.db").display());
    (url, Place::Folder(folder))
}

fn schema() -> (String, Place) {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let server = variable("PENSIPRO_TEST_POSTGRES").expect(
        "PENSIPRO_TEST_POSTGRES names no server; run `make test`, or set BACKENDS=sqlite to test on \
         SQLite alone",
    );
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}_{}", std::process::id(), random_name());
    let mut conn = PgConnection::establish(&server).expect("the test server answers");
    conn.batch_execute(&format!(
        "BEGIN; SELECT pg_advisory_xact_lock(7365); \
         CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public; COMMIT; CREATE SCHEMA {name}"
    ))
    .expect("a schema is made");
    let joint = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{joint}options=-csearch_path%3D{name}%2Cpublic");
    (url, Place::Schema { server, name })
}

fn random_name() -> String {
    let mut bytes = [0; 4];
    SystemEntropy.fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Chance as the operating system gives it.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the seam, for tests")]
    fn fill(&self, buffer: &mut [u8]) {
        aws_lc_rs::rand::fill(buffer).expect("the system gives random bytes");
    }
}

/// A clock that stands still until it is set. It begins at 2026-06-15, 09:00 in Jakarta.
#[derive(Debug)]
pub struct TestClock(Mutex<(DateTime<Utc>, NaiveDate)>);

impl TestClock {
    /// Sets the business day, at 09:00 in Jakarta.
    pub fn set(&self, today: NaiveDate) {
        let now = today.and_hms_opt(2, 0, 0).expect("a time of day").and_utc();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (now, today);
    }

    /// Lets so much time pass.
    pub fn pass(&self, time: chrono::TimeDelta) {
        let mut clock = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clock.0 += time;
        clock.1 = clock.0.date_naive();
    }
}

impl Default for TestClock {
    fn default() -> Self {
        let clock = Self(Mutex::default());
        clock.set(NaiveDate::from_ymd_opt(2026, 6, 15).expect("a date"));
        clock
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn today(&self) -> NaiveDate {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1
    }
}

/// How a database would run a query, line by line; an index is used wherever one serves, whatever the
/// tables' size.
#[cfg(test)]
pub(crate) fn query_plan(database: &TestDatabase, sql: &str) -> Vec<String> {
    use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        #[diesel(column_name = "QUERY PLAN")]
        plan: String,
    }
    #[derive(QueryableByName)]
    struct Detail {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    let mut conn = database.connect();
    match &mut conn {
        DbConnection::Sqlite(conn) => {
            let lines = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(conn);
            lines.expect("a plan").into_iter().map(|line: Detail| line.detail).collect()
        }
        DbConnection::Postgres(conn) => {
            conn.batch_execute("SET enable_seqscan = off").expect("a setting");
            let lines = sql_query(format!("EXPLAIN {sql}")).load(conn);
            lines.expect("a plan").into_iter().map(|line: Line| line.plan).collect()
        }
    }
}

/// True if no line of the plan walks over a whole table.
#[cfg(test)]
pub(crate) fn is_by_index(plan: &[String]) -> bool {
    !plan.is_empty()
        && !plan.iter().any(|line| line.starts_with("SCAN") || line.contains("Seq Scan"))
}

impl crate::Tx<'_> {
    /// Adds 1 to a row of a test's own table `accounts (id, balance)`.
    pub fn raise_for_test(&mut self, id: i64) -> Result<(), pensipro_kernel::StorageError> {
        use diesel::RunQueryDsl;
        self.run(|conn| {
            crate::sql::Raw::new("UPDATE accounts SET balance = balance + 1 WHERE id = $1")?
                .bind(id)
                .execute(conn)
                .map(drop)
        })
    }
}
