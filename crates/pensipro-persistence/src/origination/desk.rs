//! What waits on a desk, as a condition on applications: for the committee the one under which the
//! domain seats somebody.

use diesel::{
    QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping},
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Bool, Nullable},
};
use pensipro_kernel::{FourEyes, Money};
use pensipro_origination::{ApplicationStatus, Bench, CommitteeDesk, Desk};

use super::applications::ApplicationQuery;
use crate::{connection::MultiBackend, schema::applications};

/// Keeps what waits on the desk.
pub(super) fn on_desk(query: ApplicationQuery, desk: Desk) -> ApplicationQuery {
    let status = match desk {
        Desk::Analyst => ApplicationStatus::Analyzing,
        Desk::Committee(_) => ApplicationStatus::Committee,
        Desk::Finance => ApplicationStatus::Approved,
    };
    let query = query
        .filter(applications::status.eq(status.code()))
        .filter(applications::waiting_since.is_not_null());
    match desk {
        Desk::Committee(desk) => query.filter(Seated::new(desk)),
        Desk::Analyst | Desk::Finance => query,
    }
}

/// True where somebody may take the seat that is due.
#[derive(Debug, Clone)]
struct Seated {
    user: i64,
    is_strict: bool,
    benches: Vec<SeatedBench>,
}

#[derive(Debug, Clone)]
struct SeatedBench {
    from: Option<i64>,
    below: Option<i64>,
    products: Vec<i64>,
    branches: Vec<i64>,
    levels: Vec<i64>,
    last: i64,
}

impl Seated {
    fn new(desk: CommitteeDesk) -> Self {
        let CommitteeDesk { user, four_eyes, benches } = desk;
        Self {
            user: user.get(),
            is_strict: four_eyes == FourEyes::Strict,
            benches: benches.into_iter().map(SeatedBench::new).collect(),
        }
    }

    /// Who entered it sits nowhere, or in small cooperatives anywhere but last.
    fn not_as_author<'b>(
        &'b self,
        bench: &'b SeatedBench,
        out: &mut AstPass<'_, 'b, MultiBackend>,
    ) -> QueryResult<()> {
        out.push_sql(" AND (applications.created_by IS NULL OR applications.created_by <> ");
        out.push_bind_param::<BigInt, _>(&self.user)?;
        if !self.is_strict {
            out.push_sql(" OR applications.due_level <> ");
            out.push_bind_param::<BigInt, _>(&bench.last)?;
        }
        out.push_sql(")");
        Ok(())
    }

    /// Who analysed it sits nowhere, or in small cooperatives on level 1; nobody decides twice, nor
    /// after he stepped back.
    fn not_as_another<'b>(&'b self, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let small = if self.is_strict { "" } else { " AND applications.due_level <> 1" };
        for (table, person, unless) in [
            ("analysis", "analysed_by", small),
            ("committee_decisions", "decided_by", ""),
            ("committee_recusals", "user_id", ""),
        ] {
            out.push_sql(" AND NOT EXISTS (SELECT 1 FROM ");
            out.push_sql(table);
            out.push_sql(" AS its WHERE its.application_id = applications.id");
            out.push_sql(unless);
            out.push_sql(" AND its.");
            out.push_sql(person);
            out.push_sql(" = ");
            out.push_bind_param::<BigInt, _>(&self.user)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

impl SeatedBench {
    fn new(bench: Bench) -> Self {
        let Bench { plafon_from, plafon_below, products, branches, levels, last } = bench;
        Self {
            from: plafon_from.map(Money::sen),
            below: plafon_below.map(Money::sen),
            products: products.into_iter().map(|id| id.get()).collect(),
            branches: branches.into_iter().map(|id| id.get()).collect(),
            levels: levels.into_iter().map(|level| level.get().into()).collect(),
            last: last.get().into(),
        }
    }

    fn covers<'b>(&'b self, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("TRUE");
        for (sql, bound) in [(" >= ", &self.from), (" < ", &self.below)] {
            if let Some(bound) = bound {
                out.push_sql(" AND applications.plafon");
                out.push_sql(sql);
                out.push_bind_param::<BigInt, _>(bound)?;
            }
        }
        for (column, ids) in [("product_id", &self.products), ("branch_id", &self.branches)] {
            if !ids.is_empty() {
                out.push_sql(" AND ");
                one_of(column, ids, out)?;
            }
        }
        Ok(())
    }
}

fn one_of<'b>(
    column: &str,
    numbers: &'b [i64],
    out: &mut AstPass<'_, 'b, MultiBackend>,
) -> QueryResult<()> {
    if numbers.is_empty() {
        out.push_sql("FALSE");
        return Ok(());
    }
    out.push_sql("applications.");
    out.push_sql(column);
    for (place, number) in numbers.iter().enumerate() {
        out.push_sql(if place == 0 { " IN (" } else { ", " });
        out.push_bind_param::<BigInt, _>(number)?;
    }
    out.push_sql(")");
    Ok(())
}

impl QueryFragment<MultiBackend> for Seated {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("(CASE");
        for bench in &self.benches {
            out.push_sql(" WHEN ");
            bench.covers(&mut out)?;
            out.push_sql(" THEN ");
            one_of("due_level", &bench.levels, &mut out)?;
            self.not_as_author(bench, &mut out)?;
        }
        out.push_sql(" ELSE FALSE END");
        self.not_as_another(&mut out)?;
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for Seated {
    type SqlType = Nullable<Bool>;
}

impl<QS> AppearsOnTable<QS> for Seated {}
impl<QS> SelectableExpression<QS> for Seated {}

impl<GB> ValidGrouping<GB> for Seated {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl QueryId for Seated {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
