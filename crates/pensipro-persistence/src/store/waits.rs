//! Waiting for a connection, counted.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Waits of less than this are none: a connection was free.
const AT_ONCE: Duration = Duration::from_millis(1);

/// Who waited for a connection since the start, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waits {
    /// How many waited, those who gave up among them.
    pub count: u64,
    /// How many gave up.
    pub given_up: u64,
    /// How long all of them waited.
    pub total: Duration,
}

/// The counters behind it.
#[derive(Debug, Default)]
pub(super) struct WaitCounters {
    count: AtomicU64,
    given_up: AtomicU64,
    micros: AtomicU64,
}

impl WaitCounters {
    /// Somebody asked, waited so long and came to something or gave up.
    pub(super) fn add(&self, waited: Duration, came: bool) {
        if came && waited < AT_ONCE {
            return;
        }
        self.count.fetch_add(1, Ordering::Relaxed);
        self.given_up.fetch_add(u64::from(!came), Ordering::Relaxed);
        let micros = u64::try_from(waited.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> Waits {
        Waits {
            count: self.count.load(Ordering::Relaxed),
            given_up: self.given_up.load(Ordering::Relaxed),
            total: Duration::from_micros(self.micros.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waited_or_gave_up_counts() {
        let waits = WaitCounters::default();
        waits.add(Duration::from_micros(900), true);
        waits.add(Duration::from_millis(4), true);
        waits.add(Duration::from_micros(10), false);
        let total = Duration::from_micros(4_010);
        assert_eq!(waits.snapshot(), Waits { count: 2, given_up: 1, total });
    }
}
