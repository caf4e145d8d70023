//! Sales people.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{
    BranchId, Page, PageRequest, PhoneNumber, Position, Rate, SalesId, Scope, StorageError, UserId,
    Version,
};
use pensipro_sales::{PeopleSort, SalesDetails, SalesFilter, SalesPerson, SalesRepository};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{from_time, parse_time_key, search_form, time_key, unreadable},
    schema::sales,
    scope::seen_sales,
    sql::{Locked, RowLock, after, columns, like_pattern},
};

type Query = diesel::helper_types::IntoBoxed<'static, sales::table, MultiBackend>;

#[derive(Queryable, Selectable)]
#[diesel(table_name = sales)]
struct Row {
    id: i64,
    branch_id: i64,
    user_id: Option<i64>,
    code: String,
    name: String,
    phone: Option<String>,
    email: Option<String>,
    commission_pct: i64,
    is_active: bool,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = sales)]
#[diesel(treat_none_as_null = true)]
struct DetailColumns {
    branch_id: i64,
    user_id: Option<i64>,
    code: String,
    name: String,
    name_search: String,
    phone: Option<String>,
    email: Option<String>,
    commission_pct: i64,
    is_active: bool,
}

impl TryFrom<Row> for SalesPerson {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            branch_id,
            user_id,
            code,
            name,
            phone,
            email,
            commission_pct,
            is_active,
            version,
            created_at,
            updated_at,
        } = row;
        let phone: Option<PhoneNumber> =
            phone.map(|phone| phone.parse().map_err(|_| unreadable("sales.phone"))).transpose()?;
        Ok(Self {
            id: SalesId::new(id),
            details: SalesDetails {
                branch_id: BranchId::new(branch_id),
                code,
                name,
                phone,
                email,
                commission_pct: Rate::from_units(commission_pct),
                user_id: user_id.map(UserId::new),
                is_active,
            },
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

impl From<&SalesDetails> for DetailColumns {
    fn from(details: &SalesDetails) -> Self {
        let SalesDetails {
            branch_id,
            code,
            name,
            phone,
            email,
            commission_pct,
            user_id,
            is_active,
        } = details.clone();
        Self {
            branch_id: branch_id.get(),
            user_id: user_id.map(UserId::get),
            code,
            name_search: search_form(&name),
            name,
            phone: phone.map(|phone| phone.as_str().to_owned()),
            email,
            commission_pct: commission_pct.units(),
            is_active,
        }
    }
}

fn filtered(filter: &SalesFilter, scope: Scope) -> Query {
    let SalesFilter { branch_id, user_id, is_active, q, sort: _ } = filter.clone();
    let mut query = sales::table.filter(seen_sales(scope)).into_boxed();
    if let Some(branch) = branch_id {
        query = query.filter(sales::branch_id.eq(branch.get()));
    }
    if let Some(user) = user_id {
        query = query.filter(sales::user_id.eq(user.get()));
    }
    if let Some(is_active) = is_active {
        query = query.filter(sales::is_active.eq(is_active));
    }
    if let Some(q) = q {
        let pattern = like_pattern(&search_form(&q));
        query = query.filter(sales::name_search.like(pattern).escape('\\'));
    }
    query
}

fn paged(query: Query, sort: PeopleSort, page: &PageRequest) -> Result<Query, StorageError> {
    use sales::{code, created_at, id, name_search};
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

fn position(sort: PeopleSort, person: &SalesPerson) -> Position {
    let key = match sort {
        PeopleSort::Code => person.details.code.clone(),
        PeopleSort::Name => search_form(&person.details.name),
        PeopleSort::CreatedAtDescending => time_key(person.created_at),
    };
    Position { key, id: person.id.get() }
}

impl Tx<'_> {
    fn one_sales_person(
        &mut self,
        id: SalesId,
        scope: Scope,
        lock: Option<RowLock>,
    ) -> Result<SalesPerson, StorageError> {
        let query = sales::table.find(id.get()).filter(seen_sales(scope)).select(Row::as_select());
        let row: Option<Row> = self.run(|conn| match lock {
            Some(lock) => Locked::new(query, lock, "sales").get_result(conn).optional(),
            None => query.first(conn).optional(),
        })?;
        row.ok_or(StorageError::not_found("sales person", id.get()))?.try_into()
    }

    fn sales_person_where(&mut self, query: Query) -> Result<Option<SalesPerson>, StorageError> {
        let row: Option<Row> =
            self.run(|conn| query.select(Row::as_select()).first(conn).optional())?;
        row.map(SalesPerson::try_from).transpose()
    }
}

impl SalesRepository for Tx<'_> {
    fn sales_person(&mut self, id: SalesId, scope: Scope) -> Result<SalesPerson, StorageError> {
        self.one_sales_person(id, scope, None)
    }

    fn lock_sales_person(
        &mut self,
        id: SalesId,
        scope: Scope,
    ) -> Result<SalesPerson, StorageError> {
        self.one_sales_person(id, scope, Some(RowLock::ForUpdate))
    }

    fn sales_people(
        &mut self,
        filter: &SalesFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<SalesPerson>, StorageError> {
        let query = paged(filtered(filter, scope), filter.sort, page)?;
        let rows: Vec<Row> = self.run(|conn| query.select(Row::as_select()).load(conn))?;
        let people = rows.into_iter().map(SalesPerson::try_from).collect::<Result<_, _>>()?;
        let mut people =
            Page::from_rows(people, page.limit, |person| position(filter.sort, person));
        if page.count {
            people.total = Some(self.run(|conn| filtered(filter, scope).count().get_result(conn))?);
        }
        Ok(people)
    }

    fn sales_person_with_code(&mut self, code: &str) -> Result<Option<SalesPerson>, StorageError> {
        let code = code.to_owned();
        self.sales_person_where(sales::table.filter(sales::code.eq(code)).into_boxed())
    }

    fn sales_person_of_user(&mut self, user: UserId) -> Result<Option<SalesPerson>, StorageError> {
        self.sales_person_where(sales::table.filter(sales::user_id.eq(user.get())).into_boxed())
    }

    fn add_sales_person(
        &mut self,
        details: &SalesDetails,
        by: Option<UserId>,
    ) -> Result<SalesPerson, StorageError> {
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(sales::table)
                .values((
                    DetailColumns::from(details),
                    sales::version.eq(Version::FIRST.get()),
                    sales::created_at.eq(now),
                    sales::updated_at.eq(now),
                    sales::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn save_sales_person(&mut self, person: &SalesPerson) -> Result<Version, StorageError> {
        let SalesPerson { id, details, version, created_at: _, updated_at: _ } = person;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(sales::table.find(id.get()))
                .filter(sales::version.eq(version.get()))
                .set((
                    DetailColumns::from(details),
                    sales::version.eq(version.next().get()),
                    sales::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        if changed == 0 {
            Err(StorageError::Stale { thing: "sales person" })
        } else {
            Ok(version.next())
        }
    }
}
