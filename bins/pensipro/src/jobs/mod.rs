//! Work that is longer than a request: exports, imports, retries, spreadsheets of members, settlements with
//! funders and the ends of days and months, worked off in chunks beside requests.
//!
//! What is to be done stands in the database (an export `generating`, an import `processing`), never
//! in memory: a chunk's results and its checkpoint are one transaction, so that a process that is
//! killed at any moment leaves whole chunks behind and the next start goes on. One process works on
//! a job at a time, by a lease that every chunk renews in its own transaction.

mod chunk;
mod end_of_day;
mod end_of_month;
mod exports;
mod imports;
mod intakes;
mod leases;
mod lines;
mod rests;
mod retries;
mod runner;
mod schedule;
mod sealing;
mod settlements;
mod spool;
mod spool_file;

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use pensipro_auth::ModuleCode;
use pensipro_billing::{
    ExportRepository, ImportRepository, ImportStatus, RetryRepository, RetryStatus,
};
use pensipro_funding::SettlementRepository;
use pensipro_kernel::{
    Actor, Entropy, ExportId, FunderSettlementId, ImportId, IntakeId, JobRunId, JobRunStatus,
    JobRuns, RetryId, Scope, UserId,
};
use pensipro_members::{IntakeRepository, IntakeStatus};
use tokio::{
    sync::{Notify, watch},
    time::{sleep, timeout},
};

use crate::{App, http::Problem};

pub(crate) use chunk::lines_of_a_chunk as rows_of_a_batch;
pub(crate) use intakes::judge_sheet;
pub(crate) use lines::{Judged, judge};
pub(crate) use runner::run;
pub(crate) use sealing::run as keep_sealing;
pub(crate) use spool::SpoolSink;

/// How often who waits looks again, for a job that another instance works on.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The lease of the end of a day.
const END_OF_DAY: &str = "end-of-day";

/// The lease of the end of a month.
const END_OF_MONTH: &str = "end-of-month";

/// The lease of who seals the audit trail.
const SEALING: &str = "audit-seal";

/// Something stored that is worked off in chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    /// An export gets its lines.
    Export(ExportId),
    /// An import's lines get their outcomes.
    Import(ImportId),
    /// The rows of a spreadsheet of members get their verdicts.
    Intake(IntakeId),
    /// Unmatched lines are tried again.
    Retry(RetryId),
    /// A settlement with a funder gets its lines.
    Settlement(FunderSettlementId),
    /// Loans are brought to a day.
    EndOfDay(JobRunId),
    /// What comes of a month that was closed.
    EndOfMonth(JobRunId),
}

/// The jobs of this process.
#[derive(Debug)]
pub struct Jobs {
    wake: Notify,
    ended: watch::Sender<u64>,
    running: Mutex<HashSet<Job>>,
    holder: String,
}

/// Where a job stands after a stretch of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stretch {
    /// Nothing is left to do.
    Done,
    /// Something is left, for later or for another instance.
    Left,
}

impl Job {
    /// The job's name among the leases.
    fn lease(self) -> String {
        match self {
            Self::Export(id) => format!("export:{id}"),
            Self::Import(id) => format!("import:{id}"),
            Self::Intake(id) => format!("intake:{id}"),
            Self::Retry(id) => format!("retry:{id}"),
            Self::Settlement(id) => format!("settlement:{id}"),
            // Of all runs one goes at a time, so that days are done in their order.
            Self::EndOfDay(_) => END_OF_DAY.to_owned(),
            Self::EndOfMonth(_) => END_OF_MONTH.to_owned(),
        }
    }

    /// What it is, for figures.
    const fn kind(self) -> &'static str {
        match self {
            Self::Export(_) => "export",
            Self::Import(_) => "import",
            Self::Intake(_) => "intake",
            Self::Retry(_) => "retry",
            Self::Settlement(_) => "settlement",
            Self::EndOfDay(_) => END_OF_DAY,
            Self::EndOfMonth(_) => END_OF_MONTH,
        }
    }

    /// The module that it belongs to: while that is off, it rests.
    const fn module(self) -> ModuleCode {
        match self {
            Self::Export(_) | Self::Import(_) | Self::Retry(_) => ModuleCode::Billing,
            Self::Intake(_) => ModuleCode::Member,
            Self::Settlement(_) => ModuleCode::Funder,
            Self::EndOfDay(_) => ModuleCode::Lms,
            Self::EndOfMonth(_) => ModuleCode::Report,
        }
    }
}

impl Jobs {
    /// None yet.
    pub fn new(entropy: &dyn Entropy) -> Self {
        Self {
            wake: Notify::new(),
            ended: watch::Sender::new(0),
            running: Mutex::default(),
            holder: leases::holder(entropy),
        }
    }

    /// Notes that the job is worked on here; false if it was already.
    fn begin(&self, job: Job) -> bool {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(job)
    }

    fn end(&self, job: Job) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
        self.ended.send_modify(|count| *count = count.wrapping_add(1));
    }
}

impl App {
    /// Sees that a stored job is taken up, and waits for its end, at most so long.
    pub(crate) async fn wait_for(&self, job: Job, within: Duration) -> Result<(), Problem> {
        let mut ended = self.jobs.ended.subscribe();
        self.jobs.wake.notify_one();
        let end = async {
            while !self.is_ended(job).await? {
                tokio::select! {
                    _ = ended.changed() => {}
                    () = sleep(LOOK_AGAIN) => {}
                }
            }
            Ok(())
        };
        if within.is_zero() { Ok(()) } else { timeout(within, end).await.unwrap_or(Ok(())) }
    }

    async fn is_ended(&self, job: Job) -> Result<bool, Problem> {
        self.load(move |tx, _| {
            Ok(match job {
                Job::Export(id) => tx.export(id)?.is_complete(),
                Job::Import(id) => tx.import(id)?.status != ImportStatus::Processing,
                Job::Retry(id) => tx.retry(id)?.status == RetryStatus::Done,
                Job::Settlement(id) => tx.any_settlement(id)?.is_complete(),
                Job::EndOfDay(id) | Job::EndOfMonth(id) => {
                    tx.job_run(id)?.status != JobRunStatus::Running
                }
                Job::Intake(id) => {
                    tx.intake(id, Scope::WholeHouse)?.status != IntakeStatus::Processing
                }
            })
        })
        .await
    }
}

/// Who acts when a job goes on: the one who asked for it, with the system's rights. His own were
/// checked when he asked.
fn on_behalf_of(user_id: Option<UserId>) -> Actor {
    Actor { user_id, ..Actor::system() }
}
