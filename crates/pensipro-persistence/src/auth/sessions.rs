//! Sessions.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use pensipro_auth::{
    Digest, EndReason, NewSession, RefreshDigest, Revocations, Session, SessionRepository, Standing,
};
use pensipro_kernel::{Page, PageRequest, Permission, Position, SessionId, StorageError, UserId};

use crate::{
    Tx,
    convert::{digest, from_ip, from_time},
    schema::{sys_user_sessions, sys_users},
    sql::{Locked, Raw, RowLock, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sys_user_sessions)]
struct SessionRow {
    id: i64,
    user_id: i64,
    refresh_family: Vec<u8>,
    refresh_once: Vec<u8>,
    ip_address: Option<String>,
    device_info: Option<String>,
    created_at: NaiveDateTime,
    last_used_at: NaiveDateTime,
    expired_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
}

impl TryFrom<SessionRow> for Session {
    type Error = StorageError;

    fn try_from(row: SessionRow) -> Result<Self, StorageError> {
        let SessionRow {
            id,
            user_id,
            refresh_family,
            refresh_once,
            ip_address,
            device_info,
            created_at,
            last_used_at,
            expired_at,
            ended_at,
        } = row;
        Ok(Self {
            id: SessionId::new(id),
            user_id: UserId::new(user_id),
            refresh: RefreshDigest {
                family: Digest(digest("sys_user_sessions.refresh_family", refresh_family)?),
                once: Digest(digest("sys_user_sessions.refresh_once", refresh_once)?),
            },
            ip_address: from_ip(ip_address),
            device_info,
            created_at: from_time(created_at),
            last_used_at: from_time(last_used_at),
            expired_at: from_time(expired_at),
            ended_at: ended_at.map(from_time),
        })
    }
}

#[derive(QueryableByName)]
#[diesel(table_name = sys_users)]
struct StandingRow {
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Timestamp>)]
    ended_at: Option<NaiveDateTime>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_active: bool,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    authz_version: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    holding: i64,
}

