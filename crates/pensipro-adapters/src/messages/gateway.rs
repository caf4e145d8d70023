//! A gateway of WhatsApp and text messages.

use std::fmt;

use pensipro_kernel::{NotificationChannel, PhoneNumber};
use pensipro_notifications::{Attempt, DeliveryChannel, Text};
use serde_json::json;

use super::{
    post::{PostFault, Poster, Request},
    receivers::{ReceiverFault, Receivers},
};

/// A gateway that takes `POST {to, channel, text, key}`.
#[derive(Clone)]
pub struct GatewaySettings {
    /// Where it listens.
    pub url: String,
    /// Who we are.
    pub token: String,
    /// What goes through it: WhatsApp, text messages, or both.
    pub channels: Vec<NotificationChannel>,
}

impl fmt::Debug for GatewaySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, token: _, channels } = self;
        write!(f, "gateway {url} for {channels:?}")
    }
}

impl GatewaySettings {
    /// Proves that its URL is one where messages may go, as far as the URL itself tells.
    pub fn check_url(url: &str, receivers: Receivers) -> Result<(), ReceiverFault> {
        receivers.judge(url).map(drop)
    }

    /// Sends a message to a telephone. Its key is in the body and in `Idempotency-Key`, the same at each
    /// try.
    pub(super) async fn send(
        &self,
        poster: &Poster,
        channel: DeliveryChannel,
        to: &PhoneNumber,
        text: &Text,
        key: &str,
    ) -> Attempt {
        let words = format!("{}\n{}", text.title, text.body);
        let body =
            json!({ "to": to.as_str(), "channel": channel.code(), "text": words, "key": key });
        let token = format!("Bearer {}", self.token);
        let headers = [("authorization", token.as_str()), ("idempotency-key", key)];
        match poster
            .post(Request { url: &self.url, headers: &headers, body: body.to_string() })
            .await
        {
            // What is wrong with this message will not pass.
            Ok(400 | 422) => Attempt::Refused("not taken".to_owned()),
            // Where the gateway listens is the operator's to put right, and no message's fault.
            Err(PostFault::Receiver(fault)) => Attempt::Failed(fault.code().to_owned()),
            answered => super::post::attempt(answered),
        }
    }
}
