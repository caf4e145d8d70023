//! A body that may bring a file along: JSON without one, `multipart/form-data` with one.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use serde::de::DeserializeOwned;

use super::{Once, Upload, UploadLimits, Valid, Waiting};
use crate::{http::Problem, uploads::Received};

/// The body, not read yet where it is an upload.
#[derive(Debug)]
pub enum MaybeFile<T> {
    /// JSON.
    Alone(Valid<T>),
    /// A form with a file.
    WithFile(Upload<T>),
}

/// What was sent, with the file or, without one, the idempotency key.
#[derive(Debug)]
pub enum Sent {
    /// No file.
    Alone(Once),
    /// A file.
    WithFile(Received),
}

impl<T: DeserializeOwned> MaybeFile<T> {
    /// Reads it, the file into memory.
    pub async fn read(self, limits: UploadLimits) -> Result<(T, Sent), Problem> {
        match self {
            Self::Alone(body) => {
                let (once, body) = body.split();
                Ok((body, Sent::Alone(once)))
            }
            Self::WithFile(upload) => {
                let (form, bytes) = upload.into_memory(limits).await?;
                let received = Received { bytes, sha256: form.sha256, once: form.once };
                Ok((form.fields, Sent::WithFile(received)))
            }
        }
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for MaybeFile<T> {
    type Error = Problem;
    type Future = Waiting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let text = content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if text.trim_start().to_ascii_lowercase().starts_with("multipart/") {
            let upload = Upload::from_request(request, payload);
            Box::pin(async move { upload.await.map(Self::WithFile) })
        } else {
            let body = Valid::from_request(request, payload);
            Box::pin(async move { body.await.map(Self::Alone) })
        }
    }
}
