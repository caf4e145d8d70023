//! Many rows changed at once, each to values of its own.

use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Array, BigInt, Binary, Bool, Date, Nullable, Text, Timestamp},
};
use pensipro_kernel::StorageError;

use super::{Raw, Value};
use crate::{Tx, connection::DbConnection};

/// `UPDATE table SET … WHERE keys`, for rows that give the keys' values and then the columns'.
/// Names are constant text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BulkUpdate {
    /// The table.
    pub(crate) table: &'static str,
    /// The columns that tell a row.
    pub(crate) keys: &'static [&'static str],
    /// The columns that are set.
    pub(crate) set: &'static [&'static str],
}

impl Tx<'_> {
    /// Changes the rows; gives how many there were. Cost: one `UPDATE … FROM unnest` on PostgreSQL,
    /// one prepared statement run per row on SQLite, in process.
    #[track_caller]
    pub(crate) fn update_all(
        &mut self,
        update: BulkUpdate,
        rows: Vec<Vec<Value>>,
    ) -> Result<usize, StorageError> {
        if rows.is_empty() {
            return Ok(0);
        }
        self.run(|conn| match conn {
            DbConnection::Postgres(conn) => update.at_once(conn, rows),
            conn => update.one_by_one(conn, rows),
        })
    }
}

impl BulkUpdate {
    fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().chain(self.set).copied()
    }

    fn at_once(self, conn: &mut PgConnection, rows: Vec<Vec<Value>>) -> QueryResult<usize> {
        let mut columns: Vec<Column> = Vec::new();
        for row in rows {
            for (position, value) in row.into_iter().enumerate() {
                match columns.get_mut(position) {
                    Some(column) => column.push(value)?,
                    None => columns.push(Column::starting(value)),
                }
            }
        }
        UpdateFrom { update: self, columns }.execute(conn)
    }

    fn one_by_one(self, conn: &mut DbConnection, rows: Vec<Vec<Value>>) -> QueryResult<usize> {
        let keys = self.keys.len();
        let text = |names: &[&str], first: usize, between: &str| {
            let pairs = names.iter().enumerate();
            let pairs = pairs.map(|(place, name)| format!("{name} = ${}", first + place));
            pairs.collect::<Vec<_>>().join(between)
        };
        let sql = format!(
            "UPDATE {} SET {} WHERE {}",
            self.table,
            text(self.set, 1, ", "),
            text(self.keys, self.set.len() + 1, " AND "),
        );
        let statement = Raw::new(&sql)?;
        rows.into_iter().try_fold(0, |changed, mut row| {
            row.rotate_left(keys);
            Ok(changed + statement.with(row).execute(conn)?)
        })
    }
}

/// The values of one column, as one array.
enum Column {
    Int(Vec<Option<i64>>),
    Text(Vec<Option<String>>),
    Bytes(Vec<Option<Vec<u8>>>),
    Bool(Vec<Option<bool>>),
    Date(Vec<Option<chrono::NaiveDate>>),
    Time(Vec<Option<chrono::NaiveDateTime>>),
}

impl Column {
    fn starting(value: Value) -> Self {
        match value {
            Value::Int(value) => Self::Int(vec![value]),
            Value::Text(value) => Self::Text(vec![value]),
            Value::Bytes(value) => Self::Bytes(vec![value]),
            Value::Bool(value) => Self::Bool(vec![value]),
            Value::Date(value) => Self::Date(vec![value]),
            Value::Time(value) => Self::Time(vec![value]),
        }
    }

    fn push(&mut self, value: Value) -> QueryResult<()> {
        match (self, value) {
            (Self::Int(column), Value::Int(value)) => column.push(value),
            (Self::Text(column), Value::Text(value)) => column.push(value),
            (Self::Bytes(column), Value::Bytes(value)) => column.push(value),
            (Self::Bool(column), Value::Bool(value)) => column.push(value),
            (Self::Date(column), Value::Date(value)) => column.push(value),
            (Self::Time(column), Value::Time(value)) => column.push(value),
            _ => {
                let text = "a column's values must all be of one type";
                return Err(diesel::result::Error::QueryBuilderError(text.into()));
            }
        }
        Ok(())
    }

    fn push_to<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Self::Int(values) => out.push_bind_param::<Array<Nullable<BigInt>>, _>(values)?,
            Self::Text(values) => out.push_bind_param::<Array<Nullable<Text>>, _>(values)?,
            Self::Bytes(values) => out.push_bind_param::<Array<Nullable<Binary>>, _>(values)?,
            Self::Bool(values) => out.push_bind_param::<Array<Nullable<Bool>>, _>(values)?,
            Self::Date(values) => out.push_bind_param::<Array<Nullable<Date>>, _>(values)?,
            Self::Time(values) => out.push_bind_param::<Array<Nullable<Timestamp>>, _>(values)?,
        }
        out.push_sql(match self {
            Self::Int(_) => "::bigint[]",
            Self::Text(_) => "::text[]",
            Self::Bytes(_) => "::bytea[]",
            Self::Bool(_) => "::boolean[]",
            Self::Date(_) => "::date[]",
            Self::Time(_) => "::timestamp[]",
        });
        Ok(())
    }
}

/// `UPDATE t SET a = u.a FROM unnest($1, $2) AS u(k, a) WHERE t.k = u.k`: one text per update,
/// however many rows, and so prepared once.
struct UpdateFrom {
    update: BulkUpdate,
    columns: Vec<Column>,
}

impl QueryFragment<Pg> for UpdateFrom {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let BulkUpdate { table, keys, set } = self.update;
        let set: Vec<String> = set.iter().map(|name| format!("{name} = changed.{name}")).collect();
        out.push_sql(&format!("UPDATE {table} SET {} FROM unnest(", set.join(", ")));
        for (position, column) in self.columns.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { ", " });
            column.push_to(&mut out)?;
        }
        let names: Vec<&str> = self.update.columns().collect();
        let keys: Vec<String> =
            keys.iter().map(|name| format!("{table}.{name} = changed.{name}")).collect();
        out.push_sql(&format!(") AS changed({}) WHERE {}", names.join(", "), keys.join(" AND ")));
        Ok(())
    }
}

impl QueryId for UpdateFrom {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl RunQueryDsl<PgConnection> for UpdateFrom {}
