//! `If-Match`.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use pensipro_kernel::{Expected, Version};

use crate::http::{Problem, codes};

/// The version that the caller believes in; without the header any is right.
#[derive(Debug, Clone, Copy)]
pub struct IfMatch(pub Expected);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let header = request.headers().get(header::IF_MATCH);
        let text = header.map(|value| value.to_str().unwrap_or("not text"));
        std::future::ready(text.map_or(Ok(Expected::Any), parse).map(Self))
    }
}

fn parse(text: &str) -> Result<Expected, Problem> {
    let text = text.trim();
    if text == "*" {
        return Ok(Expected::Any);
    }
    // Strong validators alone: `W/"1"` never matches (RFC 9110, section 13.1.1).
    let number = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let version = number.and_then(|number| number.parse().ok()).map(Version::new);
    version.map(Expected::Exactly).ok_or_else(|| {
        Problem::new(codes::INVALID_HEADER, "If-Match is the ETag of the object, or *")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_is_a_quoted_version() {
        assert_eq!(parse("\"3\"").ok(), Some(Expected::Exactly(Version::new(3))));
        assert_eq!(parse("*").ok(), Some(Expected::Any));
        for text in ["3", "W/\"3\"", "\"x\"", "\"3\", \"4\"", "not text"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
