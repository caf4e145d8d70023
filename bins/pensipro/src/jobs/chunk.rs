//! A chunk: one transaction, made again when it fails for what may pass.

use std::time::Duration;

use pensipro_audit::{ExceptionLog, NewException, Severity};
use pensipro_kernel::Moment;
use pensipro_persistence::{Backend, Tx};
use serde_json::json;
use tokio::time::sleep;

use super::Job;
use crate::{App, app::Stop, http::Problem};

/// How long to wait before each further try.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// What one statement of a chunk may take; less than what the whole may.
const CHUNK_TIME: Duration = Duration::from_secs(20);

/// Lines of a chunk: on SQLite a chunk holds the one writer for at most some 50 ms, on PostgreSQL
/// it spreads the cost of a transaction's statements.
pub(crate) fn lines_of_a_chunk(backend: Backend) -> usize {
    match backend {
        Backend::Sqlite => 500,
        Backend::Postgres => 2_500,
    }
}

impl App {
    /// Works on a chunk of a job. A duplicate that another import made in between, a lost race or a
    /// busy database is tried again, from the start of the chunk; `None` if the job is another
    /// instance's by now. What fails for good or in every try is an error, and nothing of it is stored.
    pub(super) async fn chunk<T, F>(
        &self,
        stop: &Stop,
        (name, job): (&'static str, Job),
        work: F,
    ) -> Result<Option<T>, Problem>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, Moment) -> Result<T, Problem> + Clone + Send + 'static,
    {
        let mut pauses = PAUSES.iter();
        loop {
            let problem = match self.chunk_once((name, job), work.clone()).await {
                Ok(done) => return Ok(done),
                Err(problem) => problem,
            };
            match pauses.next() {
                Some(pause) if problem.may_pass() && !stop.is_asked() => {
                    log::info!("{} is tried again: {}", job.lease(), told(&problem));
                    sleep(*pause).await;
                }
                _ => return Err(problem),
            }
        }
    }

    /// The same, tried once.
    pub(super) async fn chunk_once<T, F>(
        &self,
        (name, job): (&'static str, Job),
        mut work: F,
    ) -> Result<Option<T>, Problem>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, Moment) -> Result<T, Problem> + Send + 'static,
    {
        let app = self.clone();
        self.change(name, move |tx, at| {
            tx.allow_time(CHUNK_TIME)?;
            if app.keep_lease(tx, job)? { work(tx, at).map(Some) } else { Ok(None) }
        })
        .await
    }

    /// Notes that a job cannot go on; it stays as it is and is taken up again later. False where that could
    /// not be noted.
    pub(super) async fn note_failure(&self, job: Job, problem: &Problem) -> bool {
        let (source, id) = match job {
            Job::Export(id) => ("billing.export", id.get()),
            Job::Import(id) => ("billing.import", id.get()),
            Job::Intake(id) => ("members.import", id.get()),
            Job::Retry(id) => ("billing.retry", id.get()),
            Job::Settlement(id) => ("funders.settlement", id.get()),
            Job::EndOfDay(id) => ("loans.end_of_day", id.get()),
            Job::EndOfMonth(id) => ("reports.end_of_month", id.get()),
        };
        let exception = NewException {
            severity: Severity::Error,
            source,
            message: format!("{} {id} cannot go on ({})", source, problem.code()),
            payload: json!({ "id": id, "code": problem.code() }),
            about: None,
            request_id: None,
        };
        let note =
            move |tx: &mut Tx<'_>, _| Ok(tx.note_exceptions(std::slice::from_ref(&exception))?);
        let noted = self.change("note_exception", note).await;
        let tell = |problem: &Problem| {
            log::error!("the exception could not be noted: {}", told(problem));
        };
        noted.inspect_err(tell).is_ok()
    }
}

/// What the log is told.
pub(super) fn told(problem: &Problem) -> String {
    problem.log_text().unwrap_or(problem.code()).to_owned()
}
