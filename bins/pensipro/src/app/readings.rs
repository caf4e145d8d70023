//! Who read members' details: noted in memory, written in batches beside requests. A crash loses at
//! most what was noted since the last batch. Memory holds so many and no more; beyond them nothing
//! is shown that could not be noted.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pensipro_kernel::{Actor, MemberId};
use pensipro_persistence::Access;
use tokio::time::{MissedTickBehavior, interval};

use super::{App, Stop};
use crate::http::{Problem, codes};

/// How often a batch is written.
const EVERY: Duration = Duration::from_millis(500);

/// Readings that are not written yet.
#[derive(Debug)]
pub(super) struct Readings {
    /// How many may wait.
    most: usize,
    noted: Mutex<Vec<Access>>,
    /// Batches follow one another: who has written one knows that all before it are there.
    writing: tokio::sync::Mutex<()>,
}

impl Readings {
    pub(super) fn new(most: usize) -> Self {
        Self { most, noted: Mutex::default(), writing: tokio::sync::Mutex::default() }
    }

    fn noted(&self) -> MutexGuard<'_, Vec<Access>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a reading, or gives it back where too many wait.
    fn add(&self, reading: Access) -> Option<Access> {
        let mut noted = self.noted();
        if noted.len() >= self.most {
            return Some(reading);
        }
        noted.push(reading);
        None
    }
}

impl App {
    /// Notes that somebody is shown something of a member; `action` is a stable verb. Where too many
    /// readings wait to be written, this one waits until they are.
    ///
    /// # Errors
    /// The note finds no room: the answer must not be given.
    pub async fn note_reading(
        &self,
        by: &Actor,
        member_id: MemberId,
        action: &'static str,
    ) -> Result<(), Problem> {
        let reading = Access { actor: by.clone(), member_id, action, at: self.clock.now() };
        let Some(reading) = self.readings.add(reading) else { return Ok(()) };
        self.try_to_write().await;
        match self.readings.add(reading) {
            None => Ok(()),
            Some(_) => {
                let detail = "who reads cannot be noted now; try again";
                Err(Problem::new(codes::ACCESS_LOG_FULL, detail).retry_after(1))
            }
        }
    }

    /// Writes what was noted so far. What could not be written stays noted.
    pub async fn write_readings(&self) -> Result<(), Problem> {
        let _turn = self.readings.writing.lock().await;
        let rows = self.readings.noted().clone();
        if rows.is_empty() {
            return Ok(());
        }
        let written = rows.len();
        self.change("note_readings", move |tx, _| Ok(tx.note_accesses(rows.clone())?)).await?;
        // Others were noted behind them meanwhile.
        self.readings.noted().drain(..written);
        Ok(())
    }

    async fn try_to_write(&self) {
        self.chore_ended("members.readings", &self.write_readings().await);
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
            self.try_to_write().await;
            if ends {
                let lost = self.readings.noted().len();
                if lost > 0 {
                    log::error!("{lost} readings of members were never written");
                }
                return;
            }
        }
    }
}
