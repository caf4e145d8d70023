//! Row locks. SQLite has none and needs none: its one writer holds everything.

use diesel::{
    QueryResult, RunQueryDsl,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

use crate::connection::{DbConnection, MultiBackend};

/// How rows are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowLock {
    /// To be changed.
    ForUpdate,
    /// The same, but rows that somebody else has locked are left out.
    FreeForUpdate,
    /// To be relied on until the end of the transaction.
    ForShare,
}

/// A query whose rows of `table` stay locked until the transaction ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Locked<Q> {
    query: Q,
    lock: RowLock,
    table: &'static str,
}

impl<Q> Locked<Q> {
    /// Locks the rows of this table alone, not those that are joined to it.
    pub(crate) fn new(query: Q, lock: RowLock, table: &'static str) -> Self {
        Self { query, lock, table }
    }
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Locked<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        if matches!(out.backend(), MultiBackend::Postgres(_)) {
            out.push_sql(match self.lock {
                RowLock::ForUpdate | RowLock::FreeForUpdate => " FOR UPDATE OF ",
                RowLock::ForShare => " FOR SHARE OF ",
            });
            out.push_identifier(self.table)?;
            if self.lock == RowLock::FreeForUpdate {
                out.push_sql(" SKIP LOCKED");
            }
        }
        Ok(())
    }
}

impl<Q> QueryId for Locked<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Locked<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<DbConnection> for Locked<Q> {}
