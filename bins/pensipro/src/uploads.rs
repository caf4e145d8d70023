//! Documents on their way into the file store and out of it: judged by content, sealed with the
//! member's key, under a name that chance made.

use actix_web::web::block;
use aws_lc_rs::digest::{SHA256, digest};
use pensipro_kernel::{MemberId, StorageError};
use pensipro_members::{FileKey, FileStore, Sha256, StoredFile, UploadPolicy, inspect};
use pensipro_persistence::Tx;

use crate::{
    App,
    http::{Attachment, Problem},
};

/// An uploaded file that nobody has looked at yet.
#[derive(Debug)]
pub struct Received {
    /// Its content.
    pub bytes: Vec<u8>,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
}

impl App {
    /// Puts a file into the store, sealed for the member that `owner` finds (and may refuse to), and
    /// gives what tables record of it. The file is durable then; until it is recorded it is nobody's
    /// and harmless.
    pub async fn keep_file<F>(
        &self,
        area: &'static str,
        file: Received,
        policy: UploadPolicy,
        owner: F,
    ) -> Result<StoredFile, Problem>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<MemberId, Problem> + Send + 'static,
    {
        let Received { bytes, sha256 } = file;
        let size = i64::try_from(bytes.len())
            .map_err(|_| Problem::internal("an upload of more than 2^63 bytes"))?;
        let (content_type, bytes) = aside(move || Ok((inspect(&bytes, &policy)?, bytes))).await?;
        let sealed = self.load(move |tx, _| {
            let member = owner(tx)?;
            Ok(tx.seal_file(Some(member), &bytes)?)
        });
        let sealed = sealed.await?;
        let key = FileKey::generate(area, self.entropy.as_ref());
        let stored = StoredFile { key: key.clone(), content_type, size, sha256: Sha256(sha256) };
        let app = self.clone();
        aside(move || Ok(app.files.put(&key, &sealed).map_err(StorageError::from)?)).await?;
        Ok(stored)
    }

    /// A file of a member, to be saved under a name of ours.
    pub async fn attachment(
        &self,
        member: MemberId,
        file: StoredFile,
        name: String,
    ) -> Result<Attachment, Problem> {
        let StoredFile { key, content_type, size: _, sha256 } = file;
        let app = self.clone();
        let sealed = aside(move || Ok(app.files.get(&key).map_err(StorageError::from)?)).await?;
        let opened = self.load(move |tx, _| Ok(tx.open_file(Some(member), &sealed)?));
        let bytes = opened.await?;
        if digest(&SHA256, &bytes).as_ref() != sha256.0 {
            return Err(Problem::internal(format!("the file of {name} is not the one recorded")));
        }
        let file_name = format!("{name}.{}", content_type.extension());
        Ok(Attachment { content_type: content_type.code(), file_name, bytes })
    }

    /// Takes a file away that was stored in vain. One that stays is harmless, so a fault of the
    /// store is noted and no more.
    pub async fn drop_file(&self, key: FileKey) {
        let app = self.clone();
        let dropped = aside(move || Ok(app.files.delete(&key).map_err(StorageError::from)?)).await;
        if let Err(problem) = dropped {
            log::warn!("a file without a row stays: {}", problem.log_text().unwrap_or_default());
        }
    }
}

/// Work that blocks and needs no connection.
async fn aside<T, F>(work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Problem> + Send + 'static,
{
    let result = block(work).await;
    result.map_err(|_| Problem::internal("a task of the file store was cancelled"))?
}
