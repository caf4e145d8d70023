//! Counts of transactions by name and of statements, for the metrics page.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// What happened to the transactions of one name since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteCounts {
    /// Committed.
    pub committed: u64,
    /// Rolled back: refused by a rule, or failed.
    pub rolled_back: u64,
    /// Run again after a deadlock or a serialisation failure.
    pub retried: u64,
    /// Refused because no connection came free in time.
    pub starved: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    writes: Mutex<BTreeMap<&'static str, WriteCounts>>,
    statements: AtomicU64,
}

impl Metrics {
    pub(crate) fn count(&self, name: &'static str, change: impl FnOnce(&mut WriteCounts)) {
        let mut counts = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        change(counts.entry(name).or_default());
    }

    pub(crate) fn snapshot(&self) -> BTreeMap<&'static str, WriteCounts> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn count_statement(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }
}
