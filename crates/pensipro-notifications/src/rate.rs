//! How much may go out in how much time.

use std::time::Duration;

/// What a full bucket holds: so many seconds' worth.
const SECONDS: u64 = 2;

/// A bucket of permits that fills steadily and holds two seconds' worth at most, and at least one
/// permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBucket {
    per_minute: u32,
    /// Sixty-millionths of a permit.
    level: u64,
    at: Duration,
}

/// A permit, in the units of the level: a microsecond fills as many as permits a minute.
const PERMIT: u64 = 60_000_000;

impl TokenBucket {
    /// A full one; times are told from any one moment on.
    pub fn new(per_minute: u32, at: Duration) -> Self {
        let mut bucket = Self { per_minute, level: 0, at };
        bucket.level = bucket.most();
        bucket
    }

    fn most(&self) -> u64 {
        (u64::from(self.per_minute) * SECONDS * 1_000_000).max(PERMIT)
    }

    /// Fills at another rate from now on.
    pub fn set_rate(&mut self, per_minute: u32, now: Duration) {
        self.fill(now);
        self.per_minute = per_minute;
        self.level = self.level.min(self.most());
    }

    /// Takes up to so many permits; gives how many there were.
    pub fn take(&mut self, wanted: u32, now: Duration) -> u32 {
        self.fill(now);
        let there = u32::try_from(self.level / PERMIT).unwrap_or(u32::MAX);
        let taken = wanted.min(there);
        self.level = self.level.saturating_sub(u64::from(taken) * PERMIT);
        taken
    }

    /// Puts permits back that were not used.
    pub fn give_back(&mut self, unused: u32) {
        let level = self.level.saturating_add(u64::from(unused) * PERMIT);
        self.level = level.min(self.most());
    }

    fn fill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.at);
        let micros = u64::try_from(passed.as_micros()).unwrap_or(u64::MAX);
        let more = micros.saturating_mul(u64::from(self.per_minute));
        self.level = self.level.saturating_add(more).min(self.most());
        self.at = self.at.max(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_slow_channel_gets_its_permits_one_by_one() {
        let mut bucket = TokenBucket::new(6, Duration::ZERO);
        assert_eq!(bucket.take(9, Duration::ZERO), 1);
        assert_eq!(bucket.take(9, Duration::from_secs(9)), 0);
        assert_eq!(bucket.take(9, Duration::from_secs(10)), 1);
        bucket.give_back(1);
        assert_eq!(bucket.take(9, Duration::from_secs(10)), 1);
        bucket.set_rate(600, Duration::from_secs(10));
        assert_eq!(bucket.take(99, Duration::from_secs(11)), 10);
        assert_eq!(
            bucket.take(99, Duration::from_secs(100)),
            20,
            "no more than two seconds' worth"
        );
    }

    proptest! {
        #[test]
        fn no_more_goes_out_than_the_rate_and_what_a_full_bucket_holds(
            rate in 1_u32..10_000,
            asks in proptest::collection::vec((0_u32..500, 0_u64..5_000), 1..50),
        ) {
            let mut bucket = TokenBucket::new(rate, Duration::ZERO);
            let (mut now, mut taken) = (0, 0_u64);
            for (wanted, millis) in asks {
                now += millis;
                taken += u64::from(bucket.take(wanted, Duration::from_millis(now)));
            }
            let full = (u64::from(rate) * SECONDS / 60).max(1);
            prop_assert!(taken <= u64::from(rate) * now / 60_000 + full + 1);
        }
    }
}
