//! Who read members' details.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use pensipro_audit::{AccessFilter, AccessRepository, AccessRow};
use pensipro_kernel::{Actor, MemberId, Page, PageRequest, Position, StorageError, UserId};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{from_ip, from_time},
    schema::access_logs,
    sql::batch_row,
};

/// A reading of a member's detail, to be noted beside the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who read.
    pub actor: Actor,
    /// Whose detail.
    pub member_id: MemberId,
    /// What was read, as a stable verb: `member.read`.
    pub action: &'static str,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = access_logs)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    user_id: Option<i64>,
    member_id: i64,
    action: &'static str,
    ip: Option<String>,
    request_id: Option<String>,
    created_at: NaiveDateTime,
}
batch_row!(NewRow => access_logs);

impl From<Access> for NewRow {
    fn from(access: Access) -> Self {
        let Access { actor, member_id, action, at } = access;
        Self {
            user_id: actor.user_id.map(|id| id.get()),
            member_id: member_id.get(),
            action,
            ip: actor.origin.ip.map(|ip| ip.to_string()),
            request_id: actor.origin.request_id.as_deref().map(str::to_owned),
            created_at: at.naive_utc(),
        }
    }
}

impl Tx<'_> {
    /// Notes readings, many at once.
    pub fn note_accesses(&mut self, accesses: Vec<Access>) -> Result<(), StorageError> {
        self.insert_all(accesses.into_iter().map(NewRow::from).collect())
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = access_logs)]
struct Row {
    id: i64,
    user_id: Option<i64>,
    member_id: i64,
    action: String,
    ip: Option<String>,
    request_id: Option<String>,
    created_at: NaiveDateTime,
}

impl From<Row> for AccessRow {
    fn from(row: Row) -> Self {
        let Row { id, user_id, member_id, action, ip, request_id, created_at } = row;
        Self {
            id,
            user_id: user_id.map(UserId::new),
            member_id: MemberId::new(member_id),
            action,
            ip: from_ip(ip),
            request_id,
            at: from_time(created_at),
        }
    }
}

type Query = diesel::helper_types::IntoBoxed<'static, access_logs::table, MultiBackend>;

fn filtered(filter: &AccessFilter) -> Query {
    let AccessFilter { member_id, user_id, from, to } = filter.clone();
    let mut query = access_logs::table.into_boxed();
    if let Some(member) = member_id {
        query = query.filter(access_logs::member_id.eq(member.get()));
    }
    if let Some(user) = user_id {
        query = query.filter(access_logs::user_id.eq(user.get()));
    }
    if let Some(from) = from {
        query = query.filter(access_logs::created_at.ge(from.naive_utc()));
    }
    if let Some(to) = to {
        query = query.filter(access_logs::created_at.lt(to.naive_utc()));
    }
    query
}

impl AccessRepository for Tx<'_> {
    fn accesses(
        &mut self,
        filter: &AccessFilter,
        page: &PageRequest,
    ) -> Result<Page<AccessRow>, StorageError> {
        let mut query = filtered(filter);
        if let Some(last) = &page.after {
            query = query.filter(access_logs::id.lt(last.id));
        }
        let query = query
            .order(access_logs::id.desc())
            .limit(i64::from(page.limit) + 1)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(AccessRow::from).collect();
        let mut found = Page::from_rows(rows, page.limit, |row: &AccessRow| Position {
            key: String::new(),
            id: row.id,
        });
        if page.count {
            found.total = Some(self.run(|conn| filtered(filter).count().get_result(conn))?);
        }
        Ok(found)
    }
}
