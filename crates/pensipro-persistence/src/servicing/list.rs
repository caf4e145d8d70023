//! Pages of loans.

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{Page, PageRequest, Position, Scope, StorageError};
use pensipro_servicing::{LoanFilter, LoanSort, LoanSummary};

use super::columns::{LoanRow, Read, terms};
use crate::{
    Tx,
    connection::MultiBackend,
    convert::unreadable,
    schema::{loan_terms, loans},
    scope::seen_loans,
    sql::after,
};

type Query = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::InnerJoin<loans::table, loan_terms::table>,
    MultiBackend,
>;

/// A page of loans with their stored figures.
pub(super) fn page(
    tx: &mut Tx<'_>,
    filter: &LoanFilter,
    page: &PageRequest,
    scope: Scope,
) -> Result<Page<LoanSummary>, StorageError> {
    let rows = match filter.sort {
        LoanSort::Id | LoanSort::IdDescending => by_id(tx, filter, page, scope)?,
        LoanSort::OldestUnpaidDue => by_oldest_due(tx, filter, page, scope)?,
    };
    let mut found = Page::from_rows(rows, page.limit, |loan| position(loan, filter.sort));
    if page.count {
        found.total = Some(tx.run(|conn| filtered(filter, scope).count().get_result(conn))?);
    }
    Ok(found)
}

fn position(summary: &LoanSummary, sort: LoanSort) -> Position {
    let due = summary.balances.oldest_unpaid_due.filter(|_| sort == LoanSort::OldestUnpaidDue);
    let key = due.map(|due| due.to_string()).unwrap_or_default();
    Position { key, id: summary.loan.id.get() }
}

fn by_id(
    tx: &mut Tx<'_>,
    filter: &LoanFilter,
    page: &PageRequest,
    scope: Scope,
) -> Result<Vec<LoanSummary>, StorageError> {
    let query = filtered(filter, scope);
    let last = page.after.as_ref().map(|last| last.id);
    let query = match (filter.sort, last) {
        (LoanSort::IdDescending, Some(last)) => query.filter(loans::id.lt(last)),
        (_, Some(last)) => query.filter(loans::id.gt(last)),
        (_, None) => query,
    };
    let query = match filter.sort {
        LoanSort::IdDescending => query.order(loans::id.desc()),
        LoanSort::Id | LoanSort::OldestUnpaidDue => query.order(loans::id.asc()),
    };
    load(tx, query, i64::from(page.limit) + 1)
}

/// The longest overdue first; loans without an unpaid due date follow, by a second query once the
/// page reaches them.
fn by_oldest_due(
    tx: &mut Tx<'_>,
    filter: &LoanFilter,
    page: &PageRequest,
    scope: Scope,
) -> Result<Vec<LoanSummary>, StorageError> {
    let wanted = i64::from(page.limit) + 1;
    let last = page.after.as_ref();
    let last_due: Option<NaiveDate> = match last.map(|last| last.key.as_str()) {
        None | Some("") => None,
        Some(key) => Some(key.parse().map_err(|_| unreadable("a page's sort key"))?),
    };
    let mut rows = match (last, last_due) {
        (Some(_), None) => Vec::new(),
        (last, due) => {
            let mut query = filtered(filter, scope).filter(loans::oldest_unpaid_due.is_not_null());
            if let (Some(last), Some(due)) = (last, due) {
                query = after!(query, rising, loans::oldest_unpaid_due, loans::id, due, last.id);
            }
            let query = query.order((loans::oldest_unpaid_due.asc(), loans::id.asc()));
            load(tx, query, wanted)?
        }
    };
    let found = i64::try_from(rows.len()).unwrap_or(wanted);
    if found < wanted {
        let mut query = filtered(filter, scope).filter(loans::oldest_unpaid_due.is_null());
        if let (Some(last), None) = (last, last_due) {
            query = query.filter(loans::id.gt(last.id));
        }
        rows.extend(load(tx, query.order(loans::id.asc()), wanted - found)?);
    }
    Ok(rows)
}

fn load(tx: &mut Tx<'_>, query: Query, limit: i64) -> Result<Vec<LoanSummary>, StorageError> {
    let query = query.limit(limit).select((LoanRow::as_select(), loan_terms::terms));
    let rows: Vec<(LoanRow, String)> = tx.run(|conn| query.load(conn))?;
    rows.into_iter()
        .map(|(row, json)| {
            let Read { loan, balances, touched_through: _ } = row.read(terms(&json)?)?;
            Ok(LoanSummary { loan, balances })
        })
        .collect()
}

fn filtered(filter: &LoanFilter, scope: Scope) -> Query {
    let LoanFilter { status, member_id, product_id, sales_id, branch_id, sort: _ } = *filter;
    let mut query =
        loans::table.inner_join(loan_terms::table).filter(seen_loans(scope)).into_boxed();
    if let Some(status) = status {
        query = query.filter(loans::status.eq(status.code()));
    }
    if let Some(member) = member_id {
        query = query.filter(loans::member_id.eq(member.get()));
    }
    if let Some(product) = product_id {
        query = query.filter(loans::product_id.eq(product.get()));
    }
    if let Some(sales) = sales_id {
        query = query.filter(loans::sales_id.eq(sales.get()));
    }
    if let Some(branch) = branch_id {
        query = query.filter(loans::branch_id.eq(branch.get()));
    }
    query
}
