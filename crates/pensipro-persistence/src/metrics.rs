//! Counts and times of transactions by name, of statements and of exceptions, for the metrics page.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
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

/// How long the transactions of one name took, with all their runs; the wait for a connection is not
/// counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WriteTimes {
    /// All together.
    pub total: Duration,
    /// How many took at most as long as each of [`WriteTimes::BOUNDS`]; longer ones are in none.
    pub within: [u64; WriteTimes::BOUNDS.len()],
    /// How many there were.
    pub count: u64,
}

impl WriteTimes {
    /// The bounds that times are counted by.
    pub const BOUNDS: [Duration; 9] = [
        Duration::from_millis(2),
        Duration::from_millis(5),
        Duration::from_millis(10),
        Duration::from_millis(25),
        Duration::from_millis(50),
        Duration::from_millis(100),
        Duration::from_millis(250),
        Duration::from_secs(1),
        Duration::from_secs(5),
    ];

    fn add(&mut self, took: Duration) {
        self.total = self.total.saturating_add(took);
        self.count += 1;
        for (bound, within) in Self::BOUNDS.iter().zip(&mut self.within) {
            *within += u64::from(took <= *bound);
        }
    }
}

/// Exceptions that were noted since the start, by severity and source.
pub type NotedExceptions = BTreeMap<(&'static str, &'static str), u64>;

#[derive(Debug, Default)]
pub(crate) struct Metrics {
    writes: Mutex<BTreeMap<&'static str, WriteCounts>>,
    times: Mutex<BTreeMap<&'static str, WriteTimes>>,
    noted: Mutex<NotedExceptions>,
    statements: AtomicU64,
    slow_statements: AtomicU64,
    /// Statements and transactions that take longer are told of in the log.
    slow_after: Option<Duration>,
}

impl Metrics {
    pub(crate) fn new(slow_after: Option<Duration>) -> Self {
        Self { slow_after, ..Self::default() }
    }

    pub(crate) fn count(&self, name: &'static str, change: impl FnOnce(&mut WriteCounts)) {
        let mut counts = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        change(counts.entry(name).or_default());
    }

    pub(crate) fn snapshot(&self) -> BTreeMap<&'static str, WriteCounts> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A transaction ended; a slow one is told of, without a value of its parameters.
    pub(crate) fn took(&self, name: &'static str, took: Duration) {
        if self.is_slow(took) {
            let ms = millis(took);
            log::warn!(target: "pensipro::slow", use_case = name, ms = ms; "a slow transaction");
        }
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        times.entry(name).or_default().add(took);
    }

    pub(crate) fn times(&self) -> BTreeMap<&'static str, WriteTimes> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A statement ended; a slow one is told of by its place in the code, without text or values.
    pub(crate) fn statement(
        &self,
        use_case: Option<&'static str>,
        at: &std::panic::Location<'_>,
        took: Duration,
    ) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        if self.is_slow(took) {
            self.slow_statements.fetch_add(1, Ordering::Relaxed);
            let (use_case, at, ms) = (use_case.unwrap_or("-"), at.to_string(), millis(took));
            log::warn!(
                target: "pensipro::slow", use_case = use_case, statement = at.as_str(), ms = ms;
                "a slow statement"
            );
        }
    }

    fn is_slow(&self, took: Duration) -> bool {
        self.slow_after.is_some_and(|limit| took >= limit)
    }

    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn slow_statements(&self) -> u64 {
        self.slow_statements.load(Ordering::Relaxed)
    }

    pub(crate) fn note(&self, exceptions: &NotedExceptions) {
        if exceptions.is_empty() {
            return;
        }
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        for (kind, count) in exceptions {
            *noted.entry(*kind).or_default() += count;
        }
    }

    pub(crate) fn noted(&self) -> NotedExceptions {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_counted_within_every_bound_that_it_keeps() {
        let mut times = WriteTimes::default();
        [1, 5, 30, 20_000].into_iter().for_each(|ms| times.add(Duration::from_millis(ms)));
        assert_eq!(times.within, [1, 2, 2, 2, 3, 3, 3, 3, 3]);
        assert_eq!((times.count, times.total), (4, Duration::from_millis(20_036)));
    }
}
