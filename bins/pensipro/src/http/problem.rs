//! Refusals as they leave the house: one type, from every module's errors. Internal text stays in
//! it for the log and has no way into a response.

use std::fmt;

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use pensipro_kernel::{Class, DomainError, ErrorKind, FieldFault};
use serde_json::{Map, Value};

/// A refusal, to be written as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone)]
pub struct Problem(Box<Contents>);

/// Boxed, so that a `Result` of a handler stays small.
#[derive(Debug, Clone)]
struct Contents {
    kind: ErrorKind,
    status: StatusCode,
    detail: String,
    fields: Vec<FieldFault>,
    extensions: Map<String, Value>,
    headers: Vec<(header::HeaderName, String)>,
    internal: Option<String>,
}

impl Problem {
    /// A refusal of this kind.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        let status = status(kind.class);
        let mut problem = Self(Box::new(Contents {
            kind,
            status,
            detail: detail.into(),
            fields: Vec::new(),
            extensions: Map::new(),
            headers: Vec::new(),
            internal: None,
        }));
        match kind.class {
            Class::Unauthenticated => problem = problem.header(header::WWW_AUTHENTICATE, "Bearer"),
            Class::Unavailable => problem = problem.retry_after(1),
            _ => {}
        }
        problem
    }

    /// A fault of ours; the text is for the log alone.
    pub fn internal(text: impl Into<String>) -> Self {
        pensipro_kernel::StorageError::Failed(text.into()).into()
    }

    /// Another status than its class has.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.retain(|(held, _)| *held != name);
        self.0.headers.push((name, value.into()));
        self
    }

    /// Tells when to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, seconds.to_string())
    }

    /// Adds a member to the document.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.extensions.insert(member.to_owned(), value.into());
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.kind.code
    }

    /// True if the same may succeed a little later: a busy database, a race that was lost.
    pub fn may_pass(&self) -> bool {
        matches!(self.0.kind.class, Class::Unavailable | Class::Conflict | Class::Stale)
    }

    /// What the caller is told.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The text for the log, if it is a fault of ours.
    pub fn log_text(&self) -> Option<&str> {
        self.0.internal.as_deref()
    }

    /// The faults of fields that it tells of.
    pub fn fields(&self) -> &[FieldFault] {
        &self.0.fields
    }

    /// The document, with the request's id.
    pub fn document(&self, request_id: &str) -> Value {
        let mut document = Map::new();
        document.insert("type".into(), format!("urn:pensipro:error:{}", self.0.kind.code).into());
        document.insert("title".into(), self.0.kind.title.into());
        document.insert("status".into(), self.0.status.as_u16().into());
        document.insert("detail".into(), self.0.detail.clone().into());
        document.insert("code".into(), self.0.kind.code.into());
        document.insert("request_id".into(), request_id.into());
        if !self.0.fields.is_empty() {
            let fields = serde_json::to_value(&self.0.fields).unwrap_or_default();
            document.insert("errors".into(), fields);
        }
        for (member, value) in &self.0.extensions {
            document.entry(member.clone()).or_insert_with(|| value.clone());
        }
        Value::Object(document)
    }

    /// The whole response.
    pub fn response(&self, request_id: &str) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.0.status);
        for (name, value) in &self.0.headers {
            response.insert_header((name.clone(), value.as_str()));
        }
        response
            .content_type("application/problem+json")
            .body(self.document(request_id).to_string())
    }
}

impl<E: DomainError> From<E> for Problem {
    fn from(error: E) -> Self {
        let kind = error.kind();
        if kind.class == Class::Internal {
            let mut problem =
                Self::new(kind, "something went wrong here; the log has the request id");
            problem.0.internal = Some(with_sources(&error));
            return problem;
        }
        let mut problem = Self::new(kind, error.to_string());
        problem.0.fields = error.fields().to_vec();
        problem.0.extensions = error.extensions();
        problem
    }
}

/// An error's text and those of what caused it.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// The status of a class of errors.
pub fn status(class: Class) -> StatusCode {
    match class {
        Class::Unreadable => StatusCode::BAD_REQUEST,
        Class::Unauthenticated => StatusCode::UNAUTHORIZED,
        Class::Forbidden => StatusCode::FORBIDDEN,
        Class::NotFound => StatusCode::NOT_FOUND,
        Class::Conflict => StatusCode::CONFLICT,
        Class::Stale => StatusCode::PRECONDITION_FAILED,
        Class::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Class::WrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Class::Refused => StatusCode::UNPROCESSABLE_ENTITY,
        Class::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Class::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// A bare response: the outermost layer writes the document, since it knows the request's id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.0.status)
    }
}

#[cfg(test)]
mod tests {
    use pensipro_kernel::{AuthorityError, Permission, StorageError};

    use super::*;

    #[test]
    fn internal_text_stays_inside() {
        let problem = Problem::from(StorageError::Failed("relation \"loans\" is gone".into()));
        assert_eq!(problem.log_text(), Some("storage failed: relation \"loans\" is gone"));
        let document = problem.document("r-1").to_string();
        assert!(!document.contains("loans") && document.contains("r-1"), "{document}");
        assert_eq!(problem.status_code(), StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[test]
    fn members_of_the_error_follow_those_of_the_standard() {
        let problem = Problem::from(AuthorityError::Denied(Permission::DisburseLoan));
        let document = problem.document("r-2");
        assert_eq!(document["permission"], "DISBURSE_LOAN");
        assert_eq!(document["status"], 403);
        assert_eq!(document["code"], "permission_denied");
    }

    #[test]
    fn who_is_not_known_is_told_how_to_sign_in() {
        let response = Problem::from(AuthorityError::Revoked).response("r-3");
        assert_eq!(response.headers().get("www-authenticate").unwrap(), "Bearer");
    }
}
