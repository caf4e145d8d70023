//! Many rows at once: COPY on PostgreSQL, prepared statements of several rows otherwise.

use diesel::{PgConnection, QueryResult};
use pensipro_kernel::StorageError;

use crate::{Tx, connection::DbConnection};

/// From so many rows on, COPY is faster than INSERT.
const COPY_FROM: usize = 500;

/// A row that batches can hold. Declared by [`batch_row!`].
pub(crate) trait BatchRow: Sized {
    /// Writes `N` rows by one INSERT, whose text depends on `N` alone and is prepared once.
    fn insert<const N: usize>(conn: &mut DbConnection, rows: &[Self; N]) -> QueryResult<usize>;
    /// Writes rows by COPY.
    fn copy(conn: &mut PgConnection, rows: Vec<Self>) -> QueryResult<usize>;
}

impl Tx<'_> {
    /// Inserts rows; all or none, as everything in a transaction. Cost: on PostgreSQL one COPY from
    /// 500 rows up; otherwise one statement for 1 to 4 rows, and for more one per 32, 8 and 4 rows
    /// and one for the rest.
    #[track_caller]
    pub(crate) fn insert_all<R: BatchRow>(&mut self, rows: Vec<R>) -> Result<(), StorageError> {
        self.run(|conn| match conn {
            DbConnection::Postgres(conn) if rows.len() >= COPY_FROM => {
                R::copy(conn, rows).map(drop)
            }
            conn => {
                let rest = insert_chunks::<32, R>(conn, &rows)?;
                let rest = insert_chunks::<8, R>(conn, rest)?;
                let rest = insert_chunks::<4, R>(conn, rest)?;
                let rest = insert_chunks::<3, R>(conn, rest)?;
                let rest = insert_chunks::<2, R>(conn, rest)?;
                insert_chunks::<1, R>(conn, rest).map(drop)
            }
        })
    }
}

/// Inserts full chunks and gives what is left over.
fn insert_chunks<'r, const N: usize, R: BatchRow>(
    conn: &mut DbConnection,
    rows: &'r [R],
) -> QueryResult<&'r [R]> {
    let (chunks, rest) = rows.as_chunks::<N>();
    chunks.iter().try_for_each(|chunk| R::insert(conn, chunk).map(drop))?;
    Ok(rest)
}

/// Declares that a row can be written in batches to its table. The row's `Insertable` must have
/// `treat_none_as_default_value = false`.
macro_rules! batch_row {
    ($row:ty => $table:ident) => {
        impl $crate::sql::BatchRow for $row {
            fn insert<const N: usize>(
                conn: &mut $crate::connection::DbConnection,
                rows: &[Self; N],
            ) -> diesel::QueryResult<usize> {
                let insert = diesel::insert_into($table::table).values(rows);
                match conn {
                    $crate::connection::DbConnection::Sqlite(conn) => {
                        diesel::RunQueryDsl::execute(insert, conn)
                    }
                    $crate::connection::DbConnection::Postgres(conn) => {
                        diesel::RunQueryDsl::execute(insert, conn)
                    }
                }
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
