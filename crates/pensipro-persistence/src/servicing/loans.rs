//! Loans made and changed, but for postings.

use diesel::prelude::*;
use pensipro_kernel::{LoanId, StorageError, UserId, Version};
use pensipro_servicing::{Collection, Loan, LoanDates, LoanFacts, LoanStatus, NewLoan, RowKey};

use super::{
    columns::LoanRow,
    schedule::{self, Stored},
};
use crate::{
    Tx,
    convert::{from_time, to_json},
    schema::{loan_terms, loans},
    sql::batch_row,
};

#[derive(Insertable)]
#[diesel(table_name = loan_terms)]
#[diesel(treat_none_as_default_value = false)]
struct TermsRow {
    loan_id: i64,
    terms: String,
    made_by: i64,
    plan: Vec<u8>,
}
batch_row!(TermsRow => loan_terms);

/// Adds pending loans: a batch a table.
pub(super) fn add(
    tx: &mut Tx<'_>,
    new: &[NewLoan],
    by: Option<UserId>,
) -> Result<Vec<Loan>, StorageError> {
    let ids = tx.reserve_ids("loans", new.len())?;
    let (mut loans, mut terms, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for (id, NewLoan { facts, rows: provisional, dates }) in ids.into_iter().zip(new) {
        let id = LoanId::new(id);
        loans.push(row(tx, id, facts, *dates, by));
        terms.push(TermsRow {
            loan_id: id.get(),
            terms: to_json(&facts.terms)?,
            made_by: RowKey::PROVISIONAL.get(),
            plan: Vec::new(),
        });
        rows.extend(provisional.iter().map(|row| Stored::new(id, row, None)));
    }
    let read = loans.iter().zip(new).map(|(row, new)| row.clone().read(new.facts.terms.clone()));
    let added = read.map(|read| Ok(read?.loan)).collect::<Result<_, StorageError>>()?;
    tx.insert_all(loans)?;
    tx.insert_all(terms)?;
    schedule::add(tx, rows)?;
    Ok(added)
}

fn row(
    tx: &Tx<'_>,
    id: LoanId,
    facts: &LoanFacts,
    dates: LoanDates,
    by: Option<UserId>,
) -> LoanRow {
    let LoanFacts {
        application_id,
        member_id,
        product_id,
        sales_id,
        branch_id,
        plafon,
        tenor,
        terms: _,
        approved_on,
    } = facts;
    let LoanDates { disbursed_on: _, first_due_date, maturity_date } = dates;
    LoanRow {
        id: id.get(),
        application_id: application_id.get(),
        member_id: member_id.get(),
        product_id: product_id.get(),
        sales_id: sales_id.map(|id| id.get()),
        branch_id: branch_id.map(|id| id.get()),
        plafon: plafon.sen(),
        tenor: (*tenor).into(),
        approved_on: *approved_on,
        status: LoanStatus::Pending.code().into(),
        collection: Collection::PensionCut.code().into(),
        disbursed_on: None,
        first_due_date,
        maturity_date,
        state_on: None,
        state_rank: None,
        state_id: None,
        closed_on: None,
        default_since: None,
        default_by_hand_since: None,
        deceased_on: None,
        frozen_on: None,
        settled_on: None,
        written_off_on: None,
        excess: 0,
        due_from_member: 0,
        deposit: 0,
        loan_penalty: 0,
        discount: 0,
        oldest_unpaid_due: None,
        principal: 0,
        interest: 0,
        fee: 0,
        penalty: 0,
        touched_through: *approved_on,
        version: Version::FIRST.get(),
        created_at: tx.now(),
        updated_at: tx.now(),
        created_by: by.map(|id| id.get()),
    }
}

/// Marks a loan cancelled if the version still stands.
pub(super) fn cancel(tx: &mut Tx<'_>, loan: &Loan) -> Result<Loan, StorageError> {
    let (now, version, status) = (tx.now(), loan.version.next(), LoanStatus::Cancelled);
    let update = diesel::update(loans::table)
        .filter(loans::id.eq(loan.id.get()))
        .filter(loans::version.eq(loan.version.get()))
        .set((
            loans::status.eq(status.code()),
            loans::version.eq(version.get()),
            loans::updated_at.eq(now),
        ));
    match tx.run(|conn| update.execute(conn))? {
        0 => Err(StorageError::Stale { thing: "loan" }),
        _ => Ok(Loan { status, version, updated_at: from_time(now), ..loan.clone() }),
    }
}
