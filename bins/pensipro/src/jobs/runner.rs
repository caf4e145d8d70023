//! Takes up what is stored and not finished: at the start, when a request says so, and from time to
//! time, for what another instance left.

use std::time::{Duration, Instant};

use pensipro_billing::{ExportRepository, ImportRepository, RetryRepository};
use pensipro_funding::SettlementRepository;
use pensipro_kernel::{JobKind, JobRuns};
use pensipro_members::IntakeRepository;
use tokio::{
    task::{JoinSet, spawn},
    time::{MissedTickBehavior, interval, sleep},
};

use super::{
    Job, LOOK_AGAIN, Stretch, chunk::told, end_of_day, end_of_month, exports, imports, intakes,
    rests::Rests, retries, settlements,
};
use crate::{
    App,
    app::{JobEnd, Stop},
    http::{Problem, codes},
};

/// Jobs that are worked on at once, so that a small one need not wait for a big one.
const AT_ONCE: usize = 4;

/// How often to look for what others left.
const LOOK: Duration = Duration::from_secs(5);

/// How often spooled files are looked through for what a crash left.
const SWEEP: Duration = Duration::from_secs(3_600);

/// Works off jobs until it is told to stop, between two chunks.
pub(crate) async fn run(app: App, mut stop: Stop) {
    let mut runner =
        Runner { app, dead_are_freed: false, rests: Rests::default(), tasks: JoinSet::new() };
    let (mut looks, mut sweeps) = (interval(LOOK), interval(SWEEP));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.asked() => break,
            _ = sweeps.tick() => runner.sweep().await,
            _ = looks.tick() => {}
            () = runner.app.jobs.wake.notified() => {}
            Some(Ok((job, worked, took))) = runner.tasks.join_next() => {
                runner.count(job, &worked, took);
                runner.note(&stop, job, worked).await;
            }
        }
        runner.free_dead().await;
        runner.take_up(&stop).await;
    }
    while runner.tasks.join_next().await.is_some() {}
}

struct Runner {
    app: App,
    /// What processes before this one held is free. It may take a while: on PostgreSQL a dead
    /// process's last statement still runs, and holds its lease's row until it ends.
    dead_are_freed: bool,
    rests: Rests,
    tasks: JoinSet<(Job, Result<Stretch, Problem>, Duration)>,
}

impl Runner {
    async fn free_dead(&mut self) {
        if self.dead_are_freed {
            return;
        }
        match self.app.free_dead_leases().await {
            Ok(()) => self.dead_are_freed = true,
            Err(problem) => {
                log::info!("leases of dead processes are not free yet: {}", told(&problem));
            }
        }
    }

    async fn take_up(&mut self, stop: &Stop) {
        let unfinished = self.app.unfinished().await;
        self.app.chore_ended("jobs.read", &unfinished);
        let Ok(unfinished) = unfinished else { return };
        self.rests.forget(&unfinished, Instant::now());
        for job in unfinished {
            let is_ready = self.tasks.len() < AT_ONCE
                && !self.rests.is_resting(job)
                && !self.app.is_told_to_stop(stop, job);
            if is_ready && self.app.jobs.begin(job) {
                self.tasks.spawn(work(self.app.clone(), stop.clone(), job));
            }
        }
    }

    fn count(&self, job: Job, worked: &Result<Stretch, Problem>, took: Duration) {
        let end = match worked {
            Ok(Stretch::Done) => JobEnd::Done,
            Ok(Stretch::Left) => JobEnd::Left,
            Err(_) => JobEnd::Failed,
        };
        self.app.job_ended(job.kind(), end, took);
    }

    async fn note(&mut self, stop: &Stop, job: Job, worked: Result<Stretch, Problem>) {
        match worked {
            Ok(Stretch::Done) => {}
            // Another instance has it, or the module is off: look again at the next tick.
            Ok(Stretch::Left) => self.rests.rest(job, LOOK, Instant::now()),
            Err(_) if stop.is_asked() => {}
            Err(problem) => {
                log::error!("{} cannot go on: {}", job.lease(), told(&problem));
                let is_news = self.rests.failed(job, problem.code(), Instant::now());
                if is_news && !self.app.note_failure(job, &problem).await {
                    self.rests.not_told(job, problem.code());
                }
            }
        }
    }

