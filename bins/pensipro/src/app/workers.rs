//! Work beside requests, and its end: workers are told to stop and waited for.

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use pensipro_auth::ModuleCode;
use pensipro_origination::usecases::tell_deadlines;
use tokio::{sync::watch, task::JoinHandle, time::timeout};

use super::App;
use crate::{http::Problem, jobs};

/// Answers to idempotency keys that are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 500;

/// Deadlines of each level that are told of at once.
const TOLD_AT_ONCE: u16 = 200;

/// The workers of an application.
#[derive(Debug)]
pub(super) struct Workers {
    stop: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// Tells a worker when to stop. It ends what it has begun (a chunk, a checkpoint) and returns.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// True once the worker should end. For loops that block.
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the worker should end.
    pub async fn asked(&mut self) {
        // An error means that the application is gone: that is a stop too.
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}

impl Default for Workers {
    fn default() -> Self {
        Self { stop: watch::Sender::new(false), tasks: Mutex::default() }
    }
}

impl App {
    /// Starts a worker on this thread's runtime; it is waited for at the end. Blocking work goes
    /// into `tokio::task::spawn_blocking` inside it.
    pub fn work<F, W>(&self, worker: F)
    where
        F: FnOnce(Self, Stop) -> W,
        W: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop_signal();
        let task = tokio::spawn(worker(self.clone(), stop));
        self.workers.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(task);
    }

    /// Tells when workers are to stop.
    pub(crate) fn stop_signal(&self) -> Stop {
        Stop(self.workers.stop.subscribe())
    }

    /// Starts what every instance does: fresh caches, old answers forgotten, jobs worked off.
    pub fn start_chores(&self) {
        self.work(jobs::run);
        self.work(jobs::keep_sealing);
        self.work(Self::keep_readings);
        self.work(Self::keep_faults);
        self.work(|app, mut stop| async move {
            tokio::select! {
                () = app.keep_fresh() => {}
                () = stop.asked() => {}
            }
        });
        self.work(Self::keep_delivering);
        self.work(Self::keep_sending);
        self.work(|app, mut stop| async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(60));
            loop {
                tokio::select! {
                    _ = ticks.tick() => {
                        app.forget_old_answers().await;
                        app.chore_ended("notifications.forget", &app.forget_messages().await);
                        app.remove_files().await;
                        app.schedule_end_of_day().await;
                        app.schedule_end_of_month().await;
                        app.schedule_exports().await;
                        app.chore_ended("committee.deadlines", &app.tell_deadlines().await);
                    }
                    () = stop.asked() => return,
                }
            }
        });
    }

    /// Tells of what waits at a level of the committee longer than it may, once over all instances;
    /// gives how many this one told of. Many at once are told of in turns.
    pub async fn tell_deadlines(&self) -> Result<usize, Problem> {
        let policies = self.policies();
        if self.state().is_disabled(ModuleCode::Los.code()) {
            return Ok(0);
        }
        self.change("tell_deadlines", move |tx, at| {
            Ok(tell_deadlines(tx, &policies.committee, TOLD_AT_ONCE, at)?)
        })
        .await
    }

    async fn forget_old_answers(&self) {
        let forget =
            |tx: &mut pensipro_persistence::Tx<'_>, _| Ok(tx.forget_answers(FORGOTTEN_AT_ONCE)?);
        self.chore_ended("idempotency.forget", &self.change("forget_answers", forget).await);
    }

    /// Tells the workers to stop and waits for them, as long as requests may take to drain.
    pub async fn stop(&self) {
        self.workers.stop.send_replace(true);
        let tasks =
            std::mem::take(&mut *self.workers.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            if timeout(self.config.shutdown_timeout, task).await.is_err() {
                log::warn!("a worker did not stop in time; it resumes at its checkpoint");
            }
        }
    }
}
