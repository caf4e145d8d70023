//! Targets, and what was disbursed in their months.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use pensipro_kernel::{
    BranchId, Money, Page, PageRequest, Period, Position, SalesId, StorageError, TargetId, UserId,
    Version,
};
use pensipro_sales::{
    Goal, Months, NewTarget, Owner, Realised, SetTarget, Target, TargetFilter, TargetRepository,
    TargetStatus,
};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{code, count, from_time, unreadable},
    schema::{loans, sales_targets},
    sql::{after, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sales_targets)]
struct Row {
    id: i64,
    sales_id: Option<i64>,
    branch_id: Option<i64>,
    periode: String,
    target_amount: i64,
    target_count: i32,
    status: String,
    set_by: Option<i64>,
    approved_by: Option<i64>,
    approved_at: Option<NaiveDateTime>,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<Row> for Target {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            sales_id,
            branch_id,
            periode,
            target_amount,
            target_count,
            status,
            set_by,
            approved_by,
            approved_at,
            version,
            created_at,
            updated_at,
        } = row;
        let owner = match (sales_id, branch_id) {
            (Some(sales), None) => Owner::Sales(SalesId::new(sales)),
            (None, Some(branch)) => Owner::Branch(BranchId::new(branch)),
            _ => return Err(unreadable("sales_targets.sales_id")),
        };
        let amount = Money::from_sen(target_amount);
        let loans = count("sales_targets.target_count", target_count)?;
        Ok(Self {
            id: TargetId::new(id),
            owner,
            periode: code("sales_targets.periode", &periode)?,
            goal: Goal { amount, count: loans },
            status: code("sales_targets.status", &status)?,
            set_by: set_by.map(UserId::new),
            approved_by: approved_by.map(UserId::new),
            approved_at: approved_at.map(from_time),
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

type Query = diesel::helper_types::IntoBoxed<'static, sales_targets::table, MultiBackend>;

fn owned(owner: Owner) -> Query {
    let query = sales_targets::table.into_boxed();
    match owner {
        Owner::Sales(id) => query.filter(sales_targets::sales_id.eq(id.get())),
        Owner::Branch(id) => query.filter(sales_targets::branch_id.eq(id.get())),
    }
}

fn filtered(owner: Owner, filter: &TargetFilter) -> Query {
    let TargetFilter { periode, status } = *filter;
    let mut query = owned(owner);
    if let Some(periode) = periode {
        query = query.filter(sales_targets::periode.eq(periode.to_string()));
    }
    if let Some(status) = status {
        query = query.filter(sales_targets::status.eq(status.code()));
    }
    query
}

const fn owner_columns(owner: Owner) -> (Option<i64>, Option<i64>) {
    match owner {
        Owner::Sales(id) => (Some(id.get()), None),
        Owner::Branch(id) => (None, Some(id.get())),
    }
}

fn loan_count(goal: Goal) -> i32 {
    i32::try_from(goal.count).unwrap_or(i32::MAX)
}

impl TargetRepository for Tx<'_> {
    fn target(&mut self, owner: Owner, id: TargetId) -> Result<Target, StorageError> {
        let query = owned(owner).filter(sales_targets::id.eq(id.get()));
        let row: Option<Row> =
            self.run(|conn| query.select(Row::as_select()).first(conn).optional())?;
        row.ok_or(StorageError::not_found("target", id.get()))?.try_into()
    }

    fn target_of_month(
        &mut self,
        owner: Owner,
        periode: Period,
        status: TargetStatus,
    ) -> Result<Option<Target>, StorageError> {
        let filter = TargetFilter { periode: Some(periode), status: Some(status) };
        let query = filtered(owner, &filter).order(sales_targets::id.desc());
        let row: Option<Row> =
            self.run(|conn| query.select(Row::as_select()).first(conn).optional())?;
        row.map(Target::try_from).transpose()
    }

    fn targets(
        &mut self,
        owner: Owner,
        filter: &TargetFilter,
        page: &PageRequest,
    ) -> Result<Page<Target>, StorageError> {
        use sales_targets::{id, periode};
        let mut query = filtered(owner, filter);
        if let Some(last) = page.after.clone() {
            query = after!(query, falling, periode, id, last.key, last.id);
        }
        let query = query.order((periode.desc(), id.desc())).limit(i64::from(page.limit) + 1);
        let rows: Vec<Row> = self.run(|conn| query.select(Row::as_select()).load(conn))?;
        let targets = rows.into_iter().map(Target::try_from).collect::<Result<_, _>>()?;
        let mut targets = Page::from_rows(targets, page.limit, |target: &Target| Position {
            key: target.periode.to_string(),
            id: target.id.get(),
        });
        if page.count {
            targets.total =
                Some(self.run(|conn| filtered(owner, filter).count().get_result(conn))?);
        }
        Ok(targets)
    }

    fn add_target(&mut self, new: &NewTarget, by: Option<UserId>) -> Result<Target, StorageError> {
        let NewTarget { owner, set: SetTarget { periode, goal } } = *new;
        let (sales, branch) = owner_columns(owner);
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(sales_targets::table)
                .values((
                    sales_targets::sales_id.eq(sales),
                    sales_targets::branch_id.eq(branch),
                    sales_targets::periode.eq(periode.to_string()),
                    sales_targets::target_amount.eq(goal.amount.sen()),
                    sales_targets::target_count.eq(loan_count(goal)),
                    sales_targets::status.eq(TargetStatus::Draft.code()),
                    sales_targets::set_by.eq(by.map(UserId::get)),
                    sales_targets::version.eq(Version::FIRST.get()),
                    sales_targets::created_at.eq(now),
                    sales_targets::updated_at.eq(now),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn save_target(&mut self, target: &Target) -> Result<Version, StorageError> {
        let Target { id, goal, status, set_by, approved_by, approved_at, version, .. } = target;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(sales_targets::table.find(id.get()))
                .filter(sales_targets::version.eq(version.get()))
                .set((
                    sales_targets::target_amount.eq(goal.amount.sen()),
                    sales_targets::target_count.eq(loan_count(*goal)),
                    sales_targets::status.eq(status.code()),
                    sales_targets::set_by.eq(set_by.map(UserId::get)),
                    sales_targets::approved_by.eq(approved_by.map(UserId::get)),
                    sales_targets::approved_at.eq(approved_at.map(|at| at.naive_utc())),
                    sales_targets::version.eq(version.next().get()),
                    sales_targets::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        if changed == 0 { Err(StorageError::Stale { thing: "target" }) } else { Ok(version.next()) }
    }

    fn realised(
        &mut self,
        owner: Owner,
        months: Months,
    ) -> Result<Vec<(Period, Realised)>, StorageError> {
        let (first, last) = months.days();
        let mut query = loans::table
            .filter(loans::disbursed_on.between(first, last))
            .group_by(loans::disbursed_on)
            .select((
                loans::disbursed_on.assume_not_null(),
                sql::<BigInt>("CAST(sum(plafon) AS BIGINT)"),
                sql::<BigInt>("count(*)"),
            ))
            .into_boxed();
        query = match owner {
            Owner::Sales(id) => query.filter(loans::sales_id.eq(id.get())),
            Owner::Branch(id) => query.filter(loans::branch_id.eq(id.get())),
        };
        let days: Vec<(NaiveDate, i64, i64)> = self.run(|conn| query.load(conn))?;
        by_month(days)
    }
}

/// The sums of days as those of their months.
fn by_month(days: Vec<(NaiveDate, i64, i64)>) -> Result<Vec<(Period, Realised)>, StorageError> {
    let mut months: BTreeMap<Period, (Money, u32)> = BTreeMap::new();
    for (day, plafon, loans) in days {
        let (amount, number) = months.entry(Period::of(day)).or_default();
        let sum = amount.checked_add(Money::from_sen(plafon));
        *amount = sum.ok_or_else(|| unreadable("loans.plafon"))?;
        *number = number.saturating_add(count("loans.id", loans)?);
    }
    Ok(months
        .into_iter()
        .map(|(month, (amount, count))| (month, Realised { amount, count }))
        .collect())
}