    async fn sweep(&self) {
        self.app.chore_ended("jobs.sweep", &self.app.sweep_spool().await);
    }
}

impl App {
    async fn unfinished(&self) -> Result<Vec<Job>, Problem> {
        self.load(|tx, _| {
            let imports = tx.unfinished_imports()?.into_iter().map(Job::Import);
            let exports = tx.unfinished_exports()?.into_iter().map(Job::Export);
            let intakes = tx.unfinished_intakes()?.into_iter().map(Job::Intake);
            // Days are done one after the other.
            let days = tx.unfinished_job_runs(JobKind::EndOfDay)?.into_iter().take(1);
            let days = days.map(|run| Job::EndOfDay(run.id));
            let settlements = tx.unfinished_settlements()?.into_iter().map(Job::Settlement);
            let months = tx.unfinished_job_runs(JobKind::EndOfMonth)?.into_iter().take(1);
            let months = months.map(|run| Job::EndOfMonth(run.id));
            let retries = tx.unfinished_retries()?.into_iter().map(|run| Job::Retry(run.id));
            let files = exports.chain(imports).chain(intakes).chain(retries);
            Ok(files.chain(settlements).chain(days).chain(months).collect())
        })
        .await
    }

    /// Works on a job here and now until it is done, whoever works on it.
    pub(crate) async fn see_through(&self, job: Job) -> Result<(), Problem> {
        let stop = self.stop_signal();
        while !self.is_ended(job).await? {
            if self.is_told_to_stop(&stop, job) {
                return Err(Problem::new(
                    codes::MODULE_DISABLED,
                    "the job's module is switched off",
                ));
            }
            if held(self, &stop, job).await? == Stretch::Left {
                sleep(LOOK_AGAIN).await;
            }
        }
        Ok(())
    }

    /// True once a job should end between two chunks: at the stop, or while its module is off.
    pub(super) fn is_told_to_stop(&self, stop: &Stop, job: Job) -> bool {
        stop.is_asked() || self.state().is_disabled(job.module().code())
    }
}

/// Ends the note that a job runs here, whatever becomes of it.
struct Running<'a>(&'a App, Job);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.jobs.end(self.1);
    }
}

/// Works on a job in a task of its own, so that a panic is a failure like others.
async fn work(app: App, stop: Stop, job: Job) -> (Job, Result<Stretch, Problem>, Duration) {
    let (_running, begun) = (Running(&app, job), Instant::now());
    let task = app.clone();
    let worked = spawn(async move { held(&task, &stop, job).await }).await;
    let panicked = |error| Err(Problem::internal(format!("a job's task panicked: {error}")));
    (job, worked.unwrap_or_else(panicked), begun.elapsed())
}

/// Works on a job while its lease is held.
async fn held(app: &App, stop: &Stop, job: Job) -> Result<Stretch, Problem> {
    let Some(lease) = app.take_lease(job).await? else { return Ok(Stretch::Left) };
    let worked = match job {
        Job::Export(id) => exports::generate(app, stop, id).await,
        Job::Import(id) => imports::process(app, stop, id).await,
        Job::Intake(id) => intakes::process(app, stop, id).await,
        Job::Retry(id) => retries::process(app, stop, id).await,
        Job::Settlement(id) => settlements::generate(app, stop, id).await,
        Job::EndOfDay(id) => end_of_day::process(app, stop, id, lease.cursor.as_deref()).await,
        Job::EndOfMonth(id) => end_of_month::process(app, stop, id).await,
    };
    let given_back = match worked {
        Ok(Stretch::Done) => app.end_lease(job).await,
        _ => app.leave_lease(job).await,
    };
    if let Err(problem) = given_back {
        log::warn!("the lease of {} could not be given back: {}", job.lease(), told(&problem));
    }
    worked
}
