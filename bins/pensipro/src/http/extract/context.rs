//! What is known of a request before anything else: its id, where it came from, when.

use std::{net::IpAddr, sync::Arc, time::Instant};

use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest, http::header::HeaderMap};
use pensipro_kernel::Entropy;

use crate::clock::random_hex;

/// A request's circumstances.
#[derive(Debug, Clone)]
pub struct RequestInfo {
    /// Its id: the caller's `X-Request-Id`, or one that was made.
    pub id: Arc<str>,
    /// The caller's address.
    pub ip: Option<IpAddr>,
    /// When it came.
    pub began: Instant,
}

impl RequestInfo {
    pub(crate) fn new(request: &ServiceRequest, proxies: &[IpAddr], entropy: &dyn Entropy) -> Self {
        let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
        let id = match given {
            Some(id) if is_plain(id) => Arc::from(id),
            _ => Arc::from(random_hex::<16>(entropy)),
        };
        let peer = request.peer_addr().map(|peer| peer.ip());
        Self { id, ip: address(peer, request.headers(), proxies), began: Instant::now() }
    }

    /// A request's.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }
}

/// Ids go into logs and rows: 1 to 128 plain characters.
fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=128).contains(&id.len()) && id.bytes().all(plain)
}

/// The peer's address; behind a trusted proxy the last one that no trusted proxy stands for.
fn address(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpAddr]) -> Option<IpAddr> {
    let peer = peer?;
    if !proxies.contains(&peer) {
        return Some(peer);
    }
    let all: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut nearest = peer;
    for text in all.into_iter().rev() {
        match text.trim().parse::<IpAddr>() {
            Ok(ip) => nearest = ip,
            Err(_) => break,
        }
        if !proxies.contains(&nearest) {
            break;
        }
    }
    Some(nearest)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn forwarded(text: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static("x-forwarded-for");
        headers.insert(name, HeaderValue::from_static(text));
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn forwarded_addresses_count_from_trusted_proxies_alone() {
        let headers = forwarded("6.6.6.6, 1.2.3.4, 10.0.0.2");
        let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
        let seen = |peer: &str, proxies: &[IpAddr]| address(Some(ip(peer)), &headers, proxies);
        assert_eq!(seen("9.9.9.9", &proxies), Some(ip("9.9.9.9")));
        assert_eq!(seen("10.0.0.1", &proxies), Some(ip("1.2.3.4")));
        assert_eq!(seen("10.0.0.1", &[]), Some(ip("10.0.0.1")));
        assert_eq!(
            address(Some(ip("10.0.0.1")), &forwarded("junk"), &proxies),
            Some(ip("10.0.0.1"))
        );
    }

    #[test]
    fn request_ids_are_plain_and_short() {
        assert!(is_plain("a-1_b.c:d"));
        for id in ["", "a b", "a\n", "é", &"x".repeat(129)] {
            assert!(!is_plain(id), "{id}");
        }
    }
}
