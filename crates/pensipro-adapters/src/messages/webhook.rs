//! Other systems that are told of events, signed as Standard Webhooks are.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_STANDARD};
use pensipro_notifications::{Attempt, SECRET_PREFIX};

use super::post::{Poster, Request, attempt};

/// The signature of a message: `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in Base64. `None` for
/// a secret that is none.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Option<String> {
    let secret = BASE64_STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
    Some(format!("v1,{}", BASE64_STANDARD.encode(tag)))
}

pub(super) async fn send(
    poster: &Poster,
    url: &str,
    secrets: &[String],
    (id, now): (&str, i64),
    body: String,
) -> Attempt {
    let signatures = secrets.iter().filter_map(|secret| sign(secret, id, now, &body));
    let signature = signatures.collect::<Vec<_>>().join(" ");
    if signature.is_empty() {
        return Attempt::Refused("no secret".to_owned());
    }
    let time = now.to_string();
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", time.as_str()),
        ("webhook-signature", signature.as_str()),
        ("idempotency-key", id),
    ];
    attempt(poster.post(Request { url, headers: &headers, body }).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let signed = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signed.as_deref(), Some(expected));
        assert_eq!(sign("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "m", 0, ""), None);
    }
}
