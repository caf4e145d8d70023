//! The schema's versions, built in.

use diesel::connection::SimpleConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{Migrate, OpenError, connection::DbConnection};

pub(crate) const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
pub(crate) const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// "pensipro" in the lock's number; several instances that start at once take turns.
const LOCK: i64 = 0x7065_6e73_6970_726f;

/// Brings the schema up, or refuses an older one.
pub(crate) fn prepare(conn: &mut DbConnection, migrate: Migrate) -> Result<(), OpenError> {
    match migrate {
        Migrate::Run => exclusively(conn, run),
        Migrate::Refuse if pending(conn)? => Err(OpenError::SchemaOutdated),
        Migrate::Refuse => Ok(()),
    }
}

/// Takes everything down again, newest first. For tests.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn revert(conn: &mut DbConnection) -> Result<(), OpenError> {
    match conn {
        DbConnection::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map(drop),
        DbConnection::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map(drop),
    }
    .map_err(failed)
}

/// Runs every migration in one transaction, which is much faster than one each. For tests.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn run_at_once(conn: &mut DbConnection) -> Result<(), OpenError> {
    match conn {
        DbConnection::Sqlite(conn) => replay(conn, &SQLITE),
        DbConnection::Postgres(conn) => replay(conn, &POSTGRES),
    }
    .map_err(failed)
}

#[cfg(any(test, feature = "testing"))]
fn replay<C>(
    conn: &mut C,
    source: &EmbeddedMigrations,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>>
where
    C: diesel::migration::MigrationConnection + diesel::connection::BoxableConnection<C::Backend>,
    C::Backend: 'static,
{
    use diesel::migration::MigrationSource;
    conn.batch_execute("BEGIN")?;
    conn.setup()?;
    let mut migrations = MigrationSource::<C::Backend>::migrations(source)?;
    migrations.sort_by_key(|migration| migration.name().version().as_owned());
    for migration in migrations {
        migration.run(conn)?;
        let version = migration.name().version();
        conn.batch_execute(&format!(
            "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}')"
        ))?;
    }
    Ok(conn.batch_execute("COMMIT")?)
}

fn run(conn: &mut DbConnection) -> Result<(), OpenError> {
    match conn {
        DbConnection::Sqlite(conn) => conn.run_pending_migrations(SQLITE).map(drop),
        DbConnection::Postgres(conn) => conn.run_pending_migrations(POSTGRES).map(drop),
    }
    .map_err(failed)
}

fn pending(conn: &mut DbConnection) -> Result<bool, OpenError> {
    match conn {
        DbConnection::Sqlite(conn) => conn.has_pending_migration(SQLITE),
        DbConnection::Postgres(conn) => conn.has_pending_migration(POSTGRES),
    }
    .map_err(failed)
}

/// Runs something that only one instance may do at a time. On SQLite each migration is a
/// transaction of its own, and the file has one server.
pub(crate) fn exclusively<T>(
    conn: &mut DbConnection,
    work: impl FnOnce(&mut DbConnection) -> Result<T, OpenError>,
) -> Result<T, OpenError> {
    if let DbConnection::Sqlite(_) = conn {
        return work(conn);
    }
    let wait =
        format!("SET lock_timeout = 0; SET statement_timeout = 0; SELECT pg_advisory_lock({LOCK})");
    conn.batch_execute(&wait).map_err(|error| OpenError::Unreachable(error.to_string()))?;
    let result = work(conn);
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))
        .map_err(|error| OpenError::Unreachable(error.to_string()))?;
    result
}

fn failed(error: Box<dyn std::error::Error + Send + Sync>) -> OpenError {
    OpenError::Migration(error.to_string())
}
