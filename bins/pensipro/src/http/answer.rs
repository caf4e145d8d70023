//! What handlers give: a status, headers and a body, each kind with its own type, so that the
//! OpenAPI document and an answer that is given again follow from it.

use std::{marker::PhantomData, ops::Deref};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, Responder,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::Bytes,
};
use pensipro_kernel::Version;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Problem, codes};

/// What a handler gives.
pub type Reply<A> = Result<Answered<A>, Problem>;

/// A kind of answer.
pub trait Answer: Sized {
    /// Its parts.
    fn into_parts(self) -> Result<Parts, Problem>;
}

/// Status, headers and body of an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parts {
    status: u16,
    headers: Vec<(String, String)>,
    #[serde(with = "text")]
    body: Bytes,
}

/// An answer on its way: fresh, or given again for an idempotency key.
#[derive(Debug, Clone)]
pub struct Answered<A> {
    parts: Parts,
    replayed: bool,
    kind: PhantomData<A>,
}

/// 200 with an object. `shown.at(version)` adds its `ETag`.
#[derive(Debug)]
pub struct Shown<T> {
    body: T,
    version: Option<Version>,
}

/// 201 with the object, and where it stands.
#[derive(Debug)]
pub struct Created<T> {
    location: String,
    body: T,
    version: Option<Version>,
}

/// 204.
#[derive(Debug, Clone, Copy)]
pub struct Done;

/// 200 with a page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the next page begins; `null` on the last.
    pub next_cursor: Option<String>,
    /// Rows of the whole list, if `count=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// 200 with a file, always as an attachment.
#[derive(Debug)]
pub struct Attachment {
    /// By content, never by what a client called it.
    pub content_type: &'static str,
    /// What to save it as: letters, digits, dots and dashes; others become underscores.
    pub file_name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

/// 200 with what is no JSON object of the interface: pages, figures, the document of routes.
#[derive(Debug)]
pub struct Raw(Parts);

impl Raw {
    /// Content of a type.
    pub fn new(content_type: &str, bytes: impl Into<Bytes>) -> Self {
        let parts = Parts { status: 200, headers: Vec::new(), body: bytes.into() };
        Self(parts.with(header::CONTENT_TYPE, content_type))
    }

    /// Adds a header.
    #[must_use]
    pub fn with(self, name: HeaderName, value: &str) -> Self {
        Self(self.0.with(name, value))
    }
}

impl<T> Shown<T> {
    /// The object.
    pub fn new(body: T) -> Self {
        Self { body, version: None }
    }

    /// With its version as `ETag`.
    #[must_use]
    pub fn at(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }
}

impl<T> Created<T> {
    /// The object and its path.
    pub fn new(location: String, body: T) -> Self {
        Self { location, body, version: None }
    }

    /// With its version as `ETag`.
    #[must_use]
    pub fn at(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }
}

impl<T> List<T> {
    /// A list that comes whole.
    pub fn whole<D>(things: Vec<D>, body: impl FnMut(D) -> T) -> Self {
        Self { data: things.into_iter().map(body).collect(), next_cursor: None, total: None }
    }
}

impl Parts {
    /// An answer of this status with a JSON body.
    pub fn json<T: Serialize>(status: StatusCode, body: &T) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body)
            .map_err(|error| Problem::internal(format!("a body cannot be written: {error}")))?;
        let parts = Self { status: status.as_u16(), headers: Vec::new(), body: body.into() };
        Ok(parts.with(header::CONTENT_TYPE, "application/json"))
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name.as_str().to_owned(), value.into()));
        self
    }

    fn etag(self, version: Option<Version>) -> Self {
        match version {
            Some(version) => self.with(header::ETAG, format!("\"{}\"", version.get())),
            None => self,
        }
    }

    /// The text that is stored under an idempotency key.
    pub(crate) fn to_stored(&self) -> Result<Vec<u8>, Problem> {
        serde_json::to_vec(self)
            .map_err(|error| Problem::internal(format!("an answer cannot be stored: {error}")))
    }

    /// Reads what was stored.
    pub(crate) fn from_stored(bytes: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(bytes)
            .map_err(|error| Problem::internal(format!("a stored answer cannot be read: {error}")))
    }

    fn response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut response = HttpResponseBuilder::new(status);
        for (name, value) in &self.headers {
            response.insert_header((name.as_str(), value.as_str()));
        }
        response.body(self.body)
    }
}

impl<A: Answer> Answered<A> {
    /// A fresh answer.
    pub fn fresh(answer: A) -> Reply<A> {
        Ok(Self::of(answer.into_parts()?, false))
    }

