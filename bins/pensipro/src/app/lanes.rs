//! The lanes in which messages go: which are worked on here, and how much each may send.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use pensipro_kernel::DeliveryId;
use pensipro_notifications::{Lane, TokenBucket};
use tokio::sync::Notify;

use crate::clock::hex;

/// What this process knows of the lanes.
#[derive(Debug)]
pub(super) struct Lanes {
    /// Told when something is ready to go.
    pub(super) wake: Notify,
    /// What begins the keys of this installation's messages.
    prefix: String,
    begun: Instant,
    busy: Mutex<HashSet<Lane>>,
    buckets: Mutex<HashMap<Lane, TokenBucket>>,
}

/// A lane that is worked on, until this is dropped.
#[derive(Debug)]
pub(super) struct Busy<'a>(&'a Lanes, Lane);

impl Lanes {
    /// All free; the secret marks this installation's messages.
    pub(super) fn new(secret: &[u8; 32]) -> Self {
        let prefix = hex(secret.get(..8).unwrap_or_default());
        let (busy, buckets) = (Mutex::default(), Mutex::default());
        Self { wake: Notify::new(), prefix, begun: Instant::now(), busy, buckets }
    }

    /// What marks a message as the same one at each try, here and on any other instance.
    pub(super) fn key(&self, id: DeliveryId) -> String {
        format!("{}-{id}", self.prefix)
    }

    /// Takes a lane, unless it is worked on here already.
    pub(super) fn take(&self, lane: Lane) -> Option<Busy<'_>> {
        let taken = self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(lane);
        taken.then_some(Busy(self, lane))
    }

    /// Permits of a lane, as many as there are now and not more than wanted.
    pub(super) fn permits(&self, lane: Lane, per_minute: u32, wanted: u32) -> u32 {
        let now = self.now();
        let mut buckets = self.buckets();
        let bucket = buckets.entry(lane).or_insert_with(|| TokenBucket::new(per_minute, now));
        bucket.set_rate(per_minute, now);
        bucket.take(wanted, now)
    }

    /// Gives permits back that were not used.
    pub(super) fn give_back(&self, lane: Lane, unused: u32) {
        if let Some(bucket) = self.buckets().get_mut(&lane) {
            bucket.give_back(unused);
        }
    }

    fn buckets(&self) -> MutexGuard<'_, HashMap<Lane, TokenBucket>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.begun.elapsed()
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}
