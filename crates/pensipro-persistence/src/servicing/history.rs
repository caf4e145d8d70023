//! What a replay needs of loans: their inputs, what was booked, their rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{LoanId, Money, StorageError, TransactionId};
use pensipro_servicing::{Allocation, Component, Input, LoanHistory, Row, RowKey};

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
    let mut found: HashMap<LoanId, LoanHistory> = HashMap::with_capacity(ids.len());
    for (id, row) in rows(tx, ids)? {
        found.entry(id).or_default().rows.push(row);
    }
    let mut paid = allocations(tx, ids)?;
    let stored = transactions::load(tx, ids)?;
    let reversed: HashSet<i64> = stored.iter().filter_map(|row| row.reverses).collect();
    for row in stored {
        let id = TransactionId::new(row.id);
        let history = found.entry(LoanId::new(row.loan_id)).or_default();
        history.allocations.append(&mut paid.take(id));
        if reversed.contains(&row.id) {
            history.reversed.push(id);
            continue;
        }
        match row.input(|| agreed(&history.rows, id))? {
            Some(input) => history.inputs.push(input),
            None => history.reversals.push(id),
        }
    }
    Ok(ids.iter().map(|id| (*id, found.remove(id).unwrap_or_default())).collect())
}

/// The inputs whose two dates lie on or before the day, without those that a reversal entered by then
/// took back, in the order of the ids: two queries.
pub(super) fn inputs_known_on(
    tx: &mut Tx<'_>,
    day: NaiveDate,
    ids: &[LoanId],
) -> Result<Vec<(LoanId, Vec<Input>)>, StorageError> {
    let mut made: HashMap<LoanId, Vec<Row>> = HashMap::with_capacity(ids.len());
    for (id, row) in rows(tx, ids)? {
        made.entry(id).or_default().push(row);
    }
    let mut stored = transactions::load(tx, ids)?;
    stored.retain(|row| row.booked_on <= day);
    let reversed: HashSet<i64> = stored.iter().filter_map(|row| row.reverses).collect();
    let mut found: HashMap<LoanId, Vec<Input>> = HashMap::with_capacity(ids.len());
    for row in stored {
        if row.effective_on > day || reversed.contains(&row.id) {
            continue;
        }
        let loan = LoanId::new(row.loan_id);
        let rows = made.get(&loan).map_or(&[][..], Vec::as_slice);
        let input = row.input(|| agreed(rows, TransactionId::new(row.id)))?;
        found.entry(loan).or_default().extend(input);
    }
    Ok(ids.iter().map(|id| (*id, found.remove(id).unwrap_or_default())).collect())
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
