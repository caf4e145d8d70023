//! Branches.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{
    BranchId, Page, PageRequest, Position, Scope, StorageError, UserId, Version,
};
use pensipro_sales::{Branch, BranchDetails, BranchFilter, BranchRepository, PeopleSort};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{from_time, parse_time_key, search_form, time_key},
    schema::sales_branches,
    scope::seen_branches,
    sql::{Locked, RowLock, after, columns, like_pattern},
};

type Query = diesel::helper_types::IntoBoxed<'static, sales_branches::table, MultiBackend>;

#[derive(Queryable, Selectable)]
#[diesel(table_name = sales_branches)]
struct Row {
    id: i64,
    code: String,
    name: String,
    address: Option<String>,
    is_active: bool,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = sales_branches)]
#[diesel(treat_none_as_null = true)]
struct DetailColumns {
    code: String,
    name: String,
    name_search: String,
    address: Option<String>,
    is_active: bool,
}

impl From<Row> for Branch {
    fn from(row: Row) -> Self {
        let Row { id, code, name, address, is_active, version, created_at, updated_at } = row;
        Self {
            id: BranchId::new(id),
            details: BranchDetails { code, name, address, is_active },
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        }
    }
}

impl From<&BranchDetails> for DetailColumns {
    fn from(details: &BranchDetails) -> Self {
        let BranchDetails { code, name, address, is_active } = details.clone();
        Self { name_search: search_form(&name), code, name, address, is_active }
    }
}

fn filtered(filter: &BranchFilter, scope: Scope) -> Query {
    let BranchFilter { is_active, q, sort: _ } = filter.clone();
    let mut query = sales_branches::table.filter(seen_branches(scope)).into_boxed();
    if let Some(is_active) = is_active {
        query = query.filter(sales_branches::is_active.eq(is_active));
    }
    if let Some(q) = q {
        let pattern = like_pattern(&search_form(&q));
        query = query.filter(sales_branches::name_search.like(pattern).escape('\\'));
    }
    query
}

fn paged(query: Query, sort: PeopleSort, page: &PageRequest) -> Result<Query, StorageError> {
    use sales_branches::{code, created_at, id, name_search};
    let query = match (sort, page.after.clone()) {
        (_, None) => query,
        (PeopleSort::Code, Some(last)) => after!(query, rising, code, id, last.key, last.id),
        (PeopleSort::Name, Some(last)) => after!(query, rising, name_search, id, last.key, last.id),
        (PeopleSort::CreatedAtDescending, Some(last)) => {
            after!(query, falling, created_at, id, parse_time_key(&last.key)?, last.id)
        }
    };
    let query = match sort {
        PeopleSort::Code => query.order((code.asc(), id.asc())),
        PeopleSort::Name => query.order((name_search.asc(), id.asc())),
        PeopleSort::CreatedAtDescending => query.order((created_at.desc(), id.desc())),
    };
    Ok(query.limit(i64::from(page.limit) + 1))
}

fn position(sort: PeopleSort, branch: &Branch) -> Position {
    let key = match sort {
        PeopleSort::Code => branch.details.code.clone(),
        PeopleSort::Name => search_form(&branch.details.name),
        PeopleSort::CreatedAtDescending => time_key(branch.created_at),
    };
    Position { key, id: branch.id.get() }
}

impl Tx<'_> {
    fn one_branch(
        &mut self,
        id: BranchId,
        scope: Scope,
        lock: Option<RowLock>,
    ) -> Result<Branch, StorageError> {
        let query = sales_branches::table
            .find(id.get())
            .filter(seen_branches(scope))
            .select(Row::as_select());
        let row: Option<Row> = self.run(|conn| match lock {
            Some(lock) => Locked::new(query, lock, "sales_branches").get_result(conn).optional(),
            None => query.first(conn).optional(),
        })?;
        row.map(Branch::from).ok_or(StorageError::not_found("branch", id.get()))
    }
}

impl BranchRepository for Tx<'_> {
    fn branch(&mut self, id: BranchId, scope: Scope) -> Result<Branch, StorageError> {
        self.one_branch(id, scope, None)
    }

    fn lock_branch(&mut self, id: BranchId, scope: Scope) -> Result<Branch, StorageError> {
        self.one_branch(id, scope, Some(RowLock::ForUpdate))
    }

    fn branches(
        &mut self,
        filter: &BranchFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Branch>, StorageError> {
        let query = paged(filtered(filter, scope), filter.sort, page)?;
        let rows: Vec<Row> = self.run(|conn| query.select(Row::as_select()).load(conn))?;
        let branches = rows.into_iter().map(Branch::from).collect();
        let mut branches =
            Page::from_rows(branches, page.limit, |branch| position(filter.sort, branch));
        if page.count {
            branches.total =
                Some(self.run(|conn| filtered(filter, scope).count().get_result(conn))?);
        }
        Ok(branches)
    }

    fn branch_with_code(&mut self, code: &str) -> Result<Option<BranchId>, StorageError> {
        let id: Option<i64> = self.run(|conn| {
            sales_branches::table
                .filter(sales_branches::code.eq(code))
                .select(sales_branches::id)
                .first(conn)
                .optional()
        })?;
        Ok(id.map(BranchId::new))
    }

    fn add_branch(
        &mut self,
        details: &BranchDetails,
        by: Option<UserId>,
    ) -> Result<Branch, StorageError> {
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(sales_branches::table)
                .values((
                    DetailColumns::from(details),
                    sales_branches::version.eq(Version::FIRST.get()),
                    sales_branches::created_at.eq(now),
                    sales_branches::updated_at.eq(now),
                    sales_branches::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        Ok(row.into())
    }

    fn save_branch(&mut self, branch: &Branch) -> Result<Version, StorageError> {
        let Branch { id, details, version, created_at: _, updated_at: _ } = branch;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(sales_branches::table.find(id.get()))
                .filter(sales_branches::version.eq(version.get()))
                .set((
                    DetailColumns::from(details),
                    sales_branches::version.eq(version.next().get()),
                    sales_branches::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        if changed == 0 { Err(StorageError::Stale { thing: "branch" }) } else { Ok(version.next()) }
    }
}
