//! Uploads: `multipart/form-data` with one part `file` and a few text fields.

use std::{collections::BTreeMap, time::Duration};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{FromRequest, HttpRequest, dev::Payload, error::PayloadError, web::Bytes};
use aws_lc_rs::digest::{Context, SHA256};
use futures_util::StreamExt;
use pensipro_kernel::Faults;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::{
    Once, Waiting,
    body::{broken_off, too_large, too_slow},
    plain_fault,
};
use crate::{
    App,
    http::{Problem, codes},
};

/// The name of the part that holds the file.
const FILE: &str = "file";

/// Text fields are short and few.
const MAX_FIELD_BYTES: usize = 4_096;
const MAX_FIELDS: usize = 20;

/// An upload that has not been read yet; `T` are its text fields, which refuses unknown ones.
pub struct Upload<T> {
    multipart: Multipart,
    request: HttpRequest,
    patience: Duration,
    form: std::marker::PhantomData<fn() -> T>,
}

/// How much of an upload is taken.
#[derive(Debug, Clone, Copy)]
pub struct UploadLimits {
    /// The file's size.
    pub file_bytes: u64,
}

/// An upload that was read.
#[derive(Debug)]
pub struct Form<T> {
    /// The text fields.
    pub fields: T,
    /// The file's size.
    pub file_bytes: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// The request's idempotency key.
    pub once: Once,
}

/// Where a file's bytes go as they come.
pub trait FileSink {
    /// Takes the next bytes.
    fn take(&mut self, bytes: Bytes) -> impl Future<Output = Result<(), Problem>>;
}

/// In memory, for what is small.
impl FileSink for Vec<u8> {
    async fn take(&mut self, bytes: Bytes) -> Result<(), Problem> {
        self.extend_from_slice(&bytes);
        Ok(())
    }
}

impl<T: DeserializeOwned> Upload<T> {
    /// Reads a small file into memory.
    pub async fn into_memory(self, limits: UploadLimits) -> Result<(Form<T>, Vec<u8>), Problem> {
        let mut file = Vec::new();
        let form = self.into_sink(limits, &mut file).await?;
        Ok((form, file))
    }

    /// Reads the file into a sink, piece by piece.
    pub async fn into_sink<S: FileSink>(
        mut self,
        limits: UploadLimits,
        sink: &mut S,
    ) -> Result<Form<T>, Problem> {
        let mut texts = BTreeMap::new();
        let mut file = None;
        while let Some(mut field) = next(&mut self.multipart, self.patience).await? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == FILE {
                if file.is_some() {
                    return Err(unreadable("there is more than one part named file"));
                }
                file = Some(read_file(&mut field, limits, self.patience, sink).await?);
                continue;
            }
            let text = read_text(&mut field, self.patience).await?;
            if texts.insert(name, text).is_some() || texts.len() > MAX_FIELDS {
                return Err(unreadable("a field is there twice, or there are too many"));
            }
        }
        let Some((file_bytes, sha256)) = file else { return Err(no_file()) };
        let once = Once::of(&self.request, &asked(&texts, &sha256))?;
        Ok(Form { fields: fields(texts)?, file_bytes, sha256, once })
    }
}

impl<T: 'static> FromRequest for Upload<T> {
    type Error = Problem;
    type Future = Waiting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let patience = App::extract(&request).await?.config.body_timeout;
            let multipart = Multipart::new(request.headers(), payload);
            Ok(Self { multipart, request, patience, form: std::marker::PhantomData })
        })
    }
}

async fn next(multipart: &mut Multipart, patience: Duration) -> Result<Option<Field>, Problem> {
    let part = timeout(patience, multipart.next()).await.map_err(|_| too_slow())?;
    part.transpose().map_err(broken)
}

async fn chunk(field: &mut Field, patience: Duration) -> Result<Option<Bytes>, Problem> {
    let chunk = timeout(patience, field.next()).await.map_err(|_| too_slow())?;
    chunk.transpose().map_err(broken)
}

async fn read_text(field: &mut Field, patience: Duration) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(more) = chunk(field, patience).await? {
        bytes.extend_from_slice(&more);
        if bytes.len() > MAX_FIELD_BYTES {
            return Err(too_large(MAX_FIELD_BYTES));
        }
    }
    String::from_utf8(bytes).map_err(|_| unreadable("a field is not UTF-8"))
}

async fn read_file<S: FileSink>(
    field: &mut Field,
    limits: UploadLimits,
    patience: Duration,
    sink: &mut S,
) -> Result<(u64, [u8; 32]), Problem> {
    let mut digest = Context::new(&SHA256);
    let mut size = 0_u64;
    while let Some(more) = chunk(field, patience).await? {
        size = size.saturating_add(u64::try_from(more.len()).unwrap_or(u64::MAX));
        if size > limits.file_bytes {
            return Err(too_large(limits.file_bytes));
        }
        digest.update(&more);
        sink.take(more).await?;
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest.finish().as_ref());
    Ok((size, sha256))
}

/// What an idempotency key protects: the fields and the file, not the boundary between them.
fn asked(texts: &BTreeMap<String, String>, sha256: &[u8; 32]) -> Vec<u8> {
    let mut asked = serde_json::to_vec(texts).unwrap_or_default();
    asked.extend_from_slice(sha256);
    asked
}

fn fields<T: DeserializeOwned>(texts: BTreeMap<String, String>) -> Result<T, Problem> {
    let object = texts.into_iter().map(|(name, text)| (name, text.into())).collect();
    serde_json::from_value(serde_json::Value::Object(object))
        .map_err(|error| unreadable(plain_fault(&error.to_string())))
}

fn no_file() -> Problem {
    let mut faults = Faults::new();
    faults.add(FILE, "required", "there is no part named file");
    faults.into()
}

fn unreadable(detail: impl Into<String>) -> Problem {
    Problem::new(codes::UNREADABLE_BODY, detail)
}

fn broken(error: MultipartError) -> Problem {
    match error {
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible
        | MultipartError::BoundaryMissing => {
            Problem::new(codes::WRONG_CONTENT_TYPE, "send the body as multipart/form-data")
        }
        MultipartError::Payload(PayloadError::Incomplete(_)) | MultipartError::Incomplete => {
            broken_off()
        }
        _ => unreadable("the multipart body is broken"),
    }
}

impl<T> std::fmt::Debug for Upload<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Upload(…)")
    }
}
