//! Runs of jobs.

use chrono::{Days, NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{
    JobKind, JobRun, JobRunId, JobRunStatus, JobRuns, NewJobRun, StorageError, UserId,
};

use crate::{
    Tx,
    convert::{code, from_json, from_time},
    schema::job_runs::{self, dsl},
    sql::Raw,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = job_runs)]
struct Stored {
    id: i64,
    job: String,
    business_date: NaiveDate,
    run_on: NaiveDate,
    status: String,
    result: String,
    started_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
    created_by: Option<i64>,
}

impl TryFrom<Stored> for JobRun {
    type Error = StorageError;

    fn try_from(stored: Stored) -> Result<Self, StorageError> {
        let Stored {
            id,
            job,
            business_date,
            run_on,
            status,
            result,
            started_at,
            finished_at,
            created_by,
        } = stored;
        Ok(Self {
            id: JobRunId::new(id),
            job: code("job_runs.job", &job)?,
            date: business_date,
            run_on,
            status: code("job_runs.status", &status)?,
            result: from_json("job_runs.result", &result)?,
            started_at: from_time(started_at),
            finished_at: finished_at.map(from_time),
            created_by: created_by.map(UserId::new),
        })
    }
}

impl JobRuns for Tx<'_> {
    fn begin_job_run(&mut self, new: &NewJobRun) -> Result<Option<JobRun>, StorageError> {
        let NewJobRun { job, date, run_on, result, created_by } = new;
        let row = Stored {
            id: self.reserve_id("job_runs")?,
            job: job.code().into(),
            business_date: *date,
            run_on: *run_on,
            status: JobRunStatus::Running.code().into(),
            result: result.to_string(),
            started_at: self.now(),
            finished_at: None,
            created_by: created_by.map(UserId::get),
        };
        let begun = self.run(|conn| {
            Raw::new(
                "INSERT INTO job_runs (id, job, business_date, run_on, status, result, started_at, \
                 created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            )?
            .bind(row.id)
            .bind(row.job.as_str())
            .bind(row.business_date)
            .bind(row.run_on)
            .bind(row.status.as_str())
            .bind(row.result.as_str())
            .bind(row.started_at)
            .bind(row.created_by)
            .execute(conn)
        })?;
        if begun == 0 { Ok(None) } else { row.try_into().map(Some) }
    }

    fn job_run(&mut self, id: JobRunId) -> Result<JobRun, StorageError> {
        let query = job_runs::table.find(id.get()).select(Stored::as_select());
        let row = self.run(|conn| query.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("job", id.get()))?.try_into()
    }

    fn unfinished_job_runs(&mut self, job: JobKind) -> Result<Vec<JobRun>, StorageError> {
        let query = job_runs::table
            .filter(dsl::job.eq(job.code()))
            .filter(dsl::status.eq(JobRunStatus::Running.code()))
            .order(dsl::id)
            .select(Stored::as_select());
        let rows = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(JobRun::try_from).collect()
    }

    fn save_job_run(&mut self, run: &JobRun) -> Result<(), StorageError> {
        let ended = match run.status {
            JobRunStatus::Running => None,
            JobRunStatus::Done => Some(self.now()),
        };
        let update = diesel::update(job_runs::table.find(run.id.get())).set((
            dsl::status.eq(run.status.code()),
            dsl::result.eq(run.result.to_string()),
            dsl::finished_at.eq(ended),
        ));
        self.run(|conn| update.execute(conn)).map(drop)
    }

    fn days_done(&mut self, job: JobKind) -> Result<Vec<NaiveDate>, StorageError> {
        let query = job_runs::table
            .filter(dsl::job.eq(job.code()))
            .filter(dsl::status.eq(JobRunStatus::Done.code()))
            .order(dsl::business_date)
            .select(dsl::business_date)
            .distinct();
        self.run(|conn| query.load(conn))
    }

    fn done_through(&mut self, job: JobKind) -> Result<Option<NaiveDate>, StorageError> {
        let done = job_runs::table
            .filter(dsl::job.eq(job.code()))
            .filter(dsl::status.eq(JobRunStatus::Done.code()))
            .select(diesel::dsl::max(dsl::business_date));
        let over = done.filter(dsl::run_on.gt(dsl::business_date));
        let last: Option<NaiveDate> = self.run(|conn| done.get_result(conn))?;
        let over: Option<NaiveDate> = self.run(|conn| over.get_result(conn))?;
        let before_last = last.and_then(|last| last.checked_sub_days(Days::new(1)));
        Ok(over.max(before_last))
    }
}
