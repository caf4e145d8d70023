//! Many rows at once: COPY on PostgreSQL, prepared statements of many rows on SQLite.

use diesel::{
    PgConnection, QueryResult, RunQueryDsl, SqliteConnection,
    backend::Backend,
    query_builder::{AstPass, QueryFragment, QueryId},
};
use pensipro_kernel::StorageError;

use crate::{Tx, connection::DbConnection};

/// From so many rows on, COPY is faster than INSERT.
const COPY_FROM: usize = 500;

/// Rows of one INSERT.
pub(crate) const CHUNK: usize = 32;

/// A row that batches can hold. Declared by [`batch_row!`].
pub(crate) trait BatchRow: Sized {
    /// Writes one row.
    fn insert_one(conn: &mut SqliteConnection, row: &Self) -> QueryResult<usize>;
    /// Writes a full chunk by one statement.
    fn insert_chunk(conn: &mut SqliteConnection, rows: &[Self; CHUNK]) -> QueryResult<usize>;
    /// Writes up to a chunk by one statement.
    fn insert(conn: &mut PgConnection, rows: &[Self]) -> QueryResult<usize>;
    /// Writes rows by COPY.
    fn copy(conn: &mut PgConnection, rows: Vec<Self>) -> QueryResult<usize>;
}

impl Tx<'_> {
    /// Inserts rows; all or none, as everything in a transaction. Cost: on PostgreSQL one COPY from
    /// 500 rows up, otherwise one round trip per 32; on SQLite one statement per 32 rows and one for
    /// each of the rest. All are prepared once.
    pub(crate) fn insert_all<R: BatchRow>(&mut self, rows: Vec<R>) -> Result<(), StorageError> {
        self.run(|conn| match conn {
            DbConnection::Postgres(conn) if rows.len() >= COPY_FROM => {
                R::copy(conn, rows).map(drop)
            }
            DbConnection::Postgres(conn) => {
                rows.chunks(CHUNK).try_for_each(|chunk| R::insert(conn, chunk).map(drop))
            }
            DbConnection::Sqlite(conn) => {
                let (chunks, rest) = rows.as_chunks();
                chunks.iter().try_for_each(|chunk| R::insert_chunk(conn, chunk).map(drop))?;
                rest.iter().try_for_each(|row| R::insert_one(conn, row).map(drop))
            }
        })
    }
}

/// A statement that is prepared once though its text is put together at run time: it has few forms.
pub(crate) struct Prepared<Q>(pub(crate) Q);

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> RunQueryDsl<PgConnection> for Prepared<Q> {}

/// Declares that a row can be written in batches to its table. The row's `Insertable` must have
/// `treat_none_as_default_value = false`.
macro_rules! batch_row {
    ($row:ty => $table:ident) => {
        impl $crate::sql::BatchRow for $row {
            fn insert_one(
                conn: &mut diesel::SqliteConnection,
                row: &Self,
            ) -> diesel::QueryResult<usize> {
                let insert = diesel::insert_into($table::table).values(row);
                diesel::RunQueryDsl::execute(insert, conn)
            }

            fn insert_chunk(
                conn: &mut diesel::SqliteConnection,
                rows: &[Self; $crate::sql::CHUNK],
            ) -> diesel::QueryResult<usize> {
                let insert = diesel::insert_into($table::table).values(rows);
                diesel::RunQueryDsl::execute(insert, conn)
            }

            fn insert(
                conn: &mut diesel::PgConnection,
                rows: &[Self],
            ) -> diesel::QueryResult<usize> {
                let insert = diesel::insert_into($table::table).values(rows);
                diesel::RunQueryDsl::execute($crate::sql::Prepared(insert), conn)
            }

            fn copy(
                conn: &mut diesel::PgConnection,
                rows: Vec<Self>,
            ) -> diesel::QueryResult<usize> {
                diesel::ExecuteCopyFromDsl::execute(
                    diesel::copy_from($table::table).from_insertable(rows),
                    conn,
                )
            }
        }
    };
}
pub(crate) use batch_row;
