//! Failed sign-ins by address: many in a minute, and the address waits.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::http::{Problem, codes};

const WINDOW: Duration = Duration::from_secs(60);

/// Addresses kept at once; past it those whose minute is over are forgotten first.
const KEPT: usize = 10_000;

/// Counts failures in windows of a minute.
#[derive(Debug)]
pub struct Failures {
    limit: u32,
    by_address: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Failures {
    /// So many failures a minute are let pass.
    pub fn new(limit: u32) -> Self {
        Self { limit, by_address: Mutex::default() }
    }

    /// Refuses an address that failed too often, and tells when its minute is over.
    pub fn check(&self, address: Option<IpAddr>, now: Instant) -> Result<(), Problem> {
        let Some(address) = address else { return Ok(()) };
        let counts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get(&address) {
            Some((since, count)) if *count >= self.limit && now < *since + WINDOW => {
                let left = (*since + WINDOW).saturating_duration_since(now).as_secs() + 1;
                let detail = "too many failed sign-ins from this address; wait a little";
                Err(Problem::new(codes::TOO_MANY_TRIES, detail).retry_after(left))
            }
            _ => Ok(()),
        }
    }

    /// Counts a failure.
    pub fn note(&self, address: Option<IpAddr>, now: Instant) {
        let Some(address) = address else { return };
        let mut counts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= KEPT {
            counts.retain(|_, (since, _)| now < *since + WINDOW);
        }
        if counts.len() >= KEPT {
            counts.clear();
        }
        let entry = counts.entry(address).or_insert((now, 0));
        if now >= entry.0 + WINDOW {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_waits_out_its_minute_and_others_do_not() {
        let failures = Failures::new(2);
        let (one, other) = (Some(IpAddr::from([10, 0, 0, 1])), Some(IpAddr::from([10, 0, 0, 2])));
        let start = Instant::now();
        failures.note(one, start);
        assert!(failures.check(one, start).is_ok());
        failures.note(one, start);
        assert!(failures.check(one, start).is_err());
        assert!(failures.check(other, start).is_ok());
        assert!(failures.check(one, start + WINDOW).is_ok());
    }
}
