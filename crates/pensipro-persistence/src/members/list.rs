//! The list of members.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Binary, Bool, Text},
};
use pensipro_kernel::{MemberId, Page, PageRequest, Position, Scope, StorageError};
use pensipro_members::{Member, MemberFilter, MemberSort, MemberStatus};

use super::{member_rows::MemberRow, search::Search};
use crate::{
    Tx,
    connection::MultiBackend,
    convert::{parse_time_key, search_form, time_key},
    crypto::LookupKey,
    schema::members,
    scope::seen_members,
    sql::after,
};

pub(super) type MemberQuery =
    diesel::helper_types::IntoBoxed<'static, members::table, MultiBackend>;

impl Tx<'_> {
    /// Two queries: rows, and the keys of those that are not in the cache; on SQLite a third one for
    /// a search.
    pub(super) fn list_members(
        &mut self,
        filter: &MemberFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Member>, StorageError> {
        let search = self.search(filter.q.as_deref())?;
        let query = paged(self.filtered_members(filter, scope, &search), filter.sort, page)?;
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
            let query = self.filtered_members(filter, scope, &search);
            members.total = Some(self.run(|conn| query.count().get_result(conn))?);
        }
        Ok(members)
    }

    fn filtered_members(
        &self,
        filter: &MemberFilter,
        scope: Scope,
        search: &Search,
    ) -> MemberQuery {
        let mut query = members::table
            .filter(members::deleted_at.is_null())
            .filter(seen_members(scope).behind(search.hiding()))
            .into_boxed();
        for (column, value) in self.conditions(filter) {
            let condition = sql::<Bool>(&format!("{}{column} = ", search.hiding()));
            query = match value {
                Filtered::Text(text) => query.filter(condition.bind::<Text, _>(text)),
                Filtered::Number(number) => query.filter(condition.bind::<BigInt, _>(number)),
                Filtered::Entry(entry) => query.filter(condition.bind::<Binary, _>(entry)),
            };
        }
        if filter.status.is_some_and(|status| status != MemberStatus::Active) {
            // The index of those who are not is a partial one.
            query = query.filter(sql::<Bool>("status <> 'aktif'"));
        }
        search.narrowed(query)
    }

    fn conditions(&self, filter: &MemberFilter) -> Vec<(&'static str, Filtered)> {
        let MemberFilter {
            nik,
            no_pensiun,
            status,
            payer,
            branch_id,
            sales_id,
            pay_office,
            q: _,
            sort: _,
        } = filter;
        let entry = |kind, text: &str| Filtered::Entry(self.lookup(kind, text).to_vec());
        let text = |text: &str| Filtered::Text(text.to_owned());
        let nik = nik.as_ref().map(|nik| ("nik", entry(LookupKey::Nik, nik.as_str())));
        let number = no_pensiun.as_ref();
        let number =
            number.map(|number| ("no_pensiun", entry(LookupKey::NoPensiun, number.as_str())));
        let status = status.map(|status| ("status", text(status.code())));
        let payer = payer.map(|payer| ("payer", text(payer.code())));
        let office = pay_office.as_ref().map(|office| ("pay_office", text(office)));
        let sales = sales_id.map(|sales| ("sales_id", Filtered::Number(sales.get())));
        let branch = branch_id.map(|branch| ("branch_id", Filtered::Number(branch.get())));
        [nik, number, status, payer, office, sales, branch].into_iter().flatten().collect()
    }
}

/// What a column must equal.
enum Filtered {
    Text(String),
    Number(i64),
    Entry(Vec<u8>),
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
