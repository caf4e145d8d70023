//! Files in a bucket of Amazon S3 or of a server that speaks its protocol.

use std::{
    fmt,
    future::Future,
    sync::{Arc, mpsc},
    time::{Duration, SystemTime},
};

use futures_util::TryStreamExt;
use object_store::{
    ClientOptions, Error, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use pensipro_members::{FileDraft, FileKey, FileStore, FileStoreError, OpenFile};
use tokio::runtime::{Builder, Runtime};

use super::long::{BucketDraft, BucketFile};

/// How long one answer of the server may take.
const ANSWER: Duration = Duration::from_secs(30);
const CONNECT: Duration = Duration::from_secs(5);

/// Faults of the line and of the server are tried again so often, and within this time.
const RETRIES: usize = 4;
const RETRY_WITHIN: Duration = Duration::from_secs(20);

/// Where a bucket is, and who may use it.
#[derive(Clone)]
pub struct BucketSettings {
    /// Its name.
    pub bucket: String,
    /// The server, `https://…` or `http://…`; Amazon's of the region if absent.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// Whose key it is.
    pub access_key: String,
    /// The key that signs.
    pub secret_key: String,
}

impl fmt::Debug for BucketSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, endpoint, region, .. } = self;
        write!(f, "bucket {bucket} at {endpoint:?} in {region}")
    }
}

/// Why a bucket cannot be used. The text is for the operator.
#[derive(Debug, thiserror::Error)]
#[error("the bucket {bucket}: {fault}")]
pub struct BucketError {
    bucket: String,
    fault: String,
}

/// The files of a bucket. Objects appear whole: a long one is sent in parts that are joined at its
/// end.
pub struct Bucket {
    line: Arc<Line>,
    name: String,
}

/// The way to the server. Requests run on a runtime of their own, so that whoever waits for one may
/// be any thread.
pub(super) struct Line {
    pub(super) store: AmazonS3,
    runtime: Option<Runtime>,
}

impl Bucket {
    /// The bucket, which must answer.
    pub fn open(settings: &BucketSettings) -> Result<Self, BucketError> {
        let fault = |fault: String| BucketError { bucket: settings.bucket.clone(), fault };
        let store = connect(settings).map_err(|error| fault(error.to_string()))?;
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).thread_name("files").enable_all().build();
        let runtime = Some(runtime.map_err(|error| fault(error.to_string()))?);
        let name = settings.bucket.clone();
        let bucket = Self { line: Arc::new(Line { store, runtime }), name };
        bucket.first_key().map_err(|error| fault(error.to_string()))?;
        Ok(bucket)
    }

    /// Asks for any file at all: tells whether the bucket is there and may be read.
    fn first_key(&self) -> Result<(), Error> {
        let line = Arc::clone(&self.line);
        self.line.wait(async move { line.store.list(None).try_next().await.map(drop) })
    }
}

fn connect(settings: &BucketSettings) -> Result<AmazonS3, Error> {
    let options = ClientOptions::new().with_timeout(ANSWER).with_connect_timeout(CONNECT);
    let retries =
        RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_WITHIN, ..RetryConfig::default() };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&settings.bucket)
        .with_region(&settings.region)
        .with_access_key_id(&settings.access_key)
        .with_secret_access_key(&settings.secret_key)
        .with_client_options(options)
        .with_retry(retries);
    if let Some(endpoint) = &settings.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    builder.build()
}

impl Line {
    /// Waits for a request. It goes on even where nobody waits any more.
    pub(super) fn wait<T: Send + 'static>(
        &self,
        request: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, answer) = mpsc::channel();
        self.send(async move {
            // Whoever asked may be gone.
            let _ = sender.send(request.await);
        });
        answer.recv().unwrap_or_else(|_| Err(given_up()))
    }

    /// Sends a request that nobody waits for.
    pub(super) fn send(&self, request: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(request);
        }
    }
}

fn given_up() -> Error {
    Error::Generic { store: "S3", source: "the request was given up".into() }
}

impl Drop for Line {
    fn drop(&mut self) {
        // A runtime that waits for its threads may not be dropped on another's.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub(super) fn place(key: &FileKey) -> Path {
    Path::from(key.as_str())
}

/// True of what passed through no fault of the request: the line, or the server itself.
pub(super) fn is_out_of_reach(error: &Error) -> bool {
    let is_passing = matches!(error, Error::Generic { .. });
    if is_passing {
        log::error!("the bucket does not answer: {error}");
    }
    is_passing
}

fn failed(key: &FileKey, error: Error) -> FileStoreError {
    match error {
        Error::NotFound { .. } => FileStoreError::NotFound(key.clone()),
        error if is_out_of_reach(&error) => FileStoreError::OutOfReach,
        other => FileStoreError::Failed(format!("{key}: {other}")),
    }
}

impl FileStore for Bucket {
    fn put(&self, key: &FileKey, bytes: &[u8]) -> Result<(), FileStoreError> {
        let (line, at, bytes) = (Arc::clone(&self.line), place(key), bytes.to_vec());
        let put = async move { line.store.put(&at, bytes.into()).await.map(drop) };
        self.line.wait(put).map_err(|error| failed(key, error))
    }

    fn get(&self, key: &FileKey) -> Result<Vec<u8>, FileStoreError> {
        let (line, at) = (Arc::clone(&self.line), place(key));
        let get = async move { line.store.get(&at).await?.bytes().await };
        self.line.wait(get).map(Vec::from).map_err(|error| failed(key, error))
    }

    fn delete(&self, key: &FileKey) -> Result<(), FileStoreError> {
        let (line, at) = (Arc::clone(&self.line), place(key));
        let delete = async move { line.store.delete(&at).await };
        match self.line.wait(delete) {
            Err(error) if !matches!(error, Error::NotFound { .. }) => Err(failed(key, error)),
            _ => Ok(()),
        }
    }

    fn discard(&self, key: &FileKey) {
        let (line, at) = (Arc::clone(&self.line), place(key));
        self.line.send(async move {
            match line.store.delete(&at).await {
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => log::warn!("a file without a row stays: {error}"),
            }
        });
    }

    fn begin(&self, key: &FileKey) -> Result<Box<dyn FileDraft>, FileStoreError> {
        Ok(Box::new(BucketDraft::new(Arc::clone(&self.line), place(key))))
    }

    fn open(&self, key: &FileKey) -> Result<Box<dyn OpenFile>, FileStoreError> {
        let (line, at) = (Arc::clone(&self.line), place(key));
        let head = self.line.wait(async move { line.store.head(&at).await });
        let length = head.map_err(|error| failed(key, error))?.size;
        Ok(Box::new(BucketFile::new(Arc::clone(&self.line), place(key), length)))
    }

    fn older_than(&self, area: &str, age: Duration) -> Result<Vec<FileKey>, FileStoreError> {
        let (line, area) = (Arc::clone(&self.line), Path::from(area));
        let objects = self.line.wait(async move {
            let objects = line.store.list(Some(&area)).try_filter_map(|object| async move {
                let written = SystemTime::from(object.last_modified);
                let is_old = written.elapsed().unwrap_or_default() >= age;
                Ok(is_old.then(|| object.location.to_string()))
            });
            objects.try_collect::<Vec<String>>().await
        });
        let keys = objects.map_err(|error| match is_out_of_reach(&error) {
            true => FileStoreError::OutOfReach,
            false => FileStoreError::Failed(error.to_string()),
        })?;
        // What is no key was not put here by this store.
        Ok(keys.iter().filter_map(|key| key.parse().ok()).collect())
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bucket {}", self.name)
    }
}
