//! Statements written by hand, for what the query builder cannot say on both databases.
//!
//! SQLite reads `$2` before `$1` as the first parameter, without a word. Here parameters must
//! appear in order, and each mention is bound for itself, so that a statement means the same on
//! both. Statements are prepared once per connection: texts must be constant, values bound.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    QueryResult,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::Error,
    sql_types::{BigInt, Binary, Bool, Date, Nullable, Text, Timestamp, Untyped},
};

use crate::connection::{DbConnection, MultiBackend};

/// A bound value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Bool(Option<bool>),
    Date(Option<NaiveDate>),
    Time(Option<NaiveDateTime>),
}

macro_rules! values {
    ($($kind:ident: $type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self { Self::$kind(Some(value)) }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self { Self::$kind(value) }
        }
    )*};
}

values!(Int: i64, Text: String, Bytes: Vec<u8>, Bool: bool, Date: NaiveDate, Time: NaiveDateTime);

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl Value {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match self {
            Self::Int(value) => out.push_bind_param::<Nullable<BigInt>, _>(value),
            Self::Text(value) => out.push_bind_param::<Nullable<Text>, _>(value),
            Self::Bytes(value) => out.push_bind_param::<Nullable<Binary>, _>(value),
            Self::Bool(value) => out.push_bind_param::<Nullable<Bool>, _>(value),
            Self::Date(value) => out.push_bind_param::<Nullable<Date>, _>(value),
            Self::Time(value) => out.push_bind_param::<Nullable<Timestamp>, _>(value),
        }
    }
}

/// A statement with `$1`, `$2`, … and their values.
#[derive(Debug)]
pub(crate) struct Raw {
    pieces: Arc<[Piece]>,
    values: Vec<Value>,
}

#[derive(Debug)]
enum Piece {
    Sql(String),
    Parameter(usize),
}

impl Raw {
    /// The statement. Its parameters must appear in order.
    pub(crate) fn new(sql: &str) -> QueryResult<Self> {
        Ok(Self { pieces: pieces(sql)?.into(), values: Vec::new() })
    }

    /// The same statement with other values.
    pub(crate) fn with(&self, values: impl IntoIterator<Item = Value>) -> Self {
        Self { pieces: Arc::clone(&self.pieces), values: values.into_iter().collect() }
    }

    /// Binds the next parameter.
    #[must_use]
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Binds the next parameters.
    #[must_use]
    pub(crate) fn bind_all(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.values.extend(values);
        self
    }
}

fn pieces(sql: &str) -> QueryResult<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = sql;
    let mut highest = 0;
    while let Some((before, after)) = rest.split_once('$') {
        let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: usize = after[..digits].parse().map_err(|_| misplaced(sql))?;
        if number == 0 || number > highest + 1 {
            return Err(misplaced(sql));
        }
        highest = highest.max(number);
        pieces.push(Piece::Sql(before.to_owned()));
        pieces.push(Piece::Parameter(number - 1));
        rest = &after[digits..];
    }
    pieces.push(Piece::Sql(rest.to_owned()));
    Ok(pieces)
}

fn misplaced(sql: &str) -> Error {
    Error::QueryBuilderError(format!("parameters must appear as $1, $2, … in order: {sql}").into())
}

impl QueryFragment<MultiBackend> for Raw {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for piece in self.pieces.iter() {
            match piece {
                Piece::Sql(sql) => out.push_sql(sql),
                Piece::Parameter(index) => {
                    let unbound = || Error::QueryBuilderError("a parameter has no value".into());
                    self.values.get(*index).ok_or_else(unbound)?.push(&mut out)?;
                }
            }
        }
        Ok(())
    }
}

impl QueryId for Raw {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Raw {
    type SqlType = Untyped;
}

impl diesel::RunQueryDsl<DbConnection> for Raw {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_out_of_order_are_refused() {
        assert!(Raw::new("SELECT $1, $2, $1").is_ok());
        for sql in ["SELECT $2, $1", "SELECT $1, $3", "SELECT $0", "SELECT $", "SELECT $x"] {
            assert!(Raw::new(sql).is_err(), "{sql}");
        }
    }
}
