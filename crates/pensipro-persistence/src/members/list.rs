//! The list of members.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};
use pensipro_kernel::{MemberId, Page, PageRequest, Position, Scope, StorageError};
use pensipro_members::{Member, MemberFilter, MemberSort};

use super::member_rows::MemberRow;
use crate::{
    Backend, Tx,
    connection::MultiBackend,
    convert::{parse_time_key, search_form, time_key},
    crypto::LookupKey,
    schema::members,
    scope::seen_members,
    sql::{after, like_pattern},
};

type MemberQuery = diesel::helper_types::IntoBoxed<'static, members::table, MultiBackend>;

impl Tx<'_> {
    /// Two queries: rows, and the keys of those that are not in the cache.
    pub(super) fn list_members(
        &mut self,
        filter: &MemberFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Member>, StorageError> {
        let query = paged(self.filtered_members(filter, scope), filter.sort, page)?;
        let rows: Vec<MemberRow> =
            self.run(|conn| query.select(MemberRow::as_select()).load(conn))?;
        let ids: Vec<MemberId> = rows.iter().map(|row| MemberId::new(row.id)).collect();
        let keys = self.member_keys(&ids)?;
        let members = rows
            .into_iter()
            .filter_map(|row| {
                let key = keys.get(&MemberId::new(row.id))?;
                Some(row.opened(key))
            })
            .collect::<Result<Vec<Member>, _>>()?;
        let mut members =
            Page::from_rows(members, page.limit, |member| position(filter.sort, member));
        if page.count {
            let query = self.filtered_members(filter, scope);
            members.total = Some(self.run(|conn| query.count().get_result(conn))?);
        }
        Ok(members)
    }

    fn filtered_members(&self, filter: &MemberFilter, scope: Scope) -> MemberQuery {
        let MemberFilter {
            nik,
            no_pensiun,
            status,
            payer,
            branch_id,
            sales_id,
            pay_office,
            q,
            sort: _,
        } = filter.clone();
        let mut query = members::table
            .filter(members::deleted_at.is_null())
            .filter(seen_members(scope))
            .into_boxed();
        if let Some(nik) = nik {
            query =
                query.filter(members::nik.eq(self.lookup(LookupKey::Nik, nik.as_str()).to_vec()));
        }
        if let Some(number) = no_pensiun {
            let entry = self.lookup(LookupKey::NoPensiun, number.as_str()).to_vec();
            query = query.filter(members::no_pensiun.eq(entry));
        }
        if let Some(status) = status {
            query = query.filter(members::status.eq(status.code()));
        }
        if let Some(payer) = payer {
            query = query.filter(members::payer.eq(payer.code()));
        }
        if let Some(branch) = branch_id {
            query = query.filter(members::branch_id.eq(branch.get()));
        }
        if let Some(sales) = sales_id {
            query = query.filter(members::sales_id.eq(sales.get()));
        }
        if let Some(pay_office) = pay_office {
            query = query.filter(members::pay_office.eq(pay_office));
        }
        match q {
            Some(q) => self.named(query, &q),
            None => query,
        }
    }

    /// Names that hold the text, by their trigrams.
    fn named(&self, query: MemberQuery, q: &str) -> MemberQuery {
        let q = search_form(q);
        let pattern = like_pattern(&q);
        match self.backend() {
            // The trigrams of FTS5 serve a LIKE without an escape character.
            Backend::Sqlite if pattern.len() == q.len() + 2 => query.filter(
                sql::<Bool>("id IN (SELECT rowid FROM members_names WHERE name_search LIKE ")
                    .bind::<diesel::sql_types::Text, _>(pattern)
                    .sql(")"),
            ),
            _ => query.filter(members::name_search.like(pattern).escape('\\')),
        }
    }
}

fn paged(
    query: MemberQuery,
    sort: MemberSort,
    page: &PageRequest,
) -> Result<MemberQuery, StorageError> {
    use members::{created_at, id, name_search};
    let query = match (sort, page.after.clone()) {
        (_, None) => query,
        (MemberSort::Name, Some(last)) => {
            after!(query, rising, name_search, id, last.key, last.id)
        }
        (MemberSort::NameDescending, Some(last)) => {
            after!(query, falling, name_search, id, last.key, last.id)
        }
        (MemberSort::CreatedAt, Some(last)) => {
            after!(query, rising, created_at, id, parse_time_key(&last.key)?, last.id)
        }
        (MemberSort::CreatedAtDescending, Some(last)) => {
            after!(query, falling, created_at, id, parse_time_key(&last.key)?, last.id)
        }
    };
    let query = match sort {
        MemberSort::Name => query.order((name_search.asc(), id.asc())),
        MemberSort::NameDescending => query.order((name_search.desc(), id.desc())),
        MemberSort::CreatedAt => query.order((created_at.asc(), id.asc())),
        MemberSort::CreatedAtDescending => query.order((created_at.desc(), id.desc())),
    };
    Ok(query.limit(i64::from(page.limit) + 1))
}

fn position(sort: MemberSort, member: &Member) -> Position {
    let key = match sort {
        MemberSort::Name | MemberSort::NameDescending => search_form(&member.details.name),
        MemberSort::CreatedAt | MemberSort::CreatedAtDescending => time_key(member.created_at),
    };
    Position { key, id: member.id.get() }
}
