//! Funders.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_funding::{Funder, FunderDetails, FunderFilter, FunderRepository};
use pensipro_kernel::{
    FunderId, Page, PageRequest, Position, Scope, StorageError, UserId, Version,
};

use crate::{
    Tx,
    convert::{code, from_time},
    schema::funders,
    scope::{FunderQuery, seen_funders},
    sql::{Locked, RowLock, after, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = funders)]
struct Row {
    id: i64,
    code: String,
    name: String,
    kind: String,
    contact: Option<String>,
    is_active: bool,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = funders)]
#[diesel(treat_none_as_null = true)]
struct DetailColumns {
    code: String,
    name: String,
    kind: &'static str,
    contact: Option<String>,
    is_active: bool,
}

impl From<&FunderDetails> for DetailColumns {
    fn from(details: &FunderDetails) -> Self {
        let FunderDetails { code, name, kind, contact, is_active } = details.clone();
        Self { code, name, kind: kind.code(), contact, is_active }
    }
}

impl TryFrom<Row> for Funder {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            code: short,
            name,
            kind,
            contact,
            is_active,
            version,
            created_at,
            updated_at,
        } = row;
        let kind = code("funders.kind", &kind)?;
        Ok(Self {
            id: FunderId::new(id),
            details: FunderDetails { code: short, name, kind, contact, is_active },
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

fn filtered(filter: &FunderFilter, scope: Scope) -> FunderQuery {
    let FunderFilter { is_active } = filter;
    let query = seen_funders(funders::table.into_boxed(), scope);
    match is_active {
        Some(is_active) => query.filter(funders::is_active.eq(*is_active)),
        None => query,
    }
}

impl Tx<'_> {
    fn one_funder(
        &mut self,
        id: FunderId,
        scope: Scope,
        lock: Option<RowLock>,
    ) -> Result<Funder, StorageError> {
        let query = seen_funders(funders::table.into_boxed(), scope)
            .filter(funders::id.eq(id.get()))
            .select(Row::as_select());
        let row: Option<Row> = self.run(|conn| match lock {
            Some(lock) => Locked::new(query, lock, "funders").get_result(conn).optional(),
            None => query.first(conn).optional(),
        })?;
        row.ok_or(StorageError::not_found("funder", id.get()))?.try_into()
    }
}

impl FunderRepository for Tx<'_> {
    fn funder(&mut self, id: FunderId, scope: Scope) -> Result<Funder, StorageError> {
        self.one_funder(id, scope, None)
    }

    fn lock_funder(&mut self, id: FunderId, scope: Scope) -> Result<Funder, StorageError> {
        self.one_funder(id, scope, Some(RowLock::ForUpdate))
    }

    fn funder_with_code(&mut self, code: &str) -> Result<Option<FunderId>, StorageError> {
        let query = funders::table.filter(funders::code.eq(code)).select(funders::id);
        let id: Option<i64> = self.run(|conn| query.first(conn).optional())?;
        Ok(id.map(FunderId::new))
    }

    fn funders(
        &mut self,
        filter: &FunderFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Funder>, StorageError> {
        use funders::{code, id};
        let mut query = filtered(filter, scope);
        if let Some(last) = page.after.clone() {
            query = after!(query, rising, code, id, last.key, last.id);
        }
        let query = query
            .order((code.asc(), id.asc()))
            .limit(i64::from(page.limit) + 1)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(Funder::try_from).collect::<Result<_, _>>()?;
        let mut found = Page::from_rows(rows, page.limit, |funder: &Funder| Position {
            key: funder.details.code.clone(),
            id: funder.id.get(),
        });
        if page.count {
            found.total = Some(self.run(|conn| filtered(filter, scope).count().get_result(conn))?);
        }
        Ok(found)
    }

    fn add_funder(
        &mut self,
        details: &FunderDetails,
        by: Option<UserId>,
    ) -> Result<Funder, StorageError> {
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(funders::table)
                .values((
                    DetailColumns::from(details),
                    funders::version.eq(Version::FIRST.get()),
                    funders::created_at.eq(now),
                    funders::updated_at.eq(now),
                    funders::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn save_funder(&mut self, funder: &Funder) -> Result<Version, StorageError> {
        let Funder { id, details, version, created_at: _, updated_at: _ } = funder;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(funders::table.find(id.get()))
                .filter(funders::version.eq(version.get()))
                .set((
                    DetailColumns::from(details),
                    funders::version.eq(version.next().get()),
                    funders::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        match changed {
            0 => Err(StorageError::Stale { thing: "funder" }),
            _ => Ok(version.next()),
        }
    }
}
