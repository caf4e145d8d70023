//! JSON bodies.

use std::{fmt, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{StatusCode, header},
    web::BytesMut,
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::{Once, Waiting, plain_fault};
use crate::{
    App,
    http::{Problem, codes},
};

/// A JSON body of the form `T`, which refuses unknown fields. Whether the values can be taken is the
/// domain's to say.
#[derive(Debug)]
pub struct Valid<T> {
    body: T,
    once: Once,
}

/// A `POST` without a body. (One that is sent all the same must be empty, or `{}`.)
#[derive(Debug)]
pub struct NoBody(Once);

impl<T> Valid<T> {
    /// The body alone, for a `PUT`.
    pub fn into_inner(self) -> T {
        self.body
    }

    /// The request's idempotency key and the body, for a `POST`.
    pub fn split(self) -> (Once, T) {
        (self.once, self.body)
    }
}

impl NoBody {
    /// The request's idempotency key.
    pub fn once(self) -> Once {
        self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Valid<T> {
    type Error = Problem;
    type Future = Waiting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            expect_json(&request)?;
            let bytes = read_body(&request, payload).await?;
            expect_object(&bytes)?;
            let body = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
            Ok(Self { body, once: Once::of(&request, &bytes)? })
        })
    }
}

impl FromRequest for NoBody {
    type Error = Problem;
    type Future = Waiting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read_body(&request, payload).await?;
            if !matches!(bytes.trim_ascii(), b"" | b"{}") {
                let detail = "this request takes no body";
                return Err(Problem::new(codes::UNREADABLE_BODY, detail));
            }
            Once::of(&request, b"").map(Self)
        })
    }
}

async fn read_body(request: &HttpRequest, payload: Payload) -> Result<BytesMut, Problem> {
    let app = App::extract(request).await?;
    let (limit, within) = (app.config.json_max_bytes, app.config.body_timeout);
    read_all(payload, limit, within).await
}

/// Everything of a body, up to a size and within a time.
pub(crate) async fn read_all(
    mut payload: Payload,
    limit: usize,
    within: Duration,
) -> Result<BytesMut, Problem> {
    let read = async {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| broken_off())?;
            if bytes.len() + chunk.len() > limit {
                return Err(too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    timeout(within, read).await.unwrap_or_else(|_| Err(too_slow()))
}

fn expect_json(request: &HttpRequest) -> Result<(), Problem> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        let detail = "send the body without Content-Encoding";
        return Err(Problem::new(codes::WRONG_CONTENT_TYPE, detail));
    }
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let text = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = text.split(';').next().unwrap_or_default().trim();
    if media.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(codes::WRONG_CONTENT_TYPE, "send the body as application/json"))
}

/// Serde would take an array for an object, its fields in order.
fn expect_object(bytes: &[u8]) -> Result<(), Problem> {
    if bytes.trim_ascii_start().first() == Some(&b'{') {
        return Ok(());
    }
    Err(Problem::new(codes::UNREADABLE_BODY, "the body is a JSON object"))
}

fn unreadable(error: &serde_json::Error) -> Problem {
    let detail = match error.classify() {
        serde_json::error::Category::Data => plain_fault(&error.to_string()),
        _ => format!(
            "the JSON breaks off or is broken at line {} column {}",
            error.line(),
            error.column()
        ),
    };
    Problem::new(codes::UNREADABLE_BODY, detail)
}

pub(crate) fn too_large(limit: impl fmt::Display) -> Problem {
    let detail = format!("at most {limit} bytes are taken here");
    Problem::new(codes::BODY_TOO_LARGE, detail)
}

pub(crate) fn too_slow() -> Problem {
    Problem::new(codes::BODY_TIMEOUT, "the body did not come in time")
        .with_status(StatusCode::REQUEST_TIMEOUT)
}

pub(crate) fn broken_off() -> Problem {
    Problem::new(codes::UNREADABLE_BODY, "the body broke off")
}
