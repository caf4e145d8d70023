//! How long a caller wants to wait (RFC 7240).

use std::time::Duration;

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::http::Problem;

/// Waiting when nothing is said.
const USUAL: Duration = Duration::from_secs(30);

/// The longest waiting: a caller who wants more asks again.
const LONGEST: Duration = Duration::from_secs(60);

/// `Prefer: wait=N`, or `respond-async`: how long a request may wait for the end of what it began.
/// Other preferences, and those that cannot be read, count as absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefer {
    /// At most so long.
    pub wait: Duration,
}

impl FromRequest for Prefer {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let values = request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
        std::future::ready(Ok(Self { wait: wait(values) }))
    }
}

/// The first of a preference counts.
fn wait<'a>(values: impl Iterator<Item = &'a str>) -> Duration {
    let mut preferences = values.flat_map(|value| value.split(',')).map(str::trim);
    let seconds = preferences.find_map(|preference| {
        let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "respond-async" => Some(0),
            "wait" => value.trim().trim_matches('"').parse::<u64>().ok(),
            _ => None,
        }
    });
    seconds.map_or(USUAL, Duration::from_secs).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_what_the_caller_prefers_within_bounds() {
        let seconds = |values: &[&'static str]| wait(values.iter().copied()).as_secs();
        assert_eq!(seconds(&[]), 30);
        assert_eq!(seconds(&["wait=5"]), 5);
        assert_eq!(seconds(&["return=minimal, Wait=\"7\""]), 7);
        assert_eq!(seconds(&["respond-async"]), 0);
        assert_eq!(seconds(&["wait=0", "wait=9"]), 0);
        assert_eq!(seconds(&["wait=soon"]), 30);
        assert_eq!(seconds(&["wait=86400"]), 60);
    }
}
