//! Funders' shares of loans.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{prelude::*, sql_types::BigInt};
use pensipro_funding::{Allocation, AllocationRepository, HeldLoan, NewAllocation, Reallocation};
use pensipro_kernel::{AllocationId, ContractId, FunderId, LoanId, Money, StorageError, UserId};
use pensipro_servicing::LoanStatus;

use super::portfolio::held_loan;
use crate::{
    Tx,
    convert::{code, from_time},
    schema::{
        funder_allocations::{self, dsl},
        funder_contracts, loans,
    },
    sql::{Raw, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = funder_allocations)]
pub(super) struct Row {
    pub(super) id: i64,
    loan_id: i64,
    funder_id: i64,
    contract_id: i64,
    kind: String,
    principal: i64,
    valid_from: NaiveDate,
    ended_on: Option<NaiveDate>,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl TryFrom<Row> for Allocation {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            loan_id,
            funder_id,
            contract_id,
            kind,
            principal,
            valid_from,
            ended_on,
            created_at,
            created_by,
        } = row;
        Ok(Self {
            id: AllocationId::new(id),
            content: NewAllocation {
                loan_id: LoanId::new(loan_id),
                funder_id: FunderId::new(funder_id),
                contract_id: ContractId::new(contract_id),
                kind: code("funder_allocations.kind", &kind)?,
                principal: Money::from_sen(principal),
                valid_from,
            },
            ended_on,
            created_at: from_time(created_at),
            created_by: created_by.map(UserId::new),
        })
    }
}

#[derive(QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    sen: i64,
}

impl AllocationRepository for Tx<'_> {
    fn allocations(&mut self, loan: LoanId) -> Result<Vec<Allocation>, StorageError> {
        let query = dsl::funder_allocations
            .filter(dsl::loan_id.eq(loan.get()))
            .order(dsl::id)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Allocation::try_from).collect()
    }

    fn allocated_under(
        &mut self,
        contract: ContractId,
        beside: LoanId,
    ) -> Result<Money, StorageError> {
        let Sum { sen } = self.run(|conn| {
            Raw::new(
                "SELECT allocated - CAST(COALESCE((SELECT sum(principal) FROM funder_allocations \
                 WHERE loan_id = $1 AND contract_id = $2 AND ended_on IS NULL), 0) AS BIGINT) AS sen \
                 FROM funder_contracts WHERE id = $3",
            )?
            .bind(beside.get())
            .bind(contract.get())
            .bind(contract.get())
            .get_result(conn)
        })?;
        Ok(Money::from_sen(sen))
    }

    fn shares_under(
        &mut self,
        contract: ContractId,
        beside: LoanId,
    ) -> Result<Vec<HeldLoan>, StorageError> {
        let held = [LoanStatus::Pending, LoanStatus::Active, LoanStatus::Default];
        let query = dsl::funder_allocations
            .inner_join(loans::table)
            .filter(dsl::contract_id.eq(contract.get()))
            .filter(dsl::ended_on.is_null())
            .filter(dsl::loan_id.ne(beside.get()))
            .filter(loans::status.eq_any(held.map(LoanStatus::code)))
            .select((loans::status, loans::principal, dsl::principal, loans::plafon));
        let rows: Vec<(String, i64, i64, i64)> = self.run(|conn| query.load(conn))?;
        let held = |(status, outstanding, principal, plafon): (String, i64, i64, i64)| {
            held_loan(&status, outstanding, principal, plafon)
        };
        Ok(rows.into_iter().map(held).collect())
    }

    fn store_reallocation(
        &mut self,
        change: &Reallocation,
        by: Option<UserId>,
    ) -> Result<Option<Allocation>, StorageError> {
        let Reallocation { ended, ended_on, added } = change;
        let ids: Vec<i64> = ended.iter().map(|id| id.get()).collect();
        for id in &ids {
            self.run(|conn| take_off(*id)?.execute(conn))?;
        }
        let ending = dsl::funder_allocations.filter(dsl::id.eq_any(ids));
        let now = self.now();
        let end = (dsl::ended_on.eq(ended_on), dsl::ended_at.eq(now));
        self.run(|conn| diesel::update(ending).set(end).execute(conn))?;
        let Some(NewAllocation { loan_id, funder_id, contract_id, kind, principal, valid_from }) =
            added
        else {
            return Ok(None);
        };
        let grown = funder_contracts::allocated + principal.sen();
        let contract = diesel::update(funder_contracts::table.find(contract_id.get()))
            .set(funder_contracts::allocated.eq(grown));
        self.run(|conn| contract.execute(conn))?;
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::funder_allocations)
                .values((
                    dsl::loan_id.eq(loan_id.get()),
                    dsl::funder_id.eq(funder_id.get()),
                    dsl::contract_id.eq(contract_id.get()),
                    dsl::kind.eq(kind.code()),
                    dsl::principal.eq(principal.sen()),
                    dsl::valid_from.eq(valid_from),
                    dsl::created_at.eq(now),
                    dsl::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into().map(Some)
    }
}

/// Takes a share that has not ended off what is allocated under its contract.
fn take_off(id: i64) -> diesel::QueryResult<Raw> {
    let raw = Raw::new(
        "UPDATE funder_contracts SET allocated = allocated - (SELECT principal FROM funder_allocations \
         WHERE id = $1) WHERE id = (SELECT contract_id FROM funder_allocations \
         WHERE id = $2 AND ended_on IS NULL)",
    )?;
    Ok(raw.bind(id).bind(id))
}
