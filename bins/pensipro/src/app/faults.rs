//! Faults of ours, noted as exceptions: of requests, and of chores beside them. Noting never holds up
//! what failed: it waits in memory and is written beside requests; memory holds so many and no more.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use pensipro_audit::{ExceptionLog, NewException, Severity};
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use super::{App, Stop};
use crate::http::Problem;

/// How many may wait; more of them would tell nothing new.
const MOST: usize = 200;

/// How often they are written.
const EVERY: Duration = Duration::from_secs(1);

/// How long a chore may fail for what may pass until somebody is told.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// Faults that are not written yet, and chores that failed when they were last done.
#[derive(Debug, Default)]
pub(super) struct Faults {
    waiting: Mutex<Vec<NewException>>,
    failing: Mutex<BTreeMap<Chore, Failing>>,
}

/// What is done again and again: where it belongs, and which part of it, if it has parts.
type Chore = (&'static str, String);

/// A chore that fails.
#[derive(Debug, Clone, Copy)]
struct Failing {
    since: DateTime<Utc>,
    is_told: bool,
}

/// How a chore ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Well,
    /// For what may pass: a busy database.
    Passing,
    Failed,
}

impl Faults {
    fn waiting(&self) -> MutexGuard<'_, Vec<NewException>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how a chore ended, and tells of it once, until it ends well; what cannot be told is told the
    /// next time.
    fn ended(
        &self,
        chore: Chore,
        ended: Ended,
        now: DateTime<Utc>,
        tell: impl FnOnce(&Chore) -> bool,
    ) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if ended == Ended::Well {
            failing.remove(&chore);
            return;
        }
        let failure =
            failing.entry(chore.clone()).or_insert(Failing { since: now, is_told: false });
        let lasts = ended == Ended::Failed || now - failure.since >= PATIENCE;
        if lasts && !failure.is_told {
            failure.is_told = tell(&chore);
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
        let _ = self.note_later(NewException {
            severity: Severity::Error,
            source: "http",
            message: format!("{method} {route} failed ({})", problem.code()),
            payload: json!({ "method": method, "route": route, "code": problem.code() }),
            about: None,
            request_id: Some(request_id.to_owned()),
        });
    }

    /// Notes how a chore ended that is done again and again: a failure is told of once, until it ends
    /// well. What may pass (a busy database) is for the log alone, until it has gone on for ten minutes.
    pub(crate) fn chore_ended<T>(&self, source: &'static str, ended: &Result<T, Problem>) {
        self.part_ended(source, String::new(), ended);
    }

    /// The same of a part that fails for itself: a lane of messages.
    pub(crate) fn part_ended<T>(
        &self,
        source: &'static str,
        part: String,
        ended: &Result<T, Problem>,
    ) {
        let (how, code) = match ended {
            Ok(_) => (Ended::Well, ""),
            Err(problem) => {
                let told = problem.log_text().unwrap_or(problem.code());
                log::warn!(source = source; "a chore failed, and will be tried again: {told}");
                let how = if problem.may_pass() { Ended::Passing } else { Ended::Failed };
                (how, problem.code())
            }
        };
        self.faults.ended((source, part), how, self.clock.now(), |(source, part)| {
            let name = if part.is_empty() { String::new() } else { format!(" ({part})") };
            self.note_later(NewException {
                severity: Severity::Error,
                source,
                message: format!("{source}{name} fails ({code})"),
                payload: json!({ "code": code, "part": part }),
                about: None,
                request_id: None,
            })
        });
    }

    /// False where so many wait that it is not noted.
    fn note_later(&self, exception: NewException) -> bool {
        let mut waiting = self.faults.waiting();
        let has_room = waiting.len() < MOST;
        if has_room {
            waiting.push(exception);
        }
        has_room
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

    fn news(ends: &[(i64, Ended)]) -> Vec<bool> {
        let faults = Faults::default();
        let at = |minute| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
        let told = |(minute, ended): &(i64, Ended)| {
            let mut is_told = false;
            faults.ended(("x", String::new()), *ended, at(*minute), |_| {
                is_told = true;
                true
            });
            is_told
        };
        ends.iter().map(told).collect()
    }

    #[test]
    fn parts_fail_for_themselves_and_what_had_no_room_is_told_later() {
        let (faults, now) = (Faults::default(), DateTime::UNIX_EPOCH);
        let fails = |part: &str, has_room: bool| {
            let mut is_told = false;
            faults.ended(("x", part.to_owned()), Ended::Failed, now, |_| {
                is_told = true;
                has_room
            });
            is_told
        };
        assert_eq!([fails("a", false), fails("a", true), fails("a", true)], [true, true, false]);
        assert!(fails("b", true));
        faults.ended(("x", "b".to_owned()), Ended::Well, now, |_| false);
        assert_eq!([fails("a", true), fails("b", true)], [false, true]);
    }

    #[test]
    fn a_chore_that_goes_on_failing_is_told_of_once() {
        let (well, failed) = (Ended::Well, Ended::Failed);
        let ends = [(0, failed), (1, failed), (2, well), (3, well), (4, failed), (5, failed)];
        assert_eq!(news(&ends), [true, false, false, false, true, false]);
    }

    #[test]
    fn what_may_pass_is_told_of_when_it_does_not() {
        let (well, passing) = (Ended::Well, Ended::Passing);
        let ends = [(0, passing), (9, passing), (10, passing), (30, passing)];
        assert_eq!(news(&ends), [false, false, true, false]);
        let ends = [(0, passing), (9, well), (10, passing), (19, passing), (20, Ended::Failed)];
        assert_eq!(news(&ends), [false, false, false, false, true]);
    }
}
