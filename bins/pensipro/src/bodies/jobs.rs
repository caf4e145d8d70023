//! Bodies of jobs.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_flows::MonthTally;
use pensipro_kernel::{JobKind, JobRun, Money, StorageError, UserId};
use pensipro_servicing::DayTally;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A day whose end is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EndOfDayBody {
    /// The day, not after today; today where none is named. Days that were missed are caught up.
    pub date: Option<NaiveDate>,
}

/// A month whose end is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EndOfMonthBody {
    /// The month, `YYYY-MM`, which is over; the last one where none is named.
    #[schema(example = "2026-10")]
    pub periode: Option<String>,
}

/// A run of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobRunBody {
    /// Its id.
    pub id: i64,
    /// `end-of-day` or `end-of-month`.
    pub job: &'static str,
    /// The day that it is for; of a month its last.
    pub date: NaiveDate,
    /// `running` or `done`.
    pub status: &'static str,
    /// What it did so far.
    #[serde(flatten)]
    pub did: DidBody,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Who asked for it; nobody, if it began by itself.
    pub created_by: Option<i64>,
}

/// What a run did so far.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum DidBody {
    /// At the end of a day.
    Day(DayBody),
    /// At the end of a month.
    Month(MonthBody),
}

/// What was done at the end of a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct MonthBody {
    /// Figures of the month's aging that were kept; none if they were kept before.
    pub aging: u64,
    /// Figures of the month's quality that were kept; none if they were kept before.
    pub quality: u64,
    /// Funders' settlements that were begun.
    pub settlements: u64,
    /// Retries of the month's unmatched lines that were begun.
    pub retries: u64,
    /// Exports of the next month that were begun.
    pub exports: u64,
}

/// What was done at the end of a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayBody {
    /// Late loans brought to the day so far.
    pub loans: u64,
    /// By how much their penalties grew since the day done before.
    #[schema(value_type = String, example = "12500.00")]
    pub penalties: Money,
    /// Loans that came to be in default.
    pub defaulted: u64,
    /// Loans that are in default no longer.
    pub cured: u64,
    /// Loans that could not be done; each is in `/logs/exceptions`.
    pub failed: u64,
    /// Members who are reminded of instalments that are due soon or late.
    pub reminded: u64,
    /// Offers that nobody took up in time, cancelled.
    pub offers_expired: u64,
    /// Loans written down at the ends of months.
    pub month_ends: u64,
}

impl TryFrom<&JobRun> for DidBody {
    type Error = StorageError;

    fn try_from(run: &JobRun) -> Result<Self, StorageError> {
        Ok(match run.job {
            JobKind::EndOfDay => Self::Day(DayTally::of(run)?.into()),
            JobKind::EndOfMonth => {
                let MonthTally { aging, settlements, retries, exports, quality } =
                    MonthTally::of(run)?;
                Self::Month(MonthBody { aging, quality, settlements, retries, exports })
            }
        })
    }
}

impl From<DayTally> for DayBody {
    fn from(tally: DayTally) -> Self {
        let DayTally { loans, penalties, defaulted, cured, failed, reminded, expired, month_ends } =
            tally;
        let offers_expired = expired;
        Self { loans, penalties, defaulted, cured, failed, reminded, offers_expired, month_ends }
    }
}

impl TryFrom<JobRun> for JobRunBody {
    type Error = StorageError;

    fn try_from(run: JobRun) -> Result<Self, StorageError> {
        let did = DidBody::try_from(&run)?;
        let JobRun {
            id,
            job,
            date,
            run_on: _,
            status,
            result: _,
            started_at,
            finished_at,
            created_by,
        } = run;
        Ok(Self {
            id: id.get(),
            job: job.code(),
            date,
            status: status.code(),
            did,
            started_at,
            finished_at,
            created_by: created_by.map(UserId::get),
        })
    }
}
