//! Profiles that an installation configures.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_billing::{OwnProfile, PayerProfile, ProfileRepository};
use pensipro_kernel::{PayerProfileId, StorageError, UserId, Version};

use crate::{
    Tx,
    convert::{from_json, from_time, to_json},
    schema::{
        payer_profiles::{self, dsl},
        pension_cut_exports as exports, pension_cut_imports as imports,
    },
    sql::{Locked, RowLock, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = payer_profiles)]
struct Row {
    id: i64,
    definition: String,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<Row> for OwnProfile {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row { id, definition, version, created_at, updated_at } = row;
        Ok(Self {
            id: PayerProfileId::new(id),
            profile: from_json("payer_profiles.definition", &definition)?,
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

impl ProfileRepository for Tx<'_> {
    fn own_profiles(&mut self) -> Result<Vec<OwnProfile>, StorageError> {
        let query = dsl::payer_profiles.order(dsl::code).select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(OwnProfile::try_from).collect()
    }

    fn lock_profile(&mut self, id: PayerProfileId) -> Result<OwnProfile, StorageError> {
        let query = dsl::payer_profiles.find(id.get()).select(Row::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, "payer_profiles");
        let row: Option<Row> = self.run(|conn| locked.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("payer profile", id.get()))?.try_into()
    }

    fn add_profile(
        &mut self,
        profile: &PayerProfile,
        by: Option<UserId>,
    ) -> Result<OwnProfile, StorageError> {
        let (now, definition) = (self.now(), to_json(profile)?);
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::payer_profiles)
                .values((
                    dsl::code.eq(profile.code()),
                    dsl::definition.eq(definition),
                    dsl::version.eq(Version::FIRST.get()),
                    dsl::created_at.eq(now),
                    dsl::updated_at.eq(now),
                    dsl::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn save_profile(&mut self, own: &OwnProfile) -> Result<Version, StorageError> {
        let (now, definition, next) = (self.now(), to_json(&own.profile)?, own.version.next());
        let update = diesel::update(dsl::payer_profiles.find(own.id.get()))
            .filter(dsl::version.eq(own.version.get()))
            .set((
                dsl::definition.eq(definition),
                dsl::version.eq(next.get()),
                dsl::updated_at.eq(now),
            ));
        match self.run(|conn| update.execute(conn))? {
            0 => Err(StorageError::Stale { thing: "payer profile" }),
            _ => Ok(next),
        }
    }

    fn remove_profile(&mut self, id: PayerProfileId) -> Result<(), StorageError> {
        let delete = diesel::delete(dsl::payer_profiles.find(id.get()));
        self.run(|conn| delete.execute(conn)).map(drop)
    }

    fn is_profile_in_use(&mut self, code: &str) -> Result<bool, StorageError> {
        let written = exports::table.filter(exports::profile.eq(code)).select(exports::id);
        let export: Option<i64> = self.run(|conn| written.first(conn).optional())?;
        let read = imports::table.filter(imports::profile.eq(code)).select(imports::id);
        let import: Option<i64> = self.run(|conn| read.first(conn).optional())?;
        Ok(export.or(import).is_some())
    }
}
