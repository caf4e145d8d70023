//! What a request without a token tells of its sender.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use pensipro_kernel::Origin;

use super::RequestInfo;
use crate::http::Problem;

/// Where a request came from.
#[derive(Debug, Clone)]
pub struct Sender {
    /// For the audit trail.
    pub origin: Origin,
    /// What its program calls itself.
    pub user_agent: Option<String>,
}

impl FromRequest for Sender {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let info = RequestInfo::of(request);
        let agent = request.headers().get(header::USER_AGENT);
        std::future::ready(Ok(Self {
            origin: Origin {
                ip: info.as_ref().and_then(|info| info.ip),
                request_id: info.map(|info| info.id),
                ..Origin::default()
            },
            user_agent: agent.and_then(|value| value.to_str().ok()).map(str::to_owned),
        }))
    }
}
