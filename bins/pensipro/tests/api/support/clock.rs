//! The system's time, which tests put forward, with a business day that they move.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use pensipro_kernel::Clock;
use pensipro_server::clock::SystemClock;

#[derive(Debug)]
pub(crate) struct HouseClock {
    system: SystemClock,
    today: Mutex<NaiveDate>,
    ahead: Mutex<TimeDelta>,
}

impl HouseClock {
    pub(crate) fn new(today: NaiveDate) -> Self {
        Self {
            system: SystemClock::new(chrono_tz::Tz::Asia__Jakarta, None),
            today: Mutex::new(today),
            ahead: Mutex::default(),
        }
    }

    /// Puts the time forward.
    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    pub(crate) fn set(&self, today: NaiveDate) {
        *self.today.lock().unwrap_or_else(PoisonError::into_inner) = today;
    }
}

impl Clock for HouseClock {
    fn now(&self) -> DateTime<Utc> {
        self.system.now() + *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn today(&self) -> NaiveDate {
        *self.today.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
