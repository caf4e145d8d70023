//! Runs of the jobs that bring the house to a day.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use crate::{JobRunId, StorageError, UserId};

crate::codes! {
    /// A job.
    pub enum JobKind {
        /// Brings loans to a day.
        EndOfDay = "end-of-day",
        /// Closes a month, and does what comes of it.
        EndOfMonth = "end-of-month",
    }
}

crate::codes! {
    /// How far a run is.
    pub enum JobRunStatus {
        /// Something is left to do.
        Running = "running",
        /// Nothing is.
        Done = "done",
    }
}

/// A run of a job for a business day.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRun {
    /// Its id.
    pub id: JobRunId,
    /// Which job.
    pub job: JobKind,
    /// The day that it is for.
    pub date: NaiveDate,
    /// The business day on which it began.
    pub run_on: NaiveDate,
    /// How far it is.
    pub status: JobRunStatus,
    /// What it did so far; the job says in which form.
    pub result: Value,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Who asked for it; nobody, if it began by itself.
    pub created_by: Option<UserId>,
}

/// A run to be begun.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJobRun {
    /// Which job.
    pub job: JobKind,
    /// The day that it is for.
    pub date: NaiveDate,
    /// The present business day.
    pub run_on: NaiveDate,
    /// Nothing done, in the job's own form.
    pub result: Value,
    /// Who asks for it.
    pub created_by: Option<UserId>,
}

/// Where runs are kept.
pub trait JobRuns {
    /// Begins a run. There is one unfinished run of a job for a day: `None` where another began at the
    /// same moment, which is there by now.
    fn begin_job_run(&mut self, new: &NewJobRun) -> Result<Option<JobRun>, StorageError>;

    /// A run.
    fn job_run(&mut self, id: JobRunId) -> Result<JobRun, StorageError>;

    /// The runs of a job that are not done, in the order in which they began.
    fn unfinished_job_runs(&mut self, job: JobKind) -> Result<Vec<JobRun>, StorageError>;

    /// Saves what a run did and how far it is; one that is done ends now.
    fn save_job_run(&mut self, run: &JobRun) -> Result<(), StorageError>;

    /// The days for which a job was done, the oldest first.
    fn days_done(&mut self, job: JobKind) -> Result<Vec<NaiveDate>, StorageError>;

    /// The last day that a job has done for good: one that was over when its run began, or that a
    /// run for a later day followed.
    fn done_through(&mut self, job: JobKind) -> Result<Option<NaiveDate>, StorageError>;
}
