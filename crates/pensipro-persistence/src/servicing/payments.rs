//! What is particular to payments.

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_billing::Reference;
use pensipro_kernel::{
    ImportLineId, LoanId, Money, PaymentId, Period, StorageError, TransactionId, UserId,
};
use pensipro_servicing::{Channel, NewPayment, Payment};

use super::{
    history::{Allocations, allocations},
    transactions::{Stored as Transaction, known},
};
use crate::{
    Tx,
    convert::{code, from_time},
    schema::{loan_payments, loan_transactions},
    sql::batch_row,
};

/// A row of `loan_payments`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = loan_payments)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Stored {
    id: i64,
    loan_id: i64,
    paid_on: NaiveDate,
    amount: i64,
    channel: String,
    reference: Option<String>,
    source_line: Option<i64>,
    cut_periode: Option<String>,
    reversed_by: Option<i64>,
}
batch_row!(Stored => loan_payments);

impl Stored {
    /// The row of a new payment; `due_through` is that of its transaction.
    pub(super) fn new(new: &NewPayment, due_through: Option<NaiveDate>) -> Self {
        let cut = cut_periode(new, due_through);
        let NewPayment {
            transaction_id,
            loan_id,
            paid_on,
            amount,
            channel,
            reference,
            source_line,
        } = new;
        Self {
            id: transaction_id.get(),
            loan_id: loan_id.get(),
            paid_on: *paid_on,
            amount: amount.sen(),
            channel: channel.code().into(),
            reference: reference.clone(),
            source_line: source_line.map(|id| id.get()),
            cut_periode: cut.map(|periode| periode.to_string()),
            reversed_by: None,
        }
    }

    fn read(self, with: &Transaction, paid: &mut Allocations) -> Result<Payment, StorageError> {
        let Self {
            id,
            loan_id,
            paid_on,
            amount,
            channel,
            reference,
            source_line,
            cut_periode: _,
            reversed_by,
        } = self;
        let transaction_id = TransactionId::new(id);
        Ok(Payment {
            id: PaymentId::new(id),
            transaction_id,
            loan_id: LoanId::new(loan_id),
            paid_on,
            booked_on: with.booked_on,
            amount: Money::from_sen(amount),
            channel: code("loan_payments.channel", &channel)?,
            reference,
            excess_to: with.excess_to()?,
            due_through: known(with.due_through)?,
            source_line: source_line.map(ImportLineId::new),
            allocations: paid.take(transaction_id),
            reversed_by: reversed_by.map(TransactionId::new),
            created_at: from_time(with.created_at),
            created_by: with.created_by.map(UserId::new),
        })
    }
}

/// The month whose pension cut a payment is: that of the line it came from, or the one that a
/// counter payment's reference names.
fn cut_periode(new: &NewPayment, due_through: Option<NaiveDate>) -> Option<Period> {
    if new.source_line.is_some() {
        return due_through.map(Period::of);
    }
    let reference: Reference = match new.channel {
        Channel::PensionCut => new.reference.as_ref()?.parse().ok()?,
        Channel::Transfer | Channel::Cash | Channel::Heirs | Channel::Insurance => return None,
    };
    (reference.loan_id == new.loan_id).then_some(reference.periode)
}

/// The payments of a loan by transaction: two queries.
pub(super) fn of_loan(tx: &mut Tx<'_>, id: LoanId) -> Result<Vec<Payment>, StorageError> {
    let query = loan_payments::table
        .inner_join(loan_transactions::table.on(loan_transactions::id.eq(loan_payments::id)))
        .filter(loan_payments::loan_id.eq(id.get()))
        .order(loan_payments::id)
        .select((Stored::as_select(), Transaction::as_select()));
    let rows: Vec<(Stored, Transaction)> = tx.run(|conn| query.load(conn))?;
    let mut paid = allocations(tx, &[id])?;
    rows.into_iter().map(|(row, with)| row.read(&with, &mut paid)).collect()
}

/// A payment of a loan.
pub(super) fn one(tx: &mut Tx<'_>, loan: LoanId, id: PaymentId) -> Result<Payment, StorageError> {
    let query = loan_payments::table
        .inner_join(loan_transactions::table.on(loan_transactions::id.eq(loan_payments::id)))
        .filter(loan_payments::id.eq(id.get()))
        .filter(loan_payments::loan_id.eq(loan.get()))
        .select((Stored::as_select(), Transaction::as_select()));
    let found: Option<(Stored, Transaction)> = tx.run(|conn| query.get_result(conn).optional())?;
    let (row, with) = found.ok_or(StorageError::not_found("payment", id.get()))?;
    let mut paid = allocations(tx, &[loan])?;
    row.read(&with, &mut paid)
}

/// The standing payment of a channel with this reference.
pub(super) fn by_reference(
    tx: &mut Tx<'_>,
    channel: Channel,
    reference: &str,
) -> Result<Option<PaymentId>, StorageError> {
    let query = loan_payments::table
        .filter(loan_payments::channel.eq(channel.code()))
        .filter(loan_payments::reference.eq(reference))
        .filter(loan_payments::reversed_by.is_null())
        .select(loan_payments::id);
    let id: Option<i64> = tx.run(|conn| query.get_result(conn).optional())?;
    Ok(id.map(PaymentId::new))
}
