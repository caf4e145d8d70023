//! The rows of a table that belong to each of many pairs of values.
//!
//! An index is probed per pair whatever the planner believes of the table: statistics lag behind
//! bulk writes, and a plan made for a small table would be kept while it grows.

use diesel::QueryResult;

use super::{Raw, Value};
use crate::connection::Backend;

/// What the first values of pairs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum First {
    /// Numbers.
    Number,
    /// Bytes, written in hexadecimal digits.
    Bytes,
}

/// What the second values of pairs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Second {
    /// Codes: texts that need no quoting.
    Code,
    /// Dates.
    Date,
}

/// Whether the rows found are locked on the way, in the order of the pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// They are read.
    Read,
    /// They are locked to be changed.
    Lock,
}

/// `SELECT select FROM pairs, table WHERE condition`, joined to other tables. In the texts the pair
/// is `wanted.one` and `wanted.two`, the row `t`. All texts are constant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForEach {
    /// What is read.
    pub(crate) select: &'static str,
    /// The table.
    pub(crate) table: &'static str,
    /// Which rows of the table belong to a pair; an index answers it.
    pub(crate) condition: &'static str,
    /// Joins of further tables to `t`, each with its condition.
    pub(crate) joins: &'static str,
    /// Whether rows are locked.
    pub(crate) probe: Probe,
    /// What the pairs are.
    pub(crate) pairs: (First, Second),
}

impl ForEach {
    /// The statement for these pairs.
    pub(crate) fn of<A: ToString, B: ToString>(
        &self,
        backend: Backend,
        pairs: &[(A, B)],
    ) -> QueryResult<Raw> {
        let Self { select, table, condition, joins, probe: _, pairs: _ } = self;
        Ok(match backend {
            Backend::Postgres => {
                let (one, two) = self.types();
                let lock = self.lock();
                Raw::new(&format!(
                    "SELECT {select} FROM unnest($1::text::{one}[], $2::text::{two}[]) \
                     AS wanted(one, two) CROSS JOIN LATERAL \
                     (SELECT * FROM {table} t WHERE {condition} OFFSET 0{lock}) AS t {joins}"
                ))?
                .bind(array(pairs.iter().map(|(one, _)| self.prefixed(one))))
                .bind(array(pairs.iter().map(|(_, two)| two.to_string())))
            }
            Backend::Sqlite => {
                let one = match self.pairs.0 {
                    First::Number => "value ->> 0",
                    First::Bytes => "unhex(value ->> 0)",
                };
                Raw::new(&format!(
                    "SELECT {select} FROM (SELECT {one} AS one, value ->> 1 AS two \
                     FROM json_each($1)) AS wanted CROSS JOIN {table} AS t {joins} \
                     WHERE {condition}"
                ))?
                .bind(self.json(pairs))
            }
        })
    }

    fn types(&self) -> (&'static str, &'static str) {
        let one = match self.pairs.0 {
            First::Number => "bigint",
            First::Bytes => "bytea",
        };
        let two = match self.pairs.1 {
            Second::Code => "text",
            Second::Date => "date",
        };
        (one, two)
    }

    fn lock(&self) -> &'static str {
        match self.probe {
            Probe::Read => "",
            Probe::Lock => " FOR UPDATE",
        }
    }

    fn prefixed(&self, one: &impl ToString) -> String {
        match self.pairs.0 {
            First::Number => one.to_string(),
            First::Bytes => format!("\"\\\\x{}\"", one.to_string()),
        }
    }

    fn json<A: ToString, B: ToString>(&self, pairs: &[(A, B)]) -> Value {
        let pair = |(one, two): &(A, B)| match self.pairs.0 {
            First::Number => format!("[{},\"{}\"]", one.to_string(), two.to_string()),
            First::Bytes => format!("[\"{}\",\"{}\"]", one.to_string(), two.to_string()),
        };
        let pairs: Vec<_> = pairs.iter().map(pair).collect();
        format!("[{}]", pairs.join(",")).into()
    }
}

fn array(values: impl Iterator<Item = String>) -> Value {
    format!("{{{}}}", values.collect::<Vec<_>>().join(",")).into()
}

/// Bytes in hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
