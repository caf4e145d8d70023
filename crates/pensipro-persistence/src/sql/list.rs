//! `column IN (numbers)` for a list of any length: one parameter and one text, so that the statement
//! is prepared once.

use diesel::{
    QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping},
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{Bool, Text},
};

use crate::connection::{Backend, MultiBackend};

/// Numbers to be looked for, as the backend reads them: an array's text or a JSON array.
#[derive(Debug, Clone)]
pub(crate) struct List(String);

impl List {
    /// These numbers.
    pub(crate) fn numbers(backend: Backend, numbers: impl IntoIterator<Item = i64>) -> Self {
        let numbers: Vec<_> = numbers.into_iter().map(|number| number.to_string()).collect();
        let numbers = numbers.join(",");
        Self(match backend {
            Backend::Postgres => format!("{{{numbers}}}"),
            Backend::Sqlite => format!("[{numbers}]"),
        })
    }
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
        let (open, close) = match out.backend() {
            // In a query of its own the text is read once, and not for every row that is looked at.
            MultiBackend::Postgres(_) => (" = ANY((SELECT ", "::text::bigint[])::bigint[])"),
            MultiBackend::Sqlite(_) => (" IN (SELECT value FROM json_each(", "))"),
        };
        out.push_sql(open);
        out.push_bind_param::<Text, _>(&self.list.0)?;
        out.push_sql(close);
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
        assert_eq!(List::numbers(Backend::Postgres, [1, -2]).0, "{1,-2}");
        assert_eq!(List::numbers(Backend::Sqlite, []).0, "[]");
    }
}
