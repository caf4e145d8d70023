//! Runs that try unmatched lines again.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_billing::{Retry, RetryRepository, RetryRun, RetryStatus, RetryTally};
use pensipro_kernel::{ImportLineId, RetryId, StorageError, UserId};

use crate::{
    Tx,
    convert::{code, count, from_time},
    schema::billing_retries::{self, dsl},
    sql::Raw,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = billing_retries)]
struct Stored {
    id: i64,
    from_periode: String,
    payer: String,
    status: String,
    through: Option<i64>,
    retried: i64,
    matched: i64,
    duplicate: i64,
    created_by: Option<i64>,
    created_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
}

impl TryFrom<Stored> for RetryRun {
    type Error = StorageError;

    fn try_from(stored: Stored) -> Result<Self, StorageError> {
        let Stored {
            id,
            from_periode,
            payer,
            status,
            through,
            retried,
            matched,
            duplicate,
            created_by,
            created_at,
            finished_at,
        } = stored;
        let payer =
            (!payer.is_empty()).then(|| code("billing_retries.payer", &payer)).transpose()?;
        let counted = |number| count("billing_retries", number);
        Ok(Self {
            id: RetryId::new(id),
            of: Retry { from_periode: code("billing_retries.from_periode", &from_periode)?, payer },
            status: code("billing_retries.status", &status)?,
            through: through.map(ImportLineId::new),
            tally: RetryTally {
                retried: counted(retried)?,
                matched: counted(matched)?,
                duplicate: counted(duplicate)?,
            },
            created_by: created_by.map(UserId::new),
            created_at: from_time(created_at),
            finished_at: finished_at.map(from_time),
        })
    }
}

/// The payer as its column has it.
fn payer_of(of: Retry) -> &'static str {
    of.payer.map_or("", |payer| payer.code())
}

impl RetryRepository for Tx<'_> {
    fn begin_retry(
        &mut self,
        of: Retry,
        by: Option<UserId>,
    ) -> Result<Option<RetryRun>, StorageError> {
        let (id, now) = (self.reserve_id("billing_retries")?, self.now());
        let begun = self.run(|conn| {
            Raw::new(
                "INSERT INTO billing_retries (id, from_periode, payer, status, retried, matched, \
                 duplicate, created_by, created_at) VALUES ($1, $2, $3, 'running', 0, 0, 0, $4, $5) \
                 ON CONFLICT DO NOTHING",
            )?
            .bind(id)
            .bind(of.from_periode.to_string())
            .bind(payer_of(of))
            .bind(by.map(UserId::get))
            .bind(now)
            .execute(conn)
        })?;
        if begun == 0 { Ok(None) } else { self.retry(RetryId::new(id)).map(Some) }
    }

    fn retry(&mut self, id: RetryId) -> Result<RetryRun, StorageError> {
        let query = dsl::billing_retries.find(id.get()).select(Stored::as_select());
        let row: Option<Stored> = self.run(|conn| query.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("retry", id.get()))?.try_into()
    }

    fn running_retry(&mut self, of: Retry) -> Result<Option<RetryRun>, StorageError> {
        let query = dsl::billing_retries
            .filter(dsl::from_periode.eq(of.from_periode.to_string()))
            .filter(dsl::payer.eq(payer_of(of)))
            .filter(dsl::status.eq(RetryStatus::Running.code()))
            .select(Stored::as_select());
        let row: Option<Stored> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(RetryRun::try_from).transpose()
    }

    fn unfinished_retries(&mut self) -> Result<Vec<RetryRun>, StorageError> {
        let query = dsl::billing_retries
            .filter(dsl::status.eq(RetryStatus::Running.code()))
            .order(dsl::id)
            .select(Stored::as_select());
        let rows: Vec<Stored> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(RetryRun::try_from).collect()
    }

    fn save_retry(&mut self, run: &RetryRun) -> Result<(), StorageError> {
        let RetryTally { retried, matched, duplicate } = run.tally;
        let update = diesel::update(dsl::billing_retries.find(run.id.get())).set((
            dsl::status.eq(run.status.code()),
            dsl::through.eq(run.through.map(ImportLineId::get)),
            dsl::retried.eq(i64::from(retried)),
            dsl::matched.eq(i64::from(matched)),
            dsl::duplicate.eq(i64::from(duplicate)),
            dsl::finished_at.eq(run.finished_at.map(|at| at.naive_utc())),
        ));
        self.run(|conn| update.execute(conn)).map(drop)
    }
}
