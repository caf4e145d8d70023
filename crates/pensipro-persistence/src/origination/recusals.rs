//! Who stepped back from deciding, and which levels let their deadline pass.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{dsl::exists, dsl::not, prelude::*};
use pensipro_kernel::{ApplicationId, StorageError, UserId};
use pensipro_origination::{Application, ApplicationStatus, Level, Recusal};

use super::application_rows::ApplicationRow;
use crate::{
    Tx,
    convert::{from_time, unreadable},
    schema::{applications, committee_deadlines, committee_recusals},
    sql::Raw,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = committee_recusals)]
struct RecusalRow {
    application_id: i64,
    user_id: i64,
    level: i32,
    reason: String,
    recused_at: NaiveDateTime,
}

impl TryFrom<RecusalRow> for Recusal {
    type Error = StorageError;

    fn try_from(row: RecusalRow) -> Result<Self, StorageError> {
        let RecusalRow { application_id, user_id, level, reason, recused_at } = row;
        Ok(Self {
            application_id: ApplicationId::new(application_id),
            user_id: UserId::new(user_id),
            level: Level::new(level.into())
                .ok_or_else(|| unreadable("committee_recusals.level"))?,
            reason,
            recused_at: from_time(recused_at),
        })
    }
}

impl Tx<'_> {
    pub(super) fn stored_recusals(
        &mut self,
        application: ApplicationId,
    ) -> Result<Vec<Recusal>, StorageError> {
        use committee_recusals::dsl;
        let rows: Vec<RecusalRow> = self.run(|conn| {
            dsl::committee_recusals
                .filter(dsl::application_id.eq(application.get()))
                .order((dsl::recused_at, dsl::user_id))
                .select(RecusalRow::as_select())
                .load(conn)
        })?;
        rows.into_iter().map(Recusal::try_from).collect()
    }

    pub(super) fn insert_recusal(&mut self, recusal: &Recusal) -> Result<(), StorageError> {
        use committee_recusals::dsl;
        let Recusal { application_id, user_id, level, reason, recused_at } = recusal;
        self.run(|conn| {
            diesel::insert_into(dsl::committee_recusals)
                .values((
                    dsl::application_id.eq(application_id.get()),
                    dsl::user_id.eq(user_id.get()),
                    dsl::level.eq(i32::from(level.get())),
                    dsl::reason.eq(reason),
                    dsl::recused_at.eq(recused_at.naive_utc()),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    pub(super) fn overdue_applications(
        &mut self,
        level: Level,
        since: DateTime<Utc>,
        limit: u16,
    ) -> Result<Vec<Application>, StorageError> {
        use applications::dsl;
        let told = committee_deadlines::table
            .filter(committee_deadlines::application_id.eq(dsl::id))
            .filter(committee_deadlines::waiting_since.nullable().eq(dsl::waiting_since));
        let rows: Vec<ApplicationRow> = self.run(|conn| {
            dsl::applications
                .filter(dsl::status.eq(ApplicationStatus::Committee.code()))
                .filter(dsl::due_level.eq(i32::from(level.get())))
                .filter(dsl::waiting_since.le(since.naive_utc()))
                .filter(not(exists(told)))
                .order((dsl::waiting_since, dsl::id))
                .limit(limit.into())
                .select(ApplicationRow::as_select())
                .load(conn)
        })?;
        rows.into_iter().map(Application::try_from).collect()
    }

    /// A second one who notes the same waits for the first, and finds that it is there.
    pub(super) fn insert_deadline(
        &mut self,
        application: &Application,
    ) -> Result<bool, StorageError> {
        let Some(waiting) = application.waiting else { return Ok(false) };
        let now = self.now();
        let noted = self.run(|conn| {
            Raw::new(
                "INSERT INTO committee_deadlines (application_id, waiting_since, told_at) \
                 VALUES ($1, $2, $3) ON CONFLICT (application_id, waiting_since) DO NOTHING",
            )?
            .bind(application.id.get())
            .bind(waiting.since.naive_utc())
            .bind(now)
            .execute(conn)
        })?;
        Ok(noted > 0)
    }
}
