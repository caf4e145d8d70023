//! A row of `loans` and what it says of the loan and of its account.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{
    ApplicationId, BranchId, LoanId, MemberId, Money, ProductId, SalesId, StorageError,
    TransactionId, Version,
};
use pensipro_pricing::Terms;
use pensipro_servicing::{AccountState, Loan, LoanBalances, LoanDates, LoanStatus, Order, Rank};

use crate::{
    convert::{code, count, from_time, unreadable},
    schema::loans,
    sql::batch_row,
};

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = loans)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct LoanRow {
    pub(super) id: i64,
    pub(super) application_id: i64,
    pub(super) member_id: i64,
    pub(super) product_id: i64,
    pub(super) sales_id: Option<i64>,
    pub(super) branch_id: Option<i64>,
    pub(super) plafon: i64,
    pub(super) tenor: i32,
    pub(super) approved_on: NaiveDate,
    pub(super) status: String,
    pub(super) collection: String,
    pub(super) disbursed_on: Option<NaiveDate>,
    pub(super) first_due_date: NaiveDate,
    pub(super) maturity_date: NaiveDate,
    pub(super) state_on: Option<NaiveDate>,
    pub(super) state_rank: Option<i32>,
    pub(super) state_id: Option<i64>,
    pub(super) closed_on: Option<NaiveDate>,
    pub(super) default_since: Option<NaiveDate>,
    pub(super) default_by_hand_since: Option<NaiveDate>,
    pub(super) deceased_on: Option<NaiveDate>,
    pub(super) frozen_on: Option<NaiveDate>,
    pub(super) settled_on: Option<NaiveDate>,
    pub(super) written_off_on: Option<NaiveDate>,
    pub(super) excess: i64,
    pub(super) due_from_member: i64,
    pub(super) deposit: i64,
    pub(super) loan_penalty: i64,
    pub(super) discount: i64,
    pub(super) oldest_unpaid_due: Option<NaiveDate>,
    pub(super) principal: i64,
    pub(super) interest: i64,
    pub(super) fee: i64,
    pub(super) penalty: i64,
    pub(super) touched_through: NaiveDate,
    pub(super) version: i64,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
    pub(super) created_by: Option<i64>,
}

batch_row!(LoanRow => loans);

/// What a row of `loans` says, without the terms.
pub(super) struct Read {
    pub(super) loan: Loan,
    pub(super) balances: LoanBalances,
    pub(super) touched_through: NaiveDate,
}

/// The terms of a column.
pub(super) fn terms(json: &str) -> Result<Terms, StorageError> {
    serde_json::from_str(json).map_err(|_| unreadable("loan_terms.terms"))
}

impl LoanRow {
    /// The loan of these terms, with its figures.
    pub(super) fn read(self, terms: Terms) -> Result<Read, StorageError> {
        let Self {
            id,
            application_id,
            member_id,
            product_id,
            sales_id,
            branch_id,
            plafon,
            tenor,
            approved_on,
            status,
            collection,
            disbursed_on,
            first_due_date,
            maturity_date,
            state_on,
            state_rank,
            state_id,
            closed_on,
            default_since,
            default_by_hand_since,
            deceased_on,
            frozen_on,
            settled_on,
            written_off_on,
            excess,
            due_from_member,
            deposit,
            loan_penalty,
            discount,
            oldest_unpaid_due,
            principal,
            interest,
            fee,
            penalty,
            touched_through,
            version,
            created_at,
            updated_at,
            created_by: _,
        } = self;
        let status: LoanStatus = code("loans.status", &status)?;
        let dates = |disbursed_on| LoanDates { disbursed_on, first_due_date, maturity_date };
        let state = AccountState {
            dates: disbursed_on.map(dates),
            closed_on,
            default_since,
            default_by_hand_since,
            deceased_on,
            frozen_on,
            settled_on,
            written_off_on,
            collection: code("loans.collection", &collection)?,
            last: last(state_on, state_rank, state_id)?,
            excess: Money::from_sen(excess),
            due_from_member: Money::from_sen(due_from_member),
            deposit: Money::from_sen(deposit),
            loan_penalty: Money::from_sen(loan_penalty),
            discount: Money::from_sen(discount),
        };
        let balances = LoanBalances {
            status,
            state,
            oldest_unpaid_due,
            principal: Money::from_sen(principal),
            interest: Money::from_sen(interest),
            fee: Money::from_sen(fee),
            penalty: Money::from_sen(penalty),
        };
        let loan = Loan {
            id: LoanId::new(id),
            application_id: ApplicationId::new(application_id),
            member_id: MemberId::new(member_id),
            product_id: ProductId::new(product_id),
            sales_id: sales_id.map(SalesId::new),
            branch_id: branch_id.map(BranchId::new),
            plafon: Money::from_sen(plafon),
            tenor: count("loans.tenor", tenor)?,
            terms,
            approved_on,
            status,
            collection: state.collection,
            disbursed_on,
            first_due_date,
            maturity_date,
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        };
        Ok(Read { loan, balances, touched_through })
    }
}

fn last(
    on: Option<NaiveDate>,
    rank: Option<i32>,
    id: Option<i64>,
) -> Result<Option<Order>, StorageError> {
    let (Some(effective_on), Some(rank), Some(id)) = (on, rank, id) else { return Ok(None) };
    let rank = i16::try_from(rank).ok().and_then(Rank::from_number);
    let rank = rank.ok_or_else(|| unreadable("loans.state_rank"))?;
    Ok(Some(Order { effective_on, rank, id: TransactionId::new(id) }))
}
