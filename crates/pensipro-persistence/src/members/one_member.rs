//! Members one by one.

use diesel::prelude::*;
use pensipro_kernel::{MemberId, Page, PageRequest, Scope, StorageError, Version};
use pensipro_members::{Member, MemberFilter, MemberRepository, Obligations};
use pensipro_origination::ApplicationStatus;

use super::member_rows::MemberRow;
use crate::{
    Tx,
    convert::from_time,
    schema::{applications, members},
    scope::seen_members,
    sql::{Locked, Raw, RowLock},
};

#[derive(QueryableByName)]
struct OpenLoans {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pending: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    open: i64,
}

impl Tx<'_> {
    fn one_member(
        &mut self,
        id: MemberId,
        scope: Scope,
        lock: Option<RowLock>,
    ) -> Result<Member, StorageError> {
        let query = members::table
            .find(id.get())
            .filter(members::deleted_at.is_null())
            .filter(seen_members(scope))
            .select(MemberRow::as_select());
        let row: Option<MemberRow> = self.run(|conn| match lock {
            Some(lock) => Locked::new(query, lock, "members").get_result(conn).optional(),
            None => query.get_result(conn).optional(),
        })?;
        let row = row.ok_or(StorageError::not_found("member", id.get()))?;
        row.opened(&*self.member_key(id)?)
    }
}

impl MemberRepository for Tx<'_> {
    fn member(&mut self, id: MemberId, scope: Scope) -> Result<Member, StorageError> {
        self.one_member(id, scope, None)
    }

    fn lock_member(&mut self, id: MemberId, scope: Scope) -> Result<Member, StorageError> {
        self.one_member(id, scope, Some(RowLock::ForUpdate))
    }

    fn members(
        &mut self,
        filter: &MemberFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Member>, StorageError> {
        self.list_members(filter, page, scope)
    }

    fn save_member(&mut self, member: &Member) -> Result<Version, StorageError> {
        let key = self.member_key(member.id)?;
        let version = member.version.next();
        let saved = Member { version, updated_at: from_time(self.now()), ..member.clone() };
        let columns = self.member_columns(&key, &saved);
        let changed = self.run(|conn| {
            diesel::update(members::table.find(member.id.get()))
                .filter(members::version.eq(member.version.get()))
                .filter(members::deleted_at.is_null())
                .set(columns)
                .execute(conn)
        })?;
        if changed == 0 { Err(StorageError::Stale { thing: "member" }) } else { Ok(version) }
    }

    fn delete_member(&mut self, member: &Member) -> Result<(), StorageError> {
        let Member { id, version, .. } = member;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(members::table.find(id.get()))
                .filter(members::version.eq(version.get()))
                .filter(members::deleted_at.is_null())
                .set((
                    members::deleted_at.eq(now),
                    members::version.eq(version.next().get()),
                    members::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        if changed == 0 { Err(StorageError::Stale { thing: "member" }) } else { Ok(()) }
    }

    fn obligations(&mut self, id: MemberId) -> Result<Obligations, StorageError> {
        let open = ApplicationStatus::ALL.iter().filter(|status| status.is_open());
        let open: Vec<&str> = open.map(|status| status.code()).collect();
        let open_applications = self.run(|conn| {
            applications::table
                .filter(applications::member_id.eq(id.get()))
                .filter(applications::status.eq_any(open))
                .count()
                .get_result(conn)
        })?;
        let OpenLoans { pending, open } = self.run(|conn| {
            Raw::new(
                "SELECT count(CASE WHEN status = 'pending' THEN 1 END) AS pending, \
                 count(CASE WHEN status IN ('active', 'default') THEN 1 END) AS open \
                 FROM loans WHERE member_id = $1",
            )?
            .bind(id.get())
            .get_result(conn)
        })?;
        Ok(Obligations { open_applications, pending_loans: pending, open_loans: open })
    }
}
