//! What is particular to disbursements.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{
    BankAccountId, ContractId, DisbursementId, FunderId, LoanId, Money, StorageError,
    TransactionId, UserId,
};
use pensipro_pricing::FeeCharge;
use pensipro_servicing::{Disbursement, NewDisbursement, Source};

use super::transactions::Stored as Transaction;
use crate::{
    Tx,
    convert::{from_time, unreadable},
    schema::{loan_disbursement_sources, loan_disbursements, loan_transactions},
    sql::batch_row,
};

/// A row of `loan_disbursements`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = loan_disbursements)]
#[diesel(treat_none_as_default_value = false)]
struct Stored {
    id: i64,
    loan_id: i64,
    disbursed_on: NaiveDate,
    amount: i64,
    charges: String,
    upfront_fees: i64,
    deposit: i64,
    net_amount: i64,
    account_id: i64,
    reference: Option<String>,
    reversed_by: Option<i64>,
}
batch_row!(Stored => loan_disbursements);

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = loan_disbursement_sources)]
#[diesel(treat_none_as_default_value = false)]
struct SourceRow {
    disbursement_id: i64,
    no: i32,
    funder_id: Option<i64>,
    contract_id: Option<i64>,
    amount: i64,
}
batch_row!(SourceRow => loan_disbursement_sources);

/// Adds disbursements with their sources.
pub(super) fn add(tx: &mut Tx<'_>, new: &[NewDisbursement]) -> Result<(), StorageError> {
    tx.insert_all(new.iter().map(Stored::new).collect::<Result<_, _>>()?)?;
    tx.insert_all(new.iter().flat_map(sources).collect())
}

fn sources(new: &NewDisbursement) -> impl Iterator<Item = SourceRow> {
    (1..).zip(&new.sources).map(|(no, source)| {
        let Source { funder_id, contract_id, amount } = *source;
        SourceRow {
            disbursement_id: new.transaction_id.get(),
            no,
            funder_id: funder_id.map(|id| id.get()),
            contract_id: contract_id.map(|id| id.get()),
            amount: amount.sen(),
        }
    })
}

impl SourceRow {
    fn read(self) -> Source {
        let Self { disbursement_id: _, no: _, funder_id, contract_id, amount } = self;
        Source {
            funder_id: funder_id.map(FunderId::new),
            contract_id: contract_id.map(ContractId::new),
            amount: Money::from_sen(amount),
        }
    }
}

impl Stored {
    fn new(new: &NewDisbursement) -> Result<Self, StorageError> {
        let NewDisbursement {
            transaction_id,
            loan_id,
            disbursed_on,
            amount,
            charges,
            upfront_fees,
            deposit,
            net_amount,
            account_id,
            sources: _,
            reference,
        } = new;
        Ok(Self {
            id: transaction_id.get(),
            loan_id: loan_id.get(),
            disbursed_on: *disbursed_on,
            amount: amount.sen(),
            charges: serde_json::to_string(charges)
                .map_err(|error| StorageError::Failed(error.to_string()))?,
            upfront_fees: upfront_fees.sen(),
            deposit: deposit.sen(),
            net_amount: net_amount.sen(),
            account_id: account_id.get(),
            reference: reference.clone(),
            reversed_by: None,
        })
    }

    fn read(self, with: &Transaction, sources: Vec<Source>) -> Result<Disbursement, StorageError> {
        let Self {
            id,
            loan_id,
            disbursed_on,
            amount,
            charges,
            upfront_fees,
            deposit,
            net_amount,
            account_id,
            reference,
            reversed_by,
        } = self;
        let charges: Vec<FeeCharge> =
            serde_json::from_str(&charges).map_err(|_| unreadable("loan_disbursements.charges"))?;
        Ok(Disbursement {
            id: DisbursementId::new(id),
            transaction_id: TransactionId::new(id),
            loan_id: LoanId::new(loan_id),
            disbursed_on,
            amount: Money::from_sen(amount),
            charges,
            upfront_fees: Money::from_sen(upfront_fees),
            deposit: Money::from_sen(deposit),
            net_amount: Money::from_sen(net_amount),
            account_id: BankAccountId::new(account_id),
            sources,
            reference,
            reversed_by: reversed_by.map(TransactionId::new),
            created_at: from_time(with.created_at),
            created_by: with.created_by.map(UserId::new),
        })
    }
}

/// The disbursements of a loan by transaction: two queries.
pub(super) fn of_loan(tx: &mut Tx<'_>, id: LoanId) -> Result<Vec<Disbursement>, StorageError> {
    let query = loan_disbursements::table
        .inner_join(loan_transactions::table)
        .filter(loan_disbursements::loan_id.eq(id.get()))
        .order(loan_disbursements::id)
        .select((Stored::as_select(), Transaction::as_select()));
    let rows: Vec<(Stored, Transaction)> = tx.run(|conn| query.load(conn))?;
    let query = loan_disbursement_sources::table
        .inner_join(loan_disbursements::table)
        .filter(loan_disbursements::loan_id.eq(id.get()))
        .order((loan_disbursement_sources::disbursement_id, loan_disbursement_sources::no))
        .select(SourceRow::as_select());
    let mut sources: HashMap<i64, Vec<Source>> = HashMap::new();
    for row in tx.run(|conn| query.load::<SourceRow>(conn))? {
        sources.entry(row.disbursement_id).or_default().push(row.read());
    }
    rows.into_iter()
        .map(|(row, with)| {
            let own = sources.remove(&row.id).unwrap_or_default();
            row.read(&with, own)
        })
        .collect()
}