impl SessionRepository for Tx<'_> {
    fn add_session(&mut self, new: &NewSession) -> Result<Session, StorageError> {
        let NewSession { user_id, refresh, ip_address, device_info, created_at, expired_at } = new;
        let row: SessionRow = self.run(|conn| {
            diesel::insert_into(sys_user_sessions::table)
                .values((
                    sys_user_sessions::user_id.eq(user_id.get()),
                    sys_user_sessions::refresh_family.eq(refresh.family.0.as_slice()),
                    sys_user_sessions::refresh_once.eq(refresh.once.0.as_slice()),
                    sys_user_sessions::ip_address.eq(ip_address.map(|ip| ip.to_string())),
                    sys_user_sessions::device_info.eq(device_info),
                    sys_user_sessions::created_at.eq(created_at.naive_utc()),
                    sys_user_sessions::last_used_at.eq(created_at.naive_utc()),
                    sys_user_sessions::expired_at.eq(expired_at.naive_utc()),
                ))
                .returning(columns::<SessionRow>())
                .get_result(conn)
        })?;
        Session::try_from(row)
    }

    fn lock_session(&mut self, family: &Digest) -> Result<Option<Session>, StorageError> {
        let query = sys_user_sessions::table
            .filter(sys_user_sessions::refresh_family.eq(family.0.as_slice()))
            .select(SessionRow::as_select());
        let row: Option<SessionRow> = self.run(|conn| {
            Locked::new(query, RowLock::ForUpdate, "sys_user_sessions").get_result(conn).optional()
        })?;
        row.map(Session::try_from).transpose()
    }

    fn save_session(&mut self, session: &Session) -> Result<(), StorageError> {
        let Session { id, refresh, last_used_at, expired_at, .. } = session;
        self.run(|conn| {
            diesel::update(sys_user_sessions::table.find(id.get()))
                .set((
                    sys_user_sessions::refresh_family.eq(refresh.family.0.as_slice()),
                    sys_user_sessions::refresh_once.eq(refresh.once.0.as_slice()),
                    sys_user_sessions::last_used_at.eq(last_used_at.naive_utc()),
                    sys_user_sessions::expired_at.eq(expired_at.naive_utc()),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn end_session(&mut self, id: SessionId, reason: EndReason) -> Result<(), StorageError> {
        let now = self.now();
        self.run(|conn| {
            diesel::update(sys_user_sessions::table.find(id.get()))
                .filter(sys_user_sessions::ended_at.is_null())
                .set((
                    sys_user_sessions::ended_at.eq(now),
                    sys_user_sessions::end_reason.eq(reason.code()),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn end_sessions_of(&mut self, user: UserId, reason: EndReason) -> Result<usize, StorageError> {
        let now = self.now();
        self.run(|conn| {
            diesel::update(sys_user_sessions::table)
                .filter(sys_user_sessions::user_id.eq(user.get()))
                .filter(sys_user_sessions::ended_at.is_null())
                .filter(sys_user_sessions::expired_at.gt(now))
                .set((
                    sys_user_sessions::ended_at.eq(now),
                    sys_user_sessions::end_reason.eq(reason.code()),
                ))
                .execute(conn)
        })
    }

    fn live_sessions(
        &mut self,
        user: UserId,
        page: &PageRequest,
    ) -> Result<Page<Session>, StorageError> {
        let now = self.now();
        let live = || {
            sys_user_sessions::table
                .filter(sys_user_sessions::user_id.eq(user.get()))
                .filter(sys_user_sessions::ended_at.is_null())
                .filter(sys_user_sessions::expired_at.gt(now))
        };
        let last = page.after.as_ref().map_or(i64::MAX, |last| last.id);
        let rows: Vec<SessionRow> = self.run(|conn| {
            live()
                .filter(sys_user_sessions::id.lt(last))
                .order(sys_user_sessions::id.desc())
                .limit(i64::from(page.limit) + 1)
                .select(SessionRow::as_select())
                .load(conn)
        })?;
        let sessions = rows.into_iter().map(Session::try_from).collect::<Result<Vec<_>, _>>()?;
        let position = |session: &Session| Position { key: String::new(), id: session.id.get() };
        let mut sessions = Page::from_rows(sessions, page.limit, position);
        if page.count {
            sessions.total = Some(self.run(|conn| live().count().get_result(conn))?);
        }
        Ok(sessions)
    }

    fn revoked_since(&mut self, since: DateTime<Utc>) -> Result<Revocations, StorageError> {
        let since = since.naive_utc();
        let sessions: Vec<i64> = self.run(|conn| {
            sys_user_sessions::table
                .filter(sys_user_sessions::ended_at.ge(since))
                .select(sys_user_sessions::id)
                .load(conn)
        })?;
        let users: Vec<(i64, i64)> = self.run(|conn| {
            sys_users::table
                .filter(sys_users::authz_changed_at.ge(since))
                .select((sys_users::id, sys_users::authz_version))
                .load(conn)
        })?;
        Ok(Revocations {
            sessions: sessions.into_iter().map(SessionId::new).collect(),
            users: users.into_iter().map(|(id, version)| (UserId::new(id), version)).collect(),
        })
    }

    fn standing(
        &mut self,
        user: UserId,
        session: SessionId,
        permission: Permission,
    ) -> Result<Option<Standing>, StorageError> {
        let row: Option<StandingRow> = self.run(|conn| {
            Raw::new(
                "SELECT s.ended_at, u.is_active, u.authz_version, (SELECT count(*) \
                 FROM sys_user_roles ur \
                 JOIN sys_roles r ON r.id = ur.role_id AND r.is_active \
                 JOIN sys_role_permissions rp ON rp.role_id = r.id \
                 JOIN sys_permissions p ON p.id = rp.permission_id \
                 WHERE ur.user_id = u.id AND p.permission_code = $1) AS holding \
                 FROM sys_user_sessions s JOIN sys_users u ON u.id = s.user_id \
                 WHERE s.id = $2 AND u.id = $3",
            )?
            .bind(permission.code())
            .bind(session.get())
            .bind(user.get())
            .get_result(conn)
            .optional()
        })?;
        Ok(row.map(|StandingRow { ended_at, is_active, authz_version, holding }| Standing {
            session_ended_at: ended_at.map(from_time),
            is_active,
            authz_version,
            holds: holding > 0,
        }))
    }
}
