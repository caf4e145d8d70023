//! The clock and chance, taken from the system: the seams' one implementation.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use pensipro_kernel::{Clock, Entropy};

/// The system's time, and the business day of a zone or a pinned one.
#[derive(Debug, Clone)]
pub struct SystemClock {
    zone: Tz,
    pinned: Option<NaiveDate>,
}

impl SystemClock {
    /// The clock of a zone; `pinned` stands still as the business day.
    pub fn new(zone: Tz, pinned: Option<NaiveDate>) -> Self {
        Self { zone, pinned }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the seam")]
    fn now(&self) -> DateTime<Utc> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    fn today(&self) -> NaiveDate {
        self.pinned.unwrap_or_else(|| self.now().with_timezone(&self.zone).date_naive())
    }
}

/// The operating system's random bytes.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "this is the seam")]
    fn fill(&self, buffer: &mut [u8]) {
        // Without random bytes no key or token is safe: nothing sensible is left to do.
        aws_lc_rs::rand::fill(buffer).expect("the operating system gives random bytes");
    }
}

/// Random bytes as hexadecimal digits.
pub fn random_hex<const N: usize>(entropy: &dyn Entropy) -> String {
    let mut bytes = [0_u8; N];
    entropy.fill(&mut bytes);
    hex(&bytes)
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pinned_day_stands_still_and_the_time_goes_on() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 31).unwrap();
        let clock = SystemClock::new(Tz::Asia__Jakarta, Some(day));
        assert_eq!(clock.today(), day);
        assert_eq!(clock.now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
