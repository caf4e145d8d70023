//! Reading lines of imports, by page.

use std::collections::BTreeSet;

use diesel::prelude::*;
use pensipro_billing::{
    ImportStatus, OutcomeKind, RetriableQuery, Retry, StoredLine, UnmatchedReason,
    split_import_line_id,
};
use pensipro_kernel::{ImportId, ImportLineId, Page, PageRequest, Period, Position, StorageError};

use super::import_lines::LineRow;
use crate::{
    Tx,
    connection::MultiBackend,
    convert::count,
    schema::{pension_cut_import_lines as lines, pension_cut_imports as imports},
    sql::after,
};

type OfImport = diesel::helper_types::IntoBoxed<'static, lines::table, MultiBackend>;
type WithImport = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::InnerJoin<lines::table, imports::table>,
    MultiBackend,
>;

/// A page of an import's lines.
pub(super) fn of_import(
    tx: &mut Tx<'_>,
    id: ImportId,
    outcome: Option<OutcomeKind>,
    page: &PageRequest,
) -> Result<Page<StoredLine>, StorageError> {
    let mut query = all_of(id, outcome);
    if let Some(last) = &page.after {
        query = query.filter(lines::line_no.gt(count::<i64, i32>("a page's id", last.id)?));
    }
    let query =
        query.order(lines::line_no).limit(i64::from(page.limit) + 1).select(LineRow::as_select());
    let rows = tx.run(|conn| query.load(conn))?;
    let mut found = Page::from_rows(opened(tx, rows)?, page.limit, |line| Position {
        key: String::new(),
        id: line.line.line_no.into(),
    });
    if page.count {
        let query = all_of(id, outcome).count();
        found.total = Some(tx.run(|conn| query.get_result(conn))?);
    }
    Ok(found)
}

fn all_of(id: ImportId, outcome: Option<OutcomeKind>) -> OfImport {
    let query = lines::table.filter(lines::import_id.eq(id.get())).into_boxed();
    match outcome {
        Some(outcome) => query.filter(lines::outcome.eq(outcome.code())),
        None => query,
    }
}

/// One line.
pub(super) fn one(tx: &mut Tx<'_>, id: ImportLineId) -> Result<StoredLine, StorageError> {
    let missing = || StorageError::not_found("import line", id.get());
    let (import, line_no) = split_import_line_id(id).ok_or_else(missing)?;
    let query = lines::table
        .filter(lines::import_id.eq(import.get()))
        .filter(lines::line_no.eq(count::<u32, i32>("line_no", line_no)?))
        .select(LineRow::as_select());
    let row: Option<LineRow> = tx.run(|conn| query.get_result(conn).optional())?;
    opened(tx, row.into_iter().collect())?.pop().ok_or_else(missing)
}

/// A page of the lines of a month that wait for somebody.
pub(super) fn unmatched(
    tx: &mut Tx<'_>,
    periode: Period,
    page: &PageRequest,
) -> Result<Page<StoredLine>, StorageError> {
    let mut query = waiting(periode);
    if let Some(last) = page.after.as_ref().map(|last| ImportLineId::new(last.id)) {
        let (import, line_no) = split_import_line_id(last).unwrap_or((ImportId::new(0), 0));
        let (import, line_no) = (import.get(), count::<u32, i32>("line_no", line_no)?);
        query = after!(query, rising, lines::import_id, lines::line_no, import, line_no);
    }
    let query = query
        .order((lines::import_id, lines::line_no))
        .limit(i64::from(page.limit) + 1)
        .select(LineRow::as_select());
    let rows = tx.run(|conn| query.load(conn))?;
    let mut found = Page::from_rows(opened(tx, rows)?, page.limit, |line| Position {
        key: String::new(),
        id: line.id().map_or(0, ImportLineId::get),
    });
    if page.count {
        found.total = Some(tx.run(|conn| waiting(periode).count().get_result(conn))?);
    }
    Ok(found)
}

fn waiting(periode: Period) -> WithImport {
    lines::table
        .inner_join(imports::table)
        .filter(lines::periode.eq(periode.to_string()))
        .filter(lines::held.gt(0).or(lines::outcome.eq(OutcomeKind::Unmatched.code())))
        .filter(imports::status.ne(ImportStatus::Discarded.code()))
        .into_boxed()
}

/// Lines to be tried again, by import and number: what `may_be_retried` says, as the index has it.
pub(super) fn retriable(
    tx: &mut Tx<'_>,
    query: &RetriableQuery,
) -> Result<Vec<StoredLine>, StorageError> {
    let RetriableQuery { of: Retry { from_periode, payer }, after: last, limit } = *query;
    let by_hand = UnmatchedReason::PaymentReversed.code();
    let mut query = waiting(from_periode)
        .filter(lines::outcome.eq(OutcomeKind::Unmatched.code()))
        .filter(lines::reason.ne(by_hand))
        .filter(lines::held.gt(0));
    if let Some(payer) = payer {
        query = query.filter(imports::payer.eq(payer.code()));
    }
    if let Some(last) = last {
        let (import, line_no) = split_import_line_id(last).unwrap_or((ImportId::new(0), 0));
        let (import, line_no) = (import.get(), count::<u32, i32>("line_no", line_no)?);
        query = after!(query, rising, lines::import_id, lines::line_no, import, line_no);
    }
    let query = query
        .order((lines::import_id, lines::line_no))
        .limit(limit.into())
        .select(LineRow::as_select());
    let rows = tx.run(|conn| query.load(conn))?;
    opened(tx, rows)
}

/// Opens lines: one query for the members' keys that are not at hand.
fn opened(tx: &mut Tx<'_>, rows: Vec<LineRow>) -> Result<Vec<StoredLine>, StorageError> {
    let members: BTreeSet<_> = rows.iter().filter_map(LineRow::member).collect();
    let keys = tx.member_keys(&members.into_iter().collect::<Vec<_>>())?;
    let installation = tx.keys().installation();
    rows.into_iter()
        .map(|row| match row.member() {
            Some(member) => row.read(keys.get(&member).map(AsRef::as_ref)),
            None => row.read(Some(&installation)),
        })
        .collect()
}
