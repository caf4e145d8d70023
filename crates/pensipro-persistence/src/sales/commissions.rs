//! Commissions.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use pensipro_kernel::{
    CommissionId, LoanId, Page, PageRequest, Position, SalesId, Scope, StorageError, TransactionId,
    UserId, Version,
};
use pensipro_sales::{
    Commission, CommissionEntry, CommissionFilter, CommissionLine, CommissionRepository,
    CommissionState,
};

use super::commission_rows::{EntryColumns, Row, StateColumns};
use crate::{
    Tx,
    connection::MultiBackend,
    schema::{loans, sales, sales_branches, sales_commissions},
    scope::seen_commissions,
    sql::{Locked, RowLock, columns},
};

/// A commission with its sales person's code and name, its branch's code, and its loan's id and day of
/// approval, which make its number.
type LineRow = (Row, String, String, String, Option<i64>, Option<NaiveDate>);

type Query = diesel::helper_types::IntoBoxed<'static, sales_commissions::table, MultiBackend>;

fn filtered(filter: &CommissionFilter, scope: Scope) -> Query {
    use sales_commissions as dsl;
    let CommissionFilter { status, periode, payroll_periode, branch_id, sales_id, loan_id } =
        *filter;
    let mut query = dsl::table.filter(seen_commissions(scope)).into_boxed();
    if let Some(branch) = branch_id {
        query = query.filter(dsl::branch_id.eq(branch.get()));
    }
    if let Some(status) = status {
        query = query.filter(dsl::status.eq(status.code()));
    }
    if let Some(periode) = periode {
        query = query.filter(dsl::periode.eq(periode.to_string()));
    }
    if let Some(periode) = payroll_periode {
        query = query.filter(dsl::payroll_periode.eq(periode.to_string()));
    }
    if let Some(sales) = sales_id {
        query = query.filter(dsl::sales_id.eq(sales.get()));
    }
    if let Some(loan) = loan_id {
        query = query.filter(dsl::loan_id.eq(loan.get()));
    }
    query
}

impl CommissionRepository for Tx<'_> {
    fn add_commission(
        &mut self,
        entry: &CommissionEntry,
        by: Option<UserId>,
    ) -> Result<Commission, StorageError> {
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(sales_commissions::table)
                .values((
                    EntryColumns::from(entry),
                    StateColumns::from(&CommissionState::Unpaid),
                    sales_commissions::version.eq(Version::FIRST.get()),
                    sales_commissions::created_at.eq(now),
                    sales_commissions::updated_at.eq(now),
                    sales_commissions::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn lock_commission(
        &mut self,
        sales: SalesId,
        id: CommissionId,
        scope: Scope,
    ) -> Result<Commission, StorageError> {
        let query = sales_commissions::table
            .find(id.get())
            .filter(sales_commissions::sales_id.eq(sales.get()))
            .filter(seen_commissions(scope))
            .select(Row::as_select());
        let lock = Locked::new(query, RowLock::ForUpdate, "sales_commissions");
        let row: Option<Row> = self.run(|conn| lock.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("commission", id.get()))?.try_into()
    }

    fn lock_commission_of(
        &mut self,
        disbursement: TransactionId,
    ) -> Result<Option<Commission>, StorageError> {
        let query = sales_commissions::table
            .filter(sales_commissions::disbursement_id.eq(disbursement.get()))
            .select(Row::as_select());
        let lock = Locked::new(query, RowLock::ForUpdate, "sales_commissions");
        let row: Option<Row> = self.run(|conn| lock.get_result(conn).optional())?;
        row.map(Commission::try_from).transpose()
    }

    fn save_commission(&mut self, commission: &Commission) -> Result<Version, StorageError> {
        let Commission { id, state, version, .. } = commission;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(sales_commissions::table.find(id.get()))
                .filter(sales_commissions::version.eq(version.get()))
                .set((
                    StateColumns::from(state),
                    sales_commissions::version.eq(version.next().get()),
                    sales_commissions::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        if changed == 0 {
            Err(StorageError::Stale { thing: "commission" })
        } else {
            Ok(version.next())
        }
    }

    fn commissions(
        &mut self,
        filter: &CommissionFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<CommissionLine>, StorageError> {
        let last = page.after.as_ref().map_or(0, |last| last.id);
        let query = filtered(filter, scope)
            .filter(sales_commissions::id.gt(last))
            .inner_join(sales::table)
            .inner_join(sales_branches::table)
            .left_join(loans::table)
            .order(sales_commissions::id)
            .limit(i64::from(page.limit) + 1)
            .select((
                Row::as_select(),
                sales::code,
                sales::name,
                sales_branches::code,
                loans::id.nullable(),
                loans::approved_on.nullable(),
            ));
        let rows: Vec<LineRow> = self.run(|conn| query.load(conn))?;
        let lines = rows.into_iter().map(line).collect::<Result<_, _>>()?;
        let mut lines = Page::from_rows(lines, page.limit, |line: &CommissionLine| Position {
            key: String::new(),
            id: line.commission.id.get(),
        });
        if page.count {
            lines.total = Some(self.run(|conn| filtered(filter, scope).count().get_result(conn))?);
        }
        Ok(lines)
    }
}

fn line(row: LineRow) -> Result<CommissionLine, StorageError> {
    let (row, sales_code, sales_name, branch_code, loan, approved_on) = row;
    let number = |(id, day): (i64, NaiveDate)| LoanId::new(id).number(day.year());
    Ok(CommissionLine {
        commission: row.try_into()?,
        sales_code,
        sales_name,
        branch_code,
        loan_number: loan.zip(approved_on).map(number),
    })
}
