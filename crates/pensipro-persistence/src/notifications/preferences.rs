//! What members want to be told by which channel.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{MemberId, NotificationChannel, Scope, StorageError, UserId, Version};
use pensipro_notifications::{EventGroup, MemberPreferences, PreferenceRepository, Preferences};

use crate::{
    Tx,
    convert::{from_json, from_time, to_json},
    schema::{member_preferences::dsl, members},
    scope::seen_members,
    sql::{List, Locked, Raw, RowLock, one_of},
};

const COLUMN: &str = "member_preferences.switched_off";

impl Tx<'_> {
    fn stored_preferences(&mut self, member: MemberId) -> Result<MemberPreferences, StorageError> {
        let query = dsl::member_preferences.find(member.get()).select((
            dsl::switched_off,
            dsl::version,
            dsl::updated_at,
        ));
        let row: Option<(String, i64, NaiveDateTime)> =
            self.run(|conn| query.first(conn).optional())?;
        let Some((off, version, updated_at)) = row else {
            return Ok(MemberPreferences::none_of(member));
        };
        stored(member, &off, version, updated_at)
    }
}

fn stored(
    member_id: MemberId,
    off: &str,
    version: i64,
    updated_at: NaiveDateTime,
) -> Result<MemberPreferences, StorageError> {
    let off: Vec<(EventGroup, NotificationChannel)> = from_json(COLUMN, off)?;
    Ok(MemberPreferences {
        member_id,
        preferences: Preferences::without(off),
        version: Version::new(version),
        updated_at: Some(from_time(updated_at)),
    })
}

impl PreferenceRepository for Tx<'_> {
    fn preferences(
        &mut self,
        member: MemberId,
        scope: Scope,
    ) -> Result<MemberPreferences, StorageError> {
        let query = members::table
            .find(member.get())
            .filter(members::deleted_at.is_null())
            .filter(seen_members(scope))
            .select(members::id);
        let found: Option<i64> = self.run(|conn| query.first(conn).optional())?;
        found.ok_or(StorageError::not_found("member", member.get()))?;
        self.stored_preferences(member)
    }

    fn lock_preferences(
        &mut self,
        member: MemberId,
        scope: Scope,
    ) -> Result<MemberPreferences, StorageError> {
        let query = members::table
            .find(member.get())
            .filter(members::deleted_at.is_null())
            .filter(seen_members(scope))
            .select(members::id);
        let locked = Locked::new(query, RowLock::ForUpdate, "members");
        let found: Option<i64> = self.run(|conn| locked.get_result(conn).optional())?;
        found.ok_or(StorageError::not_found("member", member.get()))?;
        self.stored_preferences(member)
    }

    fn save_preferences(
        &mut self,
        preferences: &MemberPreferences,
        by: Option<UserId>,
    ) -> Result<(), StorageError> {
        let MemberPreferences { member_id, preferences, version, updated_at: _ } = preferences;
        let off = to_json(&preferences.off().collect::<Vec<_>>())?;
        let now = self.now();
        self.run(|conn| {
            Raw::new(
                "INSERT INTO member_preferences \
                 (member_id, switched_off, version, updated_at, updated_by) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (member_id) DO UPDATE SET \
                 switched_off = excluded.switched_off, version = excluded.version, \
                 updated_at = excluded.updated_at, updated_by = excluded.updated_by",
            )?
            .bind(member_id.get())
            .bind(off)
            .bind(version.get())
            .bind(now)
            .bind(by.map(UserId::get))
            .execute(conn)
        })?;
        Ok(())
    }

    fn preferences_of(
        &mut self,
        members: &[MemberId],
    ) -> Result<HashMap<MemberId, MemberPreferences>, StorageError> {
        let list = List::numbers(self.backend(), members.iter().map(|member| member.get()));
        let query = dsl::member_preferences.filter(one_of(dsl::member_id, list)).select((
            dsl::member_id,
            dsl::switched_off,
            dsl::version,
            dsl::updated_at,
        ));
        let rows: Vec<(i64, String, i64, NaiveDateTime)> = self.run(|conn| query.load(conn))?;
        let read = |(member, off, version, updated_at): (i64, String, i64, NaiveDateTime)| {
            let member = MemberId::new(member);
            Ok((member, stored(member, &off, version, updated_at)?))
        };
        rows.into_iter().map(read).collect()
    }
}