    /// The same answer with the thing's present state.
    pub fn showing(self, answer: A) -> Reply<A> {
        Ok(Self { parts: answer.into_parts()?, ..self })
    }
}

impl<A> Answered<A> {
    pub(crate) fn of(parts: Parts, replayed: bool) -> Self {
        Self { parts, replayed, kind: PhantomData }
    }

    /// True for a stored answer that is given again.
    pub fn is_replayed(&self) -> bool {
        self.replayed
    }

    /// True for a stored 202 that is given again: the handler shows the thing's present state
    /// instead, which its `location` names.
    pub fn is_replayed_acceptance(&self) -> bool {
        self.replayed && self.parts.status == StatusCode::ACCEPTED.as_u16()
    }

    /// True for a 202, fresh or given again: the thing has a state of its own by now.
    pub fn is_acceptance(&self) -> bool {
        self.parts.status == StatusCode::ACCEPTED.as_u16()
    }

    /// The `Location`, if there is one.
    pub fn location(&self) -> Option<&str> {
        let mut headers = self.parts.headers.iter();
        headers.find(|(name, _)| name == header::LOCATION.as_str()).map(|(_, value)| value.as_str())
    }
}

impl<A> Responder for Answered<A> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = self.parts.response();
        if self.replayed {
            let name = HeaderName::from_static("idempotent-replayed");
            response.headers_mut().insert(name, HeaderValue::from_static("true"));
        }
        response
    }
}

impl<T: Serialize> Answer for Shown<T> {
    fn into_parts(self) -> Result<Parts, Problem> {
        Ok(Parts::json(StatusCode::OK, &self.body)?.etag(self.version))
    }
}

impl<T: Serialize> Answer for Created<T> {
    fn into_parts(self) -> Result<Parts, Problem> {
        let parts = Parts::json(StatusCode::CREATED, &self.body)?.etag(self.version);
        Ok(parts.with(header::LOCATION, self.location))
    }
}

impl<T: Serialize> Answer for List<T> {
    fn into_parts(self) -> Result<Parts, Problem> {
        Parts::json(StatusCode::OK, &self)
    }
}

impl Answer for Done {
    fn into_parts(self) -> Result<Parts, Problem> {
        Ok(Parts { status: 204, headers: Vec::new(), body: Bytes::new() })
    }
}

impl Answer for Attachment {
    fn into_parts(self) -> Result<Parts, Problem> {
        let parts = Parts { status: 200, headers: Vec::new(), body: self.bytes.into() };
        Ok(parts
            .with(header::CONTENT_TYPE, self.content_type)
            .with(header::CONTENT_DISPOSITION, disposition(&self.file_name)))
    }
}

impl Answer for Raw {
    fn into_parts(self) -> Result<Parts, Problem> {
        Ok(self.0)
    }
}

impl<T> Deref for Shown<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

/// The header of a file to be saved: what could break out of its quotes becomes an underscore.
pub(crate) fn disposition(file_name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' };
    let name: String = file_name.chars().map(safe).collect();
    format!("attachment; filename=\"{name}\"")
}

/// A problem of the idempotency key: it stands for another request.
pub(crate) fn key_reused() -> Problem {
    Problem::new(codes::KEY_REUSED, "this Idempotency-Key was used for another path or body")
}

/// A problem of the idempotency key: the first request has not ended.
pub(crate) fn key_in_progress() -> Problem {
    Problem::new(codes::KEY_IN_PROGRESS, "the first request with this Idempotency-Key still runs")
        .retry_after(1)
}

/// Bodies of stored answers are JSON, hence text.
mod text {
    use actix_web::web::Bytes;
    use serde::{Deserialize, Deserializer, Serializer, ser::Error};

    pub(super) fn serialize<S: Serializer>(body: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(std::str::from_utf8(body).map_err(S::Error::custom)?)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        String::deserialize(from).map(Bytes::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_answer_comes_back_as_it_was() {
        let created = Created::new("/users/7".into(), serde_json::json!({"id": 7}));
        let parts = created.at(Version::FIRST).into_parts().unwrap();
        let stored = parts.to_stored().unwrap();
        let response = Parts::from_stored(&stored).unwrap().response();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers().get("location").unwrap(), "/users/7");
        assert_eq!(response.headers().get("etag").unwrap(), "\"1\"");
    }

    #[test]
    fn a_file_name_cannot_break_out_of_its_header() {
        let file = Attachment {
            content_type: "application/pdf",
            file_name: "a\"; x=\"b\r\n.pdf".into(),
            bytes: vec![1],
        };
        let response = file.into_parts().unwrap().response();
        let header = response.headers().get("content-disposition").unwrap();
        assert_eq!(header, "attachment; filename=\"a___x__b__.pdf\"");
    }
}
