//! Cross-origin calls: closed, unless origins are configured.

use actix_web::{
    HttpResponse,
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};

/// What browsers of an allowed origin may read and send beyond the simple.
const EXPOSED: &str = "ETag, Location, Idempotent-Replayed, Retry-After, X-Request-Id";
const HEADERS: &str =
    "Authorization, Content-Type, Idempotency-Key, If-Match, Prefer, X-Request-Id";
const METHODS: &str = "GET, HEAD, POST, PUT, DELETE";

/// The request's origin, if it is one of the configured.
pub(super) fn allowed<'a>(origins: &[String], headers: &'a HeaderMap) -> Option<&'a HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    origins.iter().any(|known| known.as_bytes() == origin.as_bytes()).then_some(origin)
}

/// True for the question that browsers ask before a call.
pub(super) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    *method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to that question.
pub(super) fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, METHODS))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"))
        .finish()
}

/// Lets the origin read the answer.
pub(super) fn open(headers: &mut HeaderMap, origin: HeaderValue) {
    let set = |headers: &mut HeaderMap, name: HeaderName, value: HeaderValue| {
        headers.insert(name, value);
    };
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    set(headers, header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    set(headers, header::VARY, HeaderValue::from_static("Origin"));
}
