//! The system's time with a business day that tests move.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::Clock;
use pensipro_server::clock::SystemClock;

#[derive(Debug)]
pub(crate) struct HouseClock {
    system: SystemClock,
    today: Mutex<NaiveDate>,
}

impl HouseClock {
    pub(crate) fn new(today: NaiveDate) -> Self {
        Self {
            system: SystemClock::new(chrono_tz::Tz::Asia__Jakarta, None),
            today: Mutex::new(today),
        }
    }

    pub(crate) fn set(&self, today: NaiveDate) {
        *self.today.lock().unwrap_or_else(PoisonError::into_inner) = today;
    }
}

impl Clock for HouseClock {
    fn now(&self) -> DateTime<Utc> {
        self.system.now()
    }

    fn today(&self) -> NaiveDate {
        *self.today.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
