//! SQLite connections: one that writes, several that read.

use std::path::Path;

use diesel::{Connection as _, SqliteConnection, connection::SimpleConnection};

/// What a SQLite connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The one that writes.
    Writer,
    /// One of those that read; it refuses to write.
    Reader,
}

/// Opens the file with the settings that each connection needs for itself. Caches are small, as the
/// operating system holds the file too; it is not mapped, since every connection's map would count
/// as memory of the process. `busy_timeout` only matters beside other processes. What is deleted is
/// written over in the pages that are written anyway, so that a name that was cleared does not go on
/// lying there.
pub(crate) fn open(path: &Path, role: Role) -> Result<SqliteConnection, diesel::ConnectionError> {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
    let settings = match role {
        Role::Writer => {
            "PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -8192; \
             PRAGMA secure_delete = FAST;"
        }
        Role::Reader => "PRAGMA query_only = ON; PRAGMA cache_size = -4096;",
    };
    conn.batch_execute(
        "PRAGMA busy_timeout = 1500; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
         PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
         PRAGMA journal_size_limit = 67108864;",
    )
    .and_then(|()| conn.batch_execute(settings))
    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(conn)
}
