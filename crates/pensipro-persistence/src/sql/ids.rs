//! Ids before their rows: a batch whose rows refer to each other needs them first.

use diesel::{QueryResult, RunQueryDsl, sql_types::BigInt};
use pensipro_kernel::StorageError;

use super::{Raw, Value};
use crate::{
    Tx,
    connection::{Backend, DbConnection},
};

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Tx<'_> {
    /// The next `count` ids of a table, rising, for rows that are inserted with them, in one round
    /// trip. They are never given again. On PostgreSQL there may be gaps: where somebody else takes
    /// ids meanwhile, and after a rollback.
    pub(crate) fn reserve_ids(
        &mut self,
        table: &'static str,
        count: usize,
    ) -> Result<Vec<i64>, StorageError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        if count == 0 {
            return Ok(Vec::new());
        }
        match self.backend() {
            Backend::Sqlite => self.run(|conn| from_counter(conn, table, count)),
            Backend::Postgres => self.run(|conn| from_sequence(conn, table, count)),
        }
    }

    /// One id.
    pub(crate) fn reserve_id(&mut self, table: &'static str) -> Result<i64, StorageError> {
        let ids = self.reserve_ids(table, 1)?;
        ids.first().copied().ok_or_else(|| StorageError::Failed(format!("no id for {table}")))
    }
}

fn from_sequence(conn: &mut DbConnection, table: &str, count: i64) -> QueryResult<Vec<i64>> {
    let rows: Vec<Number> = Raw::new(
        "SELECT nextval(pg_get_serial_sequence($1, 'id')) AS number FROM generate_series(1, $2)",
    )?
    .bind(table)
    .bind(count)
    .load(conn)?;
    let mut ids: Vec<i64> = rows.into_iter().map(|row| row.number).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// SQLite's own counter of AUTOINCREMENT tables.
fn from_counter(conn: &mut DbConnection, table: &str, count: i64) -> QueryResult<Vec<i64>> {
    let raised = Raw::new(
        "UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = $2 RETURNING seq AS number",
    )?
    .bind(count)
    .bind(table)
    .load::<Number>(conn)?;
    let last = match raised.first() {
        Some(row) => row.number,
        None => {
            let values: [Value; 2] = [table.into(), count.into()];
            Raw::new("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)")?
                .bind_all(values)
                .execute(conn)?;
            count
        }
    };
    Ok((last - count + 1..=last).collect())
}
