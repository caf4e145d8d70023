//! Storing a batch of postings, one payment or thousands.
//!
//! Cost: a fixed number of statements for every some thousand rows: on PostgreSQL one INSERT or COPY
//! a table and one `UPDATE … FROM unnest` for rows and for loans; on SQLite prepared statements of
//! many rows for what is new and one a row for what is changed. Locks: none but those of the loans,
//! which the caller holds.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, StorageError, TransactionId, UserId};
use pensipro_servicing::{
    AllocationDelta, InputKind, NewTransaction, PaymentInput, PostingBatch, RowChange, RowKey,
    TransactionBody,
};

use super::{
    balances, disbursements, payments, plan,
    schedule::{self, Stored},
    settlements, transactions,
};
use crate::{
    Tx,
    schema::loan_transaction_allocations,
    sql::{BulkUpdate, Value, batch_row},
};

#[derive(diesel::Insertable)]
#[diesel(table_name = loan_transaction_allocations)]
#[diesel(treat_none_as_default_value = false)]
struct DeltaRow {
    transaction_id: i64,
    caused_by: i64,
    made_by: i64,
    no: i32,
    component: &'static str,
    amount: i64,
    booked_on: NaiveDate,
    loan_id: i64,
}
batch_row!(DeltaRow => loan_transaction_allocations);

/// Stores a batch.
pub(super) fn store(
    tx: &mut Tx<'_>,
    batch: &PostingBatch,
    by: Option<UserId>,
) -> Result<(), StorageError> {
    let PostingBatch { transactions, payments, settlements, disbursements, deltas, rows, loans } =
        batch;
    let now = tx.now();
    let each = transactions.iter().map(|new| transactions::Stored::new(new, now, by));
    tx.insert_all(each.collect::<Result<_, _>>()?)?;
    add_payments(tx, batch, payments)?;
    disbursements::add(tx, disbursements)?;
    settlements::add(tx, settlements)?;
    tx.insert_all(deltas.iter().map(DeltaRow::new).collect())?;
    store_rows(tx, batch, rows)?;
    mark_reversed(tx, transactions)?;
    balances::store(tx, loans, &touched(rows))
}

impl DeltaRow {
    fn new(delta: &AllocationDelta) -> Self {
        let AllocationDelta { loan_id, transaction, caused_by, row, component, amount, booked_on } =
            *delta;
        Self {
            transaction_id: transaction.get(),
            caused_by: caused_by.get(),
            made_by: row.made_by.get(),
            no: row.no.into(),
            component: component.code(),
            amount: amount.sen(),
            booked_on,
            loan_id: loan_id.get(),
        }
    }
}

fn add_payments(
    tx: &mut Tx<'_>,
    batch: &PostingBatch,
    new: &[pensipro_servicing::NewPayment],
) -> Result<(), StorageError> {
    let due_through = |new: &NewTransaction| match &new.body {
        TransactionBody::Input(
            InputKind::Payment(PaymentInput { due_through, .. })
            | InputKind::Recovery(PaymentInput { due_through, .. }),
        ) => Some((new.id, *due_through)),
        TransactionBody::Input(_) | TransactionBody::Reversal { .. } => None,
    };
    let due: HashMap<TransactionId, NaiveDate> =
        batch.transactions.iter().filter_map(due_through).collect();
    let each =
        new.iter().map(|new| payments::Stored::new(new, due.get(&new.transaction_id).copied()));
    tx.insert_all(each.collect())
}

type Rows = BTreeMap<(LoanId, RowKey), RowChange>;

fn store_rows(tx: &mut Tx<'_>, batch: &PostingBatch, rows: &Rows) -> Result<(), StorageError> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for ((loan, _), change) in rows {
        let state_on = batch.loans.get(loan).and_then(|balances| balances.state_on());
        let row = Stored::new(*loan, change.row(), state_on);
        match change {
            RowChange::New(_) => new.push(row),
            RowChange::Changed(_) => changed.push(row),
        }
    }
    schedule::add(tx, new)?;
    schedule::change(tx, changed)?;
    store_plans(tx, rows)
}

const PLAN: BulkUpdate =
    BulkUpdate { table: "loan_terms", keys: &["loan_id"], set: &["made_by", "plan"] };

/// The plan of a loan is that of the latest maker of rows that are owed.
fn store_plans(tx: &mut Tx<'_>, rows: &Rows) -> Result<(), StorageError> {
    let mut plans: BTreeMap<LoanId, (TransactionId, Vec<&pensipro_servicing::Row>)> =
        BTreeMap::new();
    for ((loan, key), change) in rows {
        let RowChange::New(row) = change else { continue };
        if !row.is_live() {
            continue;
        }
        let (maker, made) = plans.entry(*loan).or_insert((key.made_by, Vec::new()));
        if *maker != key.made_by {
            (*maker, *made) = (key.made_by, Vec::new());
        }
        made.push(row);
    }
    let values = plans.into_iter().map(|(loan, (maker, rows))| -> Vec<Value> {
        vec![loan.get().into(), maker.get().into(), plan::pack(rows).into()]
    });
    tx.update_all(PLAN, values.collect()).map(drop)
}

/// The last due date of the rows of each loan that were changed.
fn touched(rows: &Rows) -> BTreeMap<LoanId, NaiveDate> {
    let mut through = BTreeMap::new();
    for ((loan, _), change) in rows {
        let row = change.row();
        let is_as_agreed = matches!(change, RowChange::New(_)) && *row == row.as_agreed();
        if !is_as_agreed {
            let last = through.entry(*loan).or_insert(row.due_date);
            *last = row.due_date.max(*last);
        }
    }
    through
}

/// What is particular to a kind knows of the reversal; that of a payment frees its reference, that of a
/// disbursement its place.
fn mark_reversed(tx: &mut Tx<'_>, new: &[NewTransaction]) -> Result<(), StorageError> {
    let reversals = || {
        new.iter().filter_map(|new| match &new.body {
            TransactionBody::Reversal { of } => {
                Some(vec![Value::from(of.get()), Value::from(new.id.get())])
            }
            TransactionBody::Input(_) => None,
        })
    };
    const OWN: &[&str] = &["id"];
    for (table, keys) in [
        ("loan_payments", OWN),
        ("loan_disbursements", OWN),
        ("loan_settlements", OWN),
        ("loan_restructures", &["transaction_id"]),
    ] {
        let update = BulkUpdate { table, keys, set: &["reversed_by"] };
        tx.update_all(update, reversals().collect())?;
    }
    Ok(())
}
