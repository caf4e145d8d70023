//! What is particular to settlements.

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{LoanId, Money, StorageError, TransactionId, UserId};
use pensipro_servicing::{NewSettlement, Quote, SettlementRecord, SettlementTotal};

use super::transactions::Stored as Transaction;
use crate::{
    Tx,
    convert::from_time,
    schema::{loan_settlements, loan_transactions},
    sql::batch_row,
};

/// A row of `loan_settlements`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = loan_settlements)]
#[diesel(treat_none_as_default_value = false)]
struct Stored {
    id: i64,
    loan_id: i64,
    payment_id: Option<i64>,
    settled_on: NaiveDate,
    principal: i64,
    interest_due: i64,
    interest_running: i64,
    prepaid_interest: i64,
    penalty: i64,
    fee: i64,
    due_from_member: i64,
    early_penalty: i64,
    deposit: i64,
    discount: i64,
    total: i64,
    reversed_by: Option<i64>,
    netted_by: Option<i64>,
}
batch_row!(Stored => loan_settlements);

/// Settlements with their transactions.
macro_rules! with_transactions {
    () => {
        loan_settlements::table
            .inner_join(loan_transactions::table.on(loan_transactions::id.eq(loan_settlements::id)))
            .select((Stored::as_select(), Transaction::as_select()))
    };
}

/// Adds settlements.
pub(super) fn add(tx: &mut Tx<'_>, new: &[NewSettlement]) -> Result<(), StorageError> {
    tx.insert_all(new.iter().map(Stored::new).collect())
}

impl Stored {
    fn new(new: &NewSettlement) -> Self {
        let NewSettlement { transaction_id, loan_id, payment, settled_on, quote, netted_by } = *new;
        let Quote { owed, early_penalty, deposit, discount, total } = quote;
        let SettlementTotal {
            date: _,
            principal,
            interest_due,
            interest_running,
            prepaid_interest,
            penalty,
            fee,
            due_from_member,
            total: _,
        } = owed;
        Self {
            id: transaction_id.get(),
            loan_id: loan_id.get(),
            payment_id: payment.map(TransactionId::get),
            settled_on,
            principal: principal.sen(),
            interest_due: interest_due.sen(),
            interest_running: interest_running.sen(),
            prepaid_interest: prepaid_interest.sen(),
            penalty: penalty.sen(),
            fee: fee.sen(),
            due_from_member: due_from_member.sen(),
            early_penalty: early_penalty.sen(),
            deposit: deposit.sen(),
            discount: discount.sen(),
            total: total.sen(),
            reversed_by: None,
            netted_by: netted_by.map(TransactionId::get),
        }
    }

    fn read(self, with: &Transaction) -> SettlementRecord {
        let Self {
            id,
            loan_id,
            payment_id,
            settled_on,
            principal,
            interest_due,
            interest_running,
            prepaid_interest,
            penalty,
            fee,
            due_from_member,
            early_penalty,
            deposit,
            discount,
            total,
            reversed_by,
            netted_by,
        } = self;
        let owed = SettlementTotal {
            date: settled_on,
            principal: Money::from_sen(principal),
            interest_due: Money::from_sen(interest_due),
            interest_running: Money::from_sen(interest_running),
            prepaid_interest: Money::from_sen(prepaid_interest),
            penalty: Money::from_sen(penalty),
            fee: Money::from_sen(fee),
            due_from_member: Money::from_sen(due_from_member),
            total: Money::ZERO,
        };
        let total_owed = owed.gross().minus_or_zero(owed.prepaid_interest);
        let quote = Quote {
            owed: SettlementTotal { total: total_owed, ..owed },
            early_penalty: Money::from_sen(early_penalty),
            deposit: Money::from_sen(deposit),
            discount: Money::from_sen(discount),
            total: Money::from_sen(total),
        };
        let settlement = NewSettlement {
            transaction_id: TransactionId::new(id),
            loan_id: LoanId::new(loan_id),
            payment: payment_id.map(TransactionId::new),
            settled_on,
            quote,
            netted_by: netted_by.map(TransactionId::new),
        };
        SettlementRecord {
            settlement,
            reversed_by: reversed_by.map(TransactionId::new),
            created_at: from_time(with.created_at),
            created_by: with.created_by.map(UserId::new),
        }
    }
}

/// The settlements of a loan by transaction.
pub(super) fn of_loan(tx: &mut Tx<'_>, id: LoanId) -> Result<Vec<SettlementRecord>, StorageError> {
    let of_loan = loan_settlements::loan_id.eq(id.get());
    let query = with_transactions!().filter(of_loan).order(loan_settlements::id);
    let rows: Vec<(Stored, Transaction)> = tx.run(|conn| query.load(conn))?;
    Ok(rows.into_iter().map(|(row, with)| row.read(&with)).collect())
}

/// The settlement that a disbursement paid.
pub(super) fn netted_by(
    tx: &mut Tx<'_>,
    disbursement: TransactionId,
) -> Result<Option<SettlementRecord>, StorageError> {
    let query = with_transactions!().filter(loan_settlements::netted_by.eq(disbursement.get()));
    let row: Option<(Stored, Transaction)> = tx.run(|conn| query.first(conn).optional())?;
    Ok(row.map(|(row, with)| row.read(&with)))
}
