//! Members one by one.

use diesel::prelude::*;
use pensipro_kernel::{
    BranchId, MemberId, Page, PageRequest, Scope, StorageError, UserId, Version,
};
use pensipro_members::{
    KeyHolder, Member, MemberDetails, MemberFilter, MemberRepository, MemberStatus, Nik, NoPensiun,
    Obligations, Presence,
};
use pensipro_origination::ApplicationStatus;

use super::member_rows::MemberRow;
use crate::{
    Tx,
    crypto::LookupKey,
    schema::{applications, members},
    scope::seen_members,
    sql::{Locked, Raw, RowLock, columns},
};

#[derive(QueryableByName)]
struct OpenLoans {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pending: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    open: i64,
}

type HolderRow = (i64, Option<i64>, Option<chrono::NaiveDateTime>);

fn holder((id, branch_id, deleted_at): HolderRow) -> KeyHolder {
    KeyHolder {
        id: MemberId::new(id),
        branch_id: branch_id.map(BranchId::new),
        presence: if deleted_at.is_some() { Presence::Deleted } else { Presence::Present },
    }
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

    fn holder_of_nik(&mut self, nik: &Nik) -> Result<Option<KeyHolder>, StorageError> {
        let entry = self.lookup(LookupKey::Nik, nik.as_str()).to_vec();
        let row: Option<HolderRow> = self.run(|conn| {
            members::table
                .filter(members::nik.eq(entry))
                .select((members::id, members::branch_id, members::deleted_at))
                .first(conn)
                .optional()
        })?;
        Ok(row.map(holder))
    }

    fn holder_of_no_pensiun(
        &mut self,
        no_pensiun: &NoPensiun,
    ) -> Result<Option<KeyHolder>, StorageError> {
        let entry = self.lookup(LookupKey::NoPensiun, no_pensiun.as_str()).to_vec();
        let row: Option<HolderRow> = self.run(|conn| {
            members::table
                .filter(members::no_pensiun.eq(entry))
                .select((members::id, members::branch_id, members::deleted_at))
                .first(conn)
                .optional()
        })?;
        Ok(row.map(holder))
    }

    fn add_member(
        &mut self,
        details: &MemberDetails,
        by: Option<UserId>,
    ) -> Result<Member, StorageError> {
        let id = MemberId::new(self.reserve_id("members")?);
        let (key, wrapped) = self.new_member_key(id);
        let details = self.detail_columns(&key, details);
        let now = self.now();
        let row: MemberRow = self.run(|conn| {
            diesel::insert_into(members::table)
                .values((
                    members::id.eq(id.get()),
                    details,
                    members::status.eq(MemberStatus::Active.code()),
                    members::version.eq(Version::FIRST.get()),
                    members::created_at.eq(now),
                    members::updated_at.eq(now),
                    members::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<MemberRow>())
                .get_result(conn)
        })?;
        self.add_member_key(id, &key, &wrapped)?;
        row.opened(&key)
    }

    fn save_member(&mut self, member: &Member) -> Result<Version, StorageError> {
        let Member { id, details, standing, version, .. } = member;
        let key = self.member_key(*id)?;
        let details = self.detail_columns(&key, details);
        let (status, death) = (standing.status(), standing.death());
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(members::table.find(id.get()))
                .filter(members::version.eq(version.get()))
                .filter(members::deleted_at.is_null())
                .set((
                    details,
                    members::status.eq(status.code()),
                    members::deceased_on.eq(death.map(|death| death.deceased_on)),
                    members::death_recorded_by
                        .eq(death.and_then(|death| death.recorded_by).map(UserId::get)),
                    members::version.eq(version.next().get()),
                    members::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        if changed == 0 { Err(StorageError::Stale { thing: "member" }) } else { Ok(version.next()) }
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
