//! Who read members' details: noted in memory, written in batches beside requests. A crash loses at
//! most what was noted since the last batch.

use std::{
    mem::take,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use pensipro_kernel::{Actor, MemberId};
use pensipro_persistence::Access;
use tokio::time::{MissedTickBehavior, interval};

use super::{App, Stop};
use crate::http::Problem;

/// How often a batch is written.
const EVERY: Duration = Duration::from_millis(500);

/// Readings that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Readings {
    noted: Mutex<Vec<Access>>,
    /// Batches follow one another: who has written one knows that all before it are there.
    writing: tokio::sync::Mutex<()>,
}

impl Readings {
    fn add(&self, readings: impl IntoIterator<Item = Access>) {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).extend(readings);
    }

    fn take(&self) -> Vec<Access> {
        take(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl App {
    /// Notes that somebody was shown something of a member; `action` is a stable verb.
    pub fn note_reading(&self, by: &Actor, member_id: MemberId, action: &'static str) {
        let at = self.clock.now();
        self.readings.add([Access { actor: by.clone(), member_id, action, at }]);
    }

    /// Writes what was noted so far. What could not be written stays noted.
    pub async fn write_readings(&self) -> Result<(), Problem> {
        let _turn = self.readings.writing.lock().await;
        let batch = self.readings.take();
        if batch.is_empty() {
            return Ok(());
        }
        let rows = batch.clone();
        let written =
            self.change("note_readings", move |tx, _| Ok(tx.note_accesses(rows.clone())?)).await;
        if written.is_err() {
            self.readings.add(batch);
        }
        written
    }

    /// Writes batches until the end, and the last one then.
    pub(super) async fn keep_readings(self, mut stop: Stop) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let ends = tokio::select! {
                _ = ticks.tick() => false,
                () = stop.asked() => true,
            };
            if let Err(problem) = self.write_readings().await {
                let text = problem.log_text().unwrap_or(problem.code());
                log::warn!("readings of members could not be noted yet: {text}");
            }
            if ends {
                return;
            }
        }
    }
}
