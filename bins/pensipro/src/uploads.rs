//! Documents on their way into the file store and out of it: judged by content, sealed with the
//! member's key, or the house's where they are of no member, under a name that chance made.

use actix_web::web::block;
use aws_lc_rs::digest::{SHA256, digest};
use pensipro_kernel::{Actor, MemberId, StorageError};
use pensipro_members::{FileKey, Sha256, StoredFile, inspect};
use pensipro_persistence::Tx;

use crate::{
    App,
    http::{Answer, Attachment, Once, Problem, Reply, codes},
};

/// An uploaded file that nobody has looked at yet.
#[derive(Debug)]
pub struct Received {
    /// Its content.
    pub bytes: Vec<u8>,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
    /// The request's idempotency key.
    pub once: Once,
}

/// A file in the store that no row names yet. It is removed when this is dropped, unless it was
/// kept.
pub(crate) struct Unrecorded {
    app: App,
    key: FileKey,
    is_kept: bool,
}

impl Unrecorded {
    /// A file that was stored just now.
    pub(crate) fn new(app: App, key: FileKey) -> Self {
        Self { app, key, is_kept: false }
    }

    /// Its key.
    pub(crate) fn key(&self) -> &FileKey {
        &self.key
    }

    /// Leaves it where it is: a row may name it from here on.
    pub(crate) fn keep(&mut self) {
        self.is_kept = true;
    }

    /// No row names it, nor will.
    pub(crate) fn discard(&mut self) {
        self.is_kept = false;
    }
}

impl Drop for Unrecorded {
    fn drop(&mut self) {
        if !self.is_kept {
            self.app.files.discard(&self.key);
        }
    }
}

/// True if what was refused may be carried through all the same.
pub(crate) fn may_yet_be_done(problem: &Problem) -> bool {
    problem.code() == codes::TIMED_OUT.code
}

/// True if what was begun has the spooled file: it was made just now, or perhaps is being made.
pub(crate) fn may_have_file<A: Answer>(begun: &Reply<A>) -> bool {
    match begun {
        Ok(answered) => answered.is_acceptance() && !answered.is_replayed_acceptance(),
        Err(problem) => may_yet_be_done(problem),
    }
}

impl App {
    /// Stores a file, sealed for the member that `owner` finds, if it is of one (and may refuse to), and
    /// then records it by the use case `name`. The file is durable before its row, so that a row without
    /// a file cannot be; a refused or replayed upload leaves no file.
    pub async fn record_file<A, O, R>(
        &self,
        (area, name): (&'static str, &'static str),
        received: Received,
        owner: O,
        mut record: R,
    ) -> Reply<A>
    where
        A: Answer + 'static,
        O: FnOnce(&mut Tx<'_>) -> Result<Option<MemberId>, Problem> + Send + 'static,
        R: FnMut(&mut Tx<'_>, &StoredFile) -> Result<A, Problem> + Send + 'static,
    {
        let Received { bytes, sha256, once } = received;
        let (mut unrecorded, file) = self.keep_file(area, bytes, Sha256(sha256), owner).await?;
        // From here on a request that is given up may still be carried through.
        unrecorded.keep();
        let answer = self.post(name, once, move |tx, _| record(tx, &file)).await;
        let is_recorded = match &answer {
            Ok(answered) => !answered.is_replayed(),
            Err(problem) => may_yet_be_done(problem),
        };
        if !is_recorded {
            unrecorded.discard();
        }
        answer
    }

    async fn keep_file<O>(
        &self,
        area: &'static str,
        bytes: Vec<u8>,
        sha256: Sha256,
        owner: O,
    ) -> Result<(Unrecorded, StoredFile), Problem>
    where
        O: FnOnce(&mut Tx<'_>) -> Result<Option<MemberId>, Problem> + Send + 'static,
    {
        let size = i64::try_from(bytes.len())
            .map_err(|_| Problem::internal("an upload of more than 2^63 bytes"))?;
        let policy = self.policies().uploads;
        let (content_type, bytes) = aside(move || Ok((inspect(&bytes, &policy)?, bytes))).await?;
        let sealed = self.load(move |tx, _| {
            let member = owner(tx)?;
            Ok(tx.seal_file(member, &bytes)?)
        });
        let sealed = sealed.await?;
        let key = FileKey::generate(area, self.entropy.as_ref());
        let stored = StoredFile { key: key.clone(), content_type, size, sha256 };
        let app = self.clone();
        // The guard is made where the file is, so that a request given up meanwhile leaves nothing.
        let put = aside(move || {
            app.files.put(&key, &sealed).map_err(StorageError::from)?;
            Ok(Unrecorded::new(app, key))
        });
        Ok((put.await?, stored))
    }

    /// A file, to be saved under a name of ours; the reading of a member's is noted as `action`.
    pub async fn attachment(
        &self,
        by: &Actor,
        (member, action): (Option<MemberId>, &'static str),
        file: StoredFile,
        name: String,
    ) -> Result<Attachment, Problem> {
        let StoredFile { key, content_type, size: _, sha256 } = file;
        let app = self.clone();
        let sealed = aside(move || Ok(app.files.get(&key).map_err(StorageError::from)?)).await?;
        let opened = self.load(move |tx, _| Ok(tx.open_file(member, &sealed)?));
        let bytes = opened.await?;
        if digest(&SHA256, &bytes).as_ref() != sha256.0 {
            return Err(Problem::internal(format!("the file of {name} is not the one recorded")));
        }
        if let Some(member) = member {
            self.note_reading(by, member, action).await?;
        }
        let file_name = format!("{name}.{}", content_type.extension());
        Ok(Attachment { content_type: content_type.code(), file_name, bytes })
    }
}

/// Work that blocks and needs no connection.
pub(crate) async fn aside<T, F>(work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Problem> + Send + 'static,
{
    let result = block(work).await;
    result.map_err(|_| Problem::internal("a task of the file store was cancelled"))?
}
