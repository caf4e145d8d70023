//! What a replay needs of loans: their inputs, what was booked, their rows.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{LoanId, Money, StorageError, TransactionId};
use pensipro_servicing::{Allocation, Component, Entered, LoanHistory, Row, RowKey, TakenBack};

use super::{schedule::Stored as StoredRow, transactions};
use crate::{
    Tx,
    convert::{code, count},
    schema::{loan_schedules, loan_transaction_allocations as deltas, loan_transactions},
    sql::{List, one_of},
};

/// What payments pay now.
#[derive(Debug, Default)]
pub(super) struct Allocations(HashMap<TransactionId, Vec<Allocation>>);

impl Allocations {
    /// The parts of a payment.
    pub(super) fn take(&mut self, payment: TransactionId) -> Vec<Allocation> {
        self.0.remove(&payment).unwrap_or_default()
    }
}

/// What the payments of loans pay now: the sums of their deltas that are not zero, by row and
/// component. One query.
pub(super) fn allocations(tx: &mut Tx<'_>, loans: &[LoanId]) -> Result<Allocations, StorageError> {
    let list = List::numbers(tx.backend(), loans.iter().map(|id| id.get()));
    let query = loan_transactions::table
        .inner_join(deltas::table)
        .filter(one_of(loan_transactions::loan_id, list))
        .select((
            deltas::transaction_id,
            deltas::made_by,
            deltas::no,
            deltas::component,
            deltas::amount,
        ));
    let rows: Vec<(i64, i64, i32, String, i64)> = tx.run(|conn| query.load(conn))?;
    let mut sums: BTreeMap<(TransactionId, RowKey, Component), i64> = BTreeMap::new();
    for (transaction, made_by, no, component, amount) in rows {
        let row = RowKey::new(TransactionId::new(made_by), count("allocations.no", no)?);
        let component = code("loan_transaction_allocations.component", &component)?;
        let sum = sums.entry((TransactionId::new(transaction), row, component)).or_default();
        *sum = sum.saturating_add(amount);
    }
    let mut found = Allocations::default();
    for ((transaction, row, component), sum) in sums {
        if sum != 0 {
            let amount = Money::from_sen(sum);
            let part = Allocation { transaction, row, component, amount };
            found.0.entry(transaction).or_default().push(part);
        }
    }
    Ok(found)
}

/// The histories of loans in the order of the ids: three queries.
pub(super) fn histories(
    tx: &mut Tx<'_>,
    ids: &[LoanId],
) -> Result<Vec<(LoanId, LoanHistory)>, StorageError> {
    let mut found = without_allocations(tx, ids)?;
    let mut paid = allocations(tx, ids)?;
    for LoanHistory { entered, reversals, allocations, .. } in found.values_mut() {
        let gone = entered.taken_back.iter().map(|gone| &gone.input);
        let inputs = entered.inputs.iter().chain(gone).map(|input| input.id);
        for id in inputs.chain(reversals.iter().copied()) {
            allocations.append(&mut paid.take(id));
        }
    }
    Ok(ids.iter().map(|id| (*id, found.remove(id).unwrap_or_default())).collect())
}

/// What was entered to loans, in the order of the ids: two queries.
pub(super) fn entered(
    tx: &mut Tx<'_>,
    ids: &[LoanId],
) -> Result<Vec<(LoanId, Entered)>, StorageError> {
    let mut found = without_allocations(tx, ids)?;
    let mut entered = |id| found.remove(id).unwrap_or_default().entered;
    Ok(ids.iter().map(|id| (*id, entered(id))).collect())
}

/// Histories of which it is still to be read what payments pay.
fn without_allocations(
    tx: &mut Tx<'_>,
    ids: &[LoanId],
) -> Result<HashMap<LoanId, LoanHistory>, StorageError> {
    let mut found: HashMap<LoanId, LoanHistory> = HashMap::with_capacity(ids.len());
    for (id, row) in rows(tx, ids)? {
        found.entry(id).or_default().rows.push(row);
    }
    let stored = transactions::load(tx, ids)?;
    let reversed = stored.iter().filter_map(|row| Some((row.reverses?, row.booked_on)));
    let reversed: HashMap<i64, NaiveDate> = reversed.collect();
    for row in stored {
        let id = TransactionId::new(row.id);
        let history = found.entry(LoanId::new(row.loan_id)).or_default();
        let Some(input) = row.input(|| agreed(&history.rows, id))? else {
            history.reversals.push(id);
            continue;
        };
        match reversed.get(&row.id) {
            Some(on) => history.entered.taken_back.push(TakenBack { input, on: *on }),
            None => history.entered.inputs.push(input),
        }
    }
    Ok(found)
}

/// The rows that a transaction made, as it agreed them.
fn agreed(rows: &[Row], made_by: TransactionId) -> Vec<Row> {
    rows.iter().filter(|row| row.key.made_by == made_by).map(Row::as_agreed).collect()
}

/// Every row of loans that has a maker.
fn rows(tx: &mut Tx<'_>, ids: &[LoanId]) -> Result<Vec<(LoanId, Row)>, StorageError> {
    let list = List::numbers(tx.backend(), ids.iter().map(|id| id.get()));
    let query = loan_schedules::table
        .filter(one_of(loan_schedules::loan_id, list))
        .filter(loan_schedules::made_by.ne(RowKey::PROVISIONAL.get()))
        .order((loan_schedules::loan_id, loan_schedules::made_by, loan_schedules::no))
        .select(StoredRow::as_select());
    let rows: Vec<StoredRow> = tx.run(|conn| query.load(conn))?;
    rows.into_iter().map(|row| Ok((row.loan_id(), Row::try_from(row)?))).collect()
}
