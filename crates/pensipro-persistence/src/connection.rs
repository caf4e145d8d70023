//! One connection type over both databases.

// The derive makes public items of its own, which nobody outside this crate reaches.
#![allow(missing_docs, unreachable_pub, unnameable_types)]

use diesel::{PgConnection, SqliteConnection};

#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Which database a connection speaks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, in this process.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

impl DbConnection {
    pub(crate) fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// Runs `begin` and notes the transaction, so that commit and rollback know of it.
    pub(crate) fn begin(&mut self, begin: &Begin) -> diesel::QueryResult<()> {
        use diesel::connection::AnsiTransactionManager as Manager;
        match (self, begin) {
            (Self::Sqlite(conn), Begin::Write) => {
                Manager::begin_transaction_sql(conn, "BEGIN IMMEDIATE")
            }
            (Self::Sqlite(conn), Begin::Snapshot) => {
                Manager::begin_transaction_sql(conn, "BEGIN DEFERRED")
            }
            (Self::Postgres(conn), Begin::Write) => Manager::begin_transaction_sql(conn, "BEGIN"),
            (Self::Postgres(conn), Begin::Snapshot) => Manager::begin_transaction_sql(
                conn,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            ),
        }
    }
}

/// How a transaction begins.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Begin {
    /// To write: takes SQLite's write lock at once; READ COMMITTED on PostgreSQL.
    Write,
    /// To read several statements from one state of the data.
    Snapshot,
}
