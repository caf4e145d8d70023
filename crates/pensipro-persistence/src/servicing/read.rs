//! Loans with their stored accounts: two queries, whatever their number.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{ApplicationId, LoanId, MemberId, Scope, StorageError, TransactionId};
use pensipro_servicing::{Hold, LoanBalances, Row, RowKey, StoredLoan};

use super::{
    columns::{LoanRow, Read, terms},
    holds::{self, PackedHolds},
    plan,
    schedule::Stored,
};
use crate::{
    Tx,
    schema::{loan_schedules, loan_terms, loans},
    scope::seen_loans,
    sql::{First, ForEach, List, Locked, Probe, RowLock, Second, one_of},
};

/// A loan, its terms, the maker and rows of its plan, its holds.
type Columns = (LoanRow, String, i64, Vec<u8>, Option<String>);

/// A loan whose open rows are still to be read.
struct Partial {
    read: Read,
    maker: TransactionId,
    plan: Vec<u8>,
    holds: Vec<Hold>,
}

/// One loan.
pub(super) fn one(
    tx: &mut Tx<'_>,
    id: LoanId,
    scope: Scope,
    lock: Option<RowLock>,
) -> Result<StoredLoan, StorageError> {
    let query = loans::table
        .inner_join(loan_terms::table)
        .filter(loans::id.eq(id.get()))
        .filter(seen_loans(scope))
        .select((
            LoanRow::as_select(),
            loan_terms::terms,
            loan_terms::made_by,
            loan_terms::plan,
            PackedHolds,
        ));
    let row: Option<Columns> = tx.run(|conn| match lock {
        Some(lock) => Locked::new(query, lock, "loans").get_result(conn).optional(),
        None => query.get_result(conn).optional(),
    })?;
    let partial = Partial::of(row.ok_or(StorageError::not_found("loan", id.get()))?)?;
    let open = loan_schedules::table
        .filter(loan_schedules::loan_id.eq(id.get()))
        .filter(loan_schedules::due_date.le(partial.read.touched_through))
        .filter(loan_schedules::is_open)
        .select(Stored::as_select());
    let rows: Vec<Stored> = tx.run(|conn| open.load(conn))?;
    partial.finish(&mut rows.into_iter())
}

/// The loan that an application became.
pub(super) fn of_applications(
    tx: &mut Tx<'_>,
    ids: &[ApplicationId],
) -> Result<BTreeMap<ApplicationId, LoanId>, StorageError> {
    let ids: Vec<i64> = ids.iter().map(|id| id.get()).collect();
    let query = loans::table
        .filter(loans::application_id.eq_any(ids))
        .select((loans::application_id, loans::id));
    let rows: Vec<(i64, i64)> = tx.run(|conn| query.load(conn))?;
    let pair = |(application, loan)| (ApplicationId::new(application), LoanId::new(loan));
    Ok(rows.into_iter().map(pair).collect())
}

/// The loans of a member.
pub(super) fn of_member(tx: &mut Tx<'_>, member: MemberId) -> Result<Vec<LoanId>, StorageError> {
    let query =
        loans::table.filter(loans::member_id.eq(member.get())).order(loans::id).select(loans::id);
    let ids: Vec<i64> = tx.run(|conn| query.load(conn))?;
    Ok(ids.into_iter().map(LoanId::new).collect())
}

/// Loans locked by ascending id; those that are not there are left out.
pub(super) fn many(tx: &mut Tx<'_>, ids: &[LoanId]) -> Result<Vec<StoredLoan>, StorageError> {
    let loans = with_balances(tx, ids, Some(RowLock::ForUpdate))?;
    Ok(loans.into_iter().map(|(stored, _)| stored).collect())
}

/// Loans by ascending id, with the balances beside their accounts.
pub(super) fn with_balances(
    tx: &mut Tx<'_>,
    ids: &[LoanId],
    lock: Option<RowLock>,
) -> Result<Vec<(StoredLoan, LoanBalances)>, StorageError> {
    let list = List::numbers(tx.backend(), ids.iter().map(|id| id.get()));
    let query = loans::table
        .inner_join(loan_terms::table)
        .filter(one_of(loans::id, list))
        .order(loans::id)
        .select((
            LoanRow::as_select(),
            loan_terms::terms,
            loan_terms::made_by,
            loan_terms::plan,
            PackedHolds,
        ));
    let rows: Vec<Columns> = tx.run(|conn| match lock {
        Some(lock) => Locked::new(query, lock, "loans").load(conn),
        None => query.load(conn),
    })?;
    with_rows(tx, rows)
}

fn with_rows(
    tx: &mut Tx<'_>,
    loans: Vec<Columns>,
) -> Result<Vec<(StoredLoan, LoanBalances)>, StorageError> {
    let partials = loans.into_iter().map(Partial::of).collect::<Result<Vec<_>, _>>()?;
    let rows = open_rows(tx, &partials)?;
    let mut rows = rows.into_iter().peekable();
    partials
        .into_iter()
        .map(|partial| {
            let (id, balances) = (partial.read.loan.id, partial.read.balances);
            let mut own = std::iter::from_fn(|| rows.next_if(|row| row.loan_id() == id));
            Ok((partial.finish(&mut own)?, balances))
        })
        .collect()
}

const OPEN_ROWS: ForEach = ForEach {
    select: "t.*",
    table: "loan_schedules",
    condition: "t.loan_id = wanted.one AND t.due_date <= wanted.two AND t.is_open",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Number, Second::Date),
};

/// The open rows of loans that something has touched, in the order of the loans.
fn open_rows(tx: &mut Tx<'_>, loans: &[Partial]) -> Result<Vec<Stored>, StorageError> {
    let bound = |loan: &Partial| (loan.read.loan.id, loan.read.touched_through);
    let bounds: Vec<_> = loans.iter().map(bound).collect();
    let mut rows: Vec<Stored> = tx.run(|conn| OPEN_ROWS.of(conn.backend(), &bounds)?.load(conn))?;
    rows.sort_unstable_by_key(Stored::loan_id);
    Ok(rows)
}

impl Partial {
    fn of(columns: Columns) -> Result<Self, StorageError> {
        let (row, json, maker, plan, packed) = columns;
        Ok(Self {
            read: row.read(terms(&json)?)?,
            maker: TransactionId::new(maker),
            plan,
            holds: holds::unpack(packed.as_deref())?,
        })
    }

    fn finish(self, open: &mut dyn Iterator<Item = Stored>) -> Result<StoredLoan, StorageError> {
        let Self { read: Read { loan, balances, touched_through }, maker, plan, holds } = self;
        let mut rows = open.map(Row::try_from).collect::<Result<Vec<_>, _>>()?;
        if maker != RowKey::PROVISIONAL {
            for row in to_come(maker, &plan, touched_through) {
                rows.push(row?);
            }
        }
        Ok(StoredLoan { loan, state: balances.state, rows, holds })
    }
}

/// The rows that nothing has touched yet.
fn to_come(
    maker: TransactionId,
    plan: &[u8],
    touched_through: NaiveDate,
) -> impl Iterator<Item = Result<Row, StorageError>> {
    let is_past = move |row: &Result<Row, _>| {
        row.as_ref().is_ok_and(|row: &Row| row.due_date <= touched_through)
    };
    plan::unpack(maker, plan).filter(move |row| !is_past(row))
}
