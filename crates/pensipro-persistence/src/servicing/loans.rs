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
    convert::from_time,
    schema::{loan_terms, loans},
};

#[derive(Insertable)]
#[diesel(table_name = loan_terms)]
struct TermsRow {
    loan_id: i64,
    terms: String,
    made_by: i64,
    plan: Vec<u8>,
}

/// Adds a pending loan: three statements.
pub(super) fn add(
    tx: &mut Tx<'_>,
    new: &NewLoan,
    by: Option<UserId>,
) -> Result<Loan, StorageError> {
    let NewLoan { facts, rows, dates } = new;
    let id = LoanId::new(tx.reserve_id("loans")?);
    let terms = TermsRow {
        loan_id: id.get(),
        terms: serde_json::to_string(&facts.terms)
            .map_err(|error| StorageError::Failed(error.to_string()))?,
        made_by: RowKey::PROVISIONAL.get(),
        plan: Vec::new(),
    };
    let row = row(tx, id, facts, *dates, by);
    tx.run(|conn| diesel::insert_into(loans::table).values(&row).execute(conn))?;
    tx.run(|conn| diesel::insert_into(loan_terms::table).values(&terms).execute(conn))?;
    schedule::add(tx, rows.iter().map(|row| Stored::new(id, row, None)).collect())?;
    Ok(row.read(facts.terms.clone())?.loan)
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
