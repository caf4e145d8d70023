//! Idempotency keys.

use std::fmt;

use actix_web::{HttpRequest, http::Method, web::Data};
use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};
use pensipro_persistence::RequestKey;

use super::caller::known;
use crate::{
    App,
    http::{Problem, codes},
};

const HEADER: &str = "idempotency-key";

/// What makes a `POST` have its effect once, if its caller sent an `Idempotency-Key`.
#[derive(Debug)]
pub struct Once(Option<RequestKey>);

/// Makes the fingerprints of requests. They are keyed: a body may hold a password, and a plain
/// digest of it could be guessed at from a stolen database.
pub struct FingerprintKey(hmac::Key);

impl FingerprintKey {
    /// The key that follows from a secret all instances share.
    pub fn derive(secret: &[u8]) -> Self {
        let derived = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, secret),
            b"pensipro request fingerprint 1",
        );
        Self(hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()))
    }

    /// What tells one request from another.
    fn fingerprint(&self, method: &str, target: &str, body: &[u8]) -> [u8; 32] {
        let body = digest(&SHA256, body);
        let asked = [method.as_bytes(), b"\n", target.as_bytes(), b"\n", body.as_ref()].concat();
        let mut array = [0; 32];
        array.copy_from_slice(hmac::sign(&self.0, &asked).as_ref());
        array
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

impl Once {
    /// The key of a request with this body.
    pub(crate) fn of(request: &HttpRequest, body: &[u8]) -> Result<Self, Problem> {
        let mut values = request.headers().get_all(HEADER);
        let Some(value) = values.next() else { return Ok(Self(None)) };
        if *request.method() != Method::POST {
            return Ok(Self(None));
        }
        if values.next().is_some() {
            let detail = "Idempotency-Key stands once at the most";
            return Err(Problem::new(codes::INVALID_HEADER, detail));
        }
        let key = value.to_str().ok().filter(|key| is_printable(key)).ok_or_else(|| {
            let detail = "Idempotency-Key has 1 to 255 printable ASCII characters";
            Problem::new(codes::INVALID_HEADER, detail)
        })?;
        let user_id = match known(request) {
            Ok(caller) => caller.user_id,
            Err(_) => return Ok(Self(None)),
        };
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let app = request.app_data::<Data<App>>();
        let app = app.ok_or_else(|| Problem::internal("the application is not there"))?;
        let fingerprint = app.fingerprints.fingerprint(request.method().as_str(), target, body);
        Ok(Self(Some(RequestKey { user_id, key: key.to_owned(), fingerprint })))
    }

    pub(crate) fn into_request(self) -> Option<RequestKey> {
        self.0
    }
}

fn is_printable(key: &str) -> bool {
    (1..=255).contains(&key.len()) && key.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_path_and_body_all_count() {
        let key = FingerprintKey::derive(b"secret");
        let first = key.fingerprint("POST", "/members", b"{}");
        assert_eq!(first, key.fingerprint("POST", "/members", b"{}"));
        assert_ne!(first, key.fingerprint("PUT", "/members", b"{}"));
        assert_ne!(first, key.fingerprint("POST", "/loans", b"{}"));
        assert_ne!(first, key.fingerprint("POST", "/members", b"{ }"));
        assert_ne!(first, FingerprintKey::derive(b"x").fingerprint("POST", "/members", b"{}"));
    }

    #[test]
    fn keys_are_short_and_printable() {
        assert!(is_printable("a b~"));
        for key in ["", "a\tb", "é", &"x".repeat(256)] {
            assert!(!is_printable(key), "{key}");
        }
    }
}
