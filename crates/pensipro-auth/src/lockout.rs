//! The timed lock of an account after too many wrong passwords.

use chrono::{DateTime, TimeDelta, Utc};

/// An account's failed sign-ins. A lock ends by itself and, from outside, looks like a wrong
/// password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lockout {
    /// Wrong passwords since the last success or lock.
    pub failed_attempts: i32,
    /// No sign-in before this time.
    pub locked_until: Option<DateTime<Utc>>,
}

impl Lockout {
    /// How long a lock lasts.
    pub const LASTS: TimeDelta = TimeDelta::minutes(15);

    /// True while no password is taken, right or wrong.
    pub fn is_locked(&self, now: DateTime<Utc>) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }

    /// After one more wrong password. Tries during a lock neither count nor prolong it, so that
    /// nobody can be kept out for good.
    #[must_use]
    pub fn after_failure(self, now: DateTime<Utc>, max_attempts: u16) -> Self {
        if self.is_locked(now) {
            return self;
        }
        let failed_attempts = self.failed_attempts.saturating_add(1);
        if failed_attempts < i32::from(max_attempts) {
            return Self { failed_attempts, locked_until: None };
        }
        Self { failed_attempts: 0, locked_until: now.checked_add_signed(Self::LASTS) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).unwrap()
    }

    #[test]
    fn the_last_try_locks_for_a_quarter_of_an_hour() {
        let mut lockout = Lockout::default();
        for _ in 0..4 {
            lockout = lockout.after_failure(at(0), 5);
            assert!(!lockout.is_locked(at(0)));
        }
        lockout = lockout.after_failure(at(0), 5);
        assert!(lockout.is_locked(at(0)) && lockout.is_locked(at(14)));
        assert!(!lockout.is_locked(at(15)));
    }

    #[test]
    fn tries_during_a_lock_do_not_prolong_it() {
        let locked = Lockout::default().after_failure(at(0), 1);
        assert_eq!(locked.after_failure(at(10), 1), locked);
        assert!(locked.after_failure(at(16), 1).is_locked(at(30)));
    }
}
