//! Faults of ours, noted as exceptions: of requests, and of chores beside them. Noting never holds up
//! what failed: it waits in memory and is written beside requests; memory holds so many and no more.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pensipro_audit::{ExceptionLog, NewException, Severity};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use super::{App, Stop};
use crate::http::Problem;

/// How many may wait; more of them would tell nothing new.
const MOST: usize = 200;

/// How often they are written.
const EVERY: Duration = Duration::from_secs(1);

/// Faults that are not written yet, and chores that failed when they were last done.
#[derive(Debug, Default)]
pub(super) struct Faults {
    waiting: Mutex<Vec<NewException>>,
    failing: Mutex<BTreeSet<&'static str>>,
}

impl Faults {
    fn waiting(&self) -> MutexGuard<'_, Vec<NewException>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how a chore ended; true if it fails now and did not before.
    fn begins(&self, chore: &'static str, fails: bool) -> bool {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if fails {
            failing.insert(chore)
        } else {
            failing.remove(chore);
            false
        }
    }
}

impl App {
    /// Notes a fault of ours that a request ran into. The log has its text; here stand its place and the
    /// request, since a text may hold anything.
    pub(crate) fn request_failed(
        &self,
        (method, route): (&str, &str),
        problem: &Problem,
        request_id: &str,
    ) {
        self.note_later(NewException {
            severity: Severity::Error,
            source: "http",
            message: format!("{method} {route} failed ({})", problem.code()),
            payload: json!({ "method": method, "route": route, "code": problem.code() }),
            about: None,
            request_id: Some(request_id.to_owned()),
        });
    }

    /// Notes how a chore ended that is done again and again: a failure is told of once, until it ends
    /// well. What may pass (a busy database) is for the log alone.
    pub(crate) fn chore_ended<T>(&self, source: &'static str, ended: &Result<T, Problem>) {
        let problem = ended.as_ref().err();
        if let Some(problem) = problem {
            let told = problem.log_text().unwrap_or(problem.code());
            log::warn!(source = source; "a chore failed, and will be tried again: {told}");
        }
        let lasting = problem.filter(|problem| !problem.may_pass());
        if let (true, Some(problem)) = (self.faults.begins(source, lasting.is_some()), lasting) {
            self.note_later(NewException {
                severity: Severity::Error,
                source,
                message: format!("{source} fails ({})", problem.code()),
                payload: json!({ "code": problem.code() }),
                about: None,
                request_id: None,
            });
        }
    }

    fn note_later(&self, exception: NewException) {
        let mut waiting = self.faults.waiting();
        if waiting.len() < MOST {
            waiting.push(exception);
        }
    }

    /// Writes what waits. What cannot be written goes on waiting.
    pub async fn write_faults(&self) -> Result<(), Problem> {
        let noted = self.faults.waiting().clone();
        if noted.is_empty() {
            return Ok(());
        }
        let written = noted.len();
        self.change("note_faults", move |tx, _| Ok(tx.note_exceptions(&noted)?)).await?;
        self.faults.waiting().drain(..written);
        Ok(())
    }

    /// Writes faults until the end, and the last ones then.
    pub(super) async fn keep_faults(self, mut stop: Stop) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let ends = tokio::select! {
                _ = ticks.tick() => false,
                () = stop.asked() => true,
            };
            if let Err(problem) = self.write_faults().await {
                let text = problem.log_text().unwrap_or(problem.code());
                log::warn!("faults could not be noted as exceptions yet: {text}");
            }
            if ends {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chore_that_goes_on_failing_is_told_of_once() {
        let faults = Faults::default();
        let told = [true, true, false, false, true].map(|fails| faults.begins("x", fails));
        assert_eq!(told, [true, false, false, false, true]);
        assert!(faults.begins("y", true));
    }
}
