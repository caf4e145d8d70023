//! `column IN (list)` for a list of any length: one parameter and one text, so that the statement is
//! prepared once.

use diesel::{
    QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping},
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Bool, Text},
};

use crate::connection::{Backend, MultiBackend};

/// Values to be looked for, as the backend reads them: an array's text or a JSON array.
#[derive(Debug, Clone)]
pub(crate) struct List {
    text: String,
    of: Of,
}

#[derive(Debug, Clone, Copy)]
enum Of {
    Numbers,
    Codes,
    Bytes,
}

impl List {
    /// Numbers.
    pub(crate) fn numbers(backend: Backend, numbers: impl IntoIterator<Item = i64>) -> Self {
        let each = numbers.into_iter().map(|number| number.to_string());
        Self { text: joined(backend, each, ""), of: Of::Numbers }
    }

    /// Codes: texts of letters, digits and `-`, `_`, which need no quoting.
    pub(crate) fn codes(backend: Backend, codes: impl IntoIterator<Item = String>) -> Self {
        Self { text: joined(backend, codes, "\""), of: Of::Codes }
    }

    /// Bytes, such as entries of a keyed index.
    pub(crate) fn bytes<'a>(backend: Backend, values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let prefix = match backend {
            Backend::Postgres => "\\\\x",
            Backend::Sqlite => "",
        };
        let hex = |bytes: &[u8]| {
            bytes.iter().fold(prefix.to_owned(), |text, byte| text + &format!("{byte:02x}"))
        };
        Self { text: joined(backend, values.into_iter().map(hex), "\""), of: Of::Bytes }
    }
}

fn joined(backend: Backend, values: impl IntoIterator<Item = String>, quote: &str) -> String {
    let (open, close) = match backend {
        Backend::Postgres => ('{', '}'),
        Backend::Sqlite => ('[', ']'),
    };
    let mut text = String::from(open);
    for (place, value) in values.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(quote);
        text.push_str(&value);
        text.push_str(quote);
    }
    text.push(close);
    text
}

/// True where the column's value is in the list.
#[derive(Debug, Clone)]
pub(crate) struct OneOf<C> {
    column: C,
    list: List,
}

/// True where the column's value is in the list.
pub(crate) const fn one_of<C>(column: C, list: List) -> OneOf<C> {
    OneOf { column, list }
}

impl<C: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for OneOf<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        let on_postgres = matches!(out.backend(), MultiBackend::Postgres(_));
        out.push_sql(match (on_postgres, self.list.of) {
            (true, _) => " = ANY(",
            (false, Of::Numbers | Of::Codes) => " IN (SELECT value FROM json_each(",
            (false, Of::Bytes) => " IN (SELECT unhex(value) FROM json_each(",
        });
        out.push_bind_param::<Text, _>(&self.list.text)?;
        out.push_sql(match (on_postgres, self.list.of) {
            (true, Of::Numbers) => "::text::bigint[])",
            (true, Of::Codes) => "::text::text[])",
            (true, Of::Bytes) => "::text::bytea[])",
            (false, _) => "))",
        });
        Ok(())
    }
}

impl<C> Expression for OneOf<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<QS>, QS> AppearsOnTable<QS> for OneOf<C> {}
impl<C: SelectableExpression<QS>, QS> SelectableExpression<QS> for OneOf<C> {}

impl<C: ValidGrouping<GB>, GB> ValidGrouping<GB> for OneOf<C> {
    type IsAggregate = C::IsAggregate;
}

impl<C> QueryId for OneOf<C> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_backend_reads_its_own_form() {
        let text = |list: List| list.text;
        assert_eq!(text(List::numbers(Backend::Postgres, [1, -2])), "{1,-2}");
        assert_eq!(text(List::numbers(Backend::Sqlite, [])), "[]");
        assert_eq!(text(List::bytes(Backend::Postgres, [&[1, 255][..]])), "{\"\\\\x01ff\"}");
        assert_eq!(text(List::bytes(Backend::Sqlite, [&[1, 255][..]])), "[\"01ff\"]");
        assert_eq!(text(List::codes(Backend::Sqlite, ["2026-10".into()])), "[\"2026-10\"]");
    }
}
