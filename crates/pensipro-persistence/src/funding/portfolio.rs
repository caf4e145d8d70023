//! The loans of a funder.

use chrono::{Datelike, NaiveDate, TimeDelta};
use diesel::{
    helper_types::{InnerJoin, IntoBoxed},
    prelude::*,
};
use pensipro_funding::{
    HeldLoan, PortfolioFilter, PortfolioLoan, PortfolioRepository, exposure_of,
};
use pensipro_kernel::{
    ContractId, FunderId, LoanId, Money, Page, PageRequest, Position, StorageError,
};
use pensipro_servicing::LoanStatus;

use crate::{
    Tx,
    connection::MultiBackend,
    convert::code,
    schema::{funder_allocations as allocations, loans},
};

/// Loans of which something is outstanding.
const HELD: [LoanStatus; 3] = [LoanStatus::Pending, LoanStatus::Active, LoanStatus::Default];

type Query = IntoBoxed<'static, InnerJoin<allocations::table, loans::table>, MultiBackend>;

#[derive(Queryable)]
struct Row {
    loan_id: i64,
    approved_on: NaiveDate,
    contract_id: i64,
    kind: String,
    status: String,
    outstanding: i64,
    principal: i64,
    plafon: i64,
    oldest_unpaid_due: Option<NaiveDate>,
}

impl TryFrom<Row> for PortfolioLoan {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let loan_id = LoanId::new(row.loan_id);
        Ok(Self {
            loan_id,
            number: loan_id.number(row.approved_on.year()),
            contract_id: ContractId::new(row.contract_id),
            kind: code("funder_allocations.kind", &row.kind)?,
            held: held_loan(&row.status, row.outstanding, row.principal, row.plafon),
            status: row.status,
            oldest_unpaid_due: row.oldest_unpaid_due,
        })
    }
}

/// A loan as funders hold it: before its disbursement the whole plafon counts as outstanding.
pub(super) fn held_loan(status: &str, outstanding: i64, principal: i64, plafon: i64) -> HeldLoan {
    let pending = status == LoanStatus::Pending.code();
    HeldLoan {
        outstanding: Money::from_sen(if pending { plafon } else { outstanding }),
        principal: Money::from_sen(principal),
        plafon: Money::from_sen(plafon),
    }
}

/// The shares that a funder has on a day in loans that are pending or open.
fn shares(funder: FunderId, on: NaiveDate) -> Query {
    allocations::table
        .inner_join(loans::table)
        .filter(allocations::funder_id.eq(funder.get()))
        .filter(allocations::valid_from.le(on))
        .filter(allocations::ended_on.is_null().or(allocations::ended_on.gt(on)))
        .filter(loans::status.eq_any(HELD.map(LoanStatus::code)))
        .into_boxed()
}

fn filtered(funder: FunderId, filter: &PortfolioFilter, on: NaiveDate) -> Query {
    let PortfolioFilter { status, contract_id, dpd_from } = filter;
    let mut query = shares(funder, on);
    if let Some(status) = status.clone() {
        query = query.filter(loans::status.eq(status));
    }
    if let Some(contract) = contract_id {
        query = query.filter(allocations::contract_id.eq(contract.get()));
    }
    if let Some(days) = dpd_from.filter(|days| *days > 0) {
        let due = on.checked_sub_signed(TimeDelta::days(days.into())).unwrap_or(NaiveDate::MIN);
        query = query.filter(loans::oldest_unpaid_due.le(due));
    }
    query
}

impl PortfolioRepository for Tx<'_> {
    fn portfolio(
        &mut self,
        funder: FunderId,
        filter: &PortfolioFilter,
        page: &PageRequest,
        on: NaiveDate,
    ) -> Result<Page<PortfolioLoan>, StorageError> {
        let mut query = filtered(funder, filter, on);
        if let Some(last) = &page.after {
            query = query.filter(allocations::loan_id.gt(last.id));
        }
        let query = query.order(allocations::loan_id).limit(i64::from(page.limit) + 1).select((
            allocations::loan_id,
            loans::approved_on,
            allocations::contract_id,
            allocations::kind,
            loans::status,
            loans::principal,
            allocations::principal,
            loans::plafon,
            loans::oldest_unpaid_due,
        ));
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(PortfolioLoan::try_from).collect::<Result<_, _>>()?;
        let position =
            |loan: &PortfolioLoan| Position { key: String::new(), id: loan.loan_id.get() };
        let mut found = Page::from_rows(rows, page.limit, position);
        if page.count {
            let total = self.run(|conn| filtered(funder, filter, on).count().get_result(conn))?;
            found.total = Some(total);
        }
        Ok(found)
    }

    fn exposure(&mut self, funder: FunderId, on: NaiveDate) -> Result<Money, StorageError> {
        let query = shares(funder, on).select((
            loans::status,
            loans::principal,
            allocations::principal,
            loans::plafon,
        ));
        let rows: Vec<(String, i64, i64, i64)> = self.run(|conn| query.load(conn))?;
        let held = |(status, outstanding, principal, plafon): (String, i64, i64, i64)| {
            held_loan(&status, outstanding, principal, plafon)
        };
        Ok(exposure_of(&rows.into_iter().map(held).collect::<Vec<_>>()))
    }
}
