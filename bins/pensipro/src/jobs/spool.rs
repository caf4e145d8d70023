//! Uploaded files that wait to be worked off: encrypted block by block in the file store, so that
//! memory stays within a block whatever the file's size.

use std::{
    io::{BufReader, ErrorKind, Read, Seek, SeekFrom},
    time::Duration,
};

use actix_web::web::Bytes;
use pensipro_billing::ImportRepository;
use pensipro_kernel::{Scope, StorageError};
use pensipro_members::{FileDraft, FileKey, IntakeRepository, OpenFile};
use pensipro_persistence::{BlockKey, BlockKind};
use tokio::task::spawn_blocking;

use crate::{
    App,
    http::{Problem, extract::FileSink},
    uploads::{Unrecorded, aside},
};

use super::Job;

/// The area of spooled files in the file store.
const AREA: &str = "spool";

/// Plain bytes of a block.
pub(super) const BLOCK: usize = 64 * 1024;

/// Bytes of a whole block as it lies: its kind, its length, and what is sealed.
pub(super) const LYING: usize = HEAD + BLOCK + BlockKey::OVERHEAD;

/// Bytes before what is sealed.
pub(super) const HEAD: usize = 5;

/// A file this old that no import waits for was left by a crash, or by a request whose end nobody
/// saw.
const ABANDONED: Duration = Duration::from_secs(3_600);

/// Writes blocks: a byte for the kind, four for the length, and what is sealed.
struct SpoolWriter {
    key: FileKey,
    blocks: BlockKey,
    draft: Box<dyn FileDraft>,
    pending: Vec<u8>,
    number: u64,
}

impl SpoolWriter {
    fn push(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.pending.extend_from_slice(bytes);
        // A whole block is kept back: it may be the last.
        while self.pending.len() > BLOCK {
            let rest = self.pending.split_off(BLOCK);
            let block = std::mem::replace(&mut self.pending, rest);
            self.write(BlockKind::Inner, &block)?;
        }
        Ok(())
    }

    fn write(&mut self, kind: BlockKind, plain: &[u8]) -> std::io::Result<()> {
        let sealed = self.blocks.seal(self.key.as_str(), self.number, kind, plain);
        let length = u32::try_from(sealed.len()).map_err(std::io::Error::other)?;
        self.number += 1;
        self.draft.write_all(&[byte_of(kind)])?;
        self.draft.write_all(&length.to_be_bytes())?;
        self.draft.write_all(&sealed)
    }

    fn finish(mut self) -> std::io::Result<()> {
        let last = std::mem::take(&mut self.pending);
        self.write(BlockKind::Last, &last)?;
        self.draft.finish()
    }
}

/// Takes an upload as it comes. Dropped before [`SpoolSink::finish`], it leaves nothing behind.
pub(crate) struct SpoolSink {
    app: App,
    key: FileKey,
    /// `None` after a failure.
    writer: Option<SpoolWriter>,
    waiting: Vec<u8>,
}

impl SpoolSink {
    /// A new file in the spool.
    pub(crate) fn begin(app: &App) -> Result<Self, Problem> {
        let key = FileKey::generate(AREA, app.entropy.as_ref());
        let draft = app.files.begin(&key).map_err(StorageError::from)?;
        let (blocks, pending) = (app.store().block_key(), Vec::with_capacity(2 * BLOCK));
        let writer = SpoolWriter { key: key.clone(), blocks, draft, pending, number: 0 };
        Ok(Self { app: app.clone(), key, writer: Some(writer), waiting: Vec::new() })
    }

    /// The whole file, durable.
    pub(crate) async fn finish(mut self) -> Result<Unrecorded, Problem> {
        self.flush().await?;
        let writer = self.writer.take().ok_or_else(broken)?;
        spawn_blocking(move || writer.finish()).await.map_err(failed)?.map_err(not_written)?;
        Ok(Unrecorded::new(self.app, self.key))
    }

    async fn flush(&mut self) -> Result<(), Problem> {
        let mut writer = self.writer.take().ok_or_else(broken)?;
        let waiting = std::mem::take(&mut self.waiting);
        let write = move || writer.push(&waiting).map(|()| writer);
        let writer = spawn_blocking(write).await.map_err(failed)?.map_err(not_written)?;
        self.writer = Some(writer);
        Ok(())
    }
}

impl FileSink for SpoolSink {
    async fn take(&mut self, bytes: Bytes) -> Result<(), Problem> {
        self.waiting.extend_from_slice(&bytes);
        if self.waiting.len() >= BLOCK { self.flush().await } else { Ok(()) }
    }
}

/// Reads blocks in their order.
pub(super) struct SpoolReader {
    key: FileKey,
    blocks: BlockKey,
    file: BufReader<Box<dyn OpenFile>>,
    number: u64,
    is_at_end: bool,
}

impl SpoolReader {
    /// Asks the store, which blocks.
    pub(super) fn open(app: &App, key: &FileKey) -> Result<Self, StorageError> {
        let file = BufReader::with_capacity(BLOCK, app.files.open(key)?);
        let blocks = app.store().block_key();
        Ok(Self { key: key.clone(), blocks, file, number: 0, is_at_end: false })
    }

    /// Goes to a block by its number.
    pub(super) fn go_to(&mut self, number: u64) -> std::io::Result<()> {
        self.file.seek(SeekFrom::Start(number.saturating_mul(LYING as u64)))?;
        (self.number, self.is_at_end) = (number, false);
        Ok(())
    }

    /// Bytes of the file as it lies; it is at its start afterwards.
    pub(super) fn lying_bytes(&mut self) -> std::io::Result<u64> {
        let length = self.file.seek(SeekFrom::End(0))?;
        self.go_to(0)?;
        Ok(length)
    }

    /// The next block; `None` after the last. A file that is cut off or altered is an error.
    pub(super) fn next_block(&mut self) -> Result<Option<Vec<u8>>, StorageError> {
        if self.is_at_end {
            return Ok(None);
        }
        let (kind, sealed) = self.read().map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => StorageError::Failed(format!("{} is cut off", self.key)),
            _ => StorageError::Failed(format!("{}: {error}", self.key)),
        })?;
        let plain = self.blocks.open(self.key.as_str(), self.number, kind, &sealed)?;
        self.number += 1;
        self.is_at_end = kind == BlockKind::Last;
        Ok(Some(plain))
    }

    fn read(&mut self) -> std::io::Result<(BlockKind, Vec<u8>)> {
        let (mut kind, mut length) = ([0; 1], [0; 4]);
        self.file.read_exact(&mut kind)?;
        self.file.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > BLOCK + BlockKey::OVERHEAD {
            return Err(std::io::Error::other("a block is longer than any that was written"));
        }
        let mut sealed = vec![0; length];
        self.file.read_exact(&mut sealed)?;
        let kind =
            if kind == [byte_of(BlockKind::Last)] { BlockKind::Last } else { BlockKind::Inner };
        Ok((kind, sealed))
    }
}

fn byte_of(kind: BlockKind) -> u8 {
    match kind {
        BlockKind::Inner => 0,
        BlockKind::Last => 1,
    }
}

fn not_written(error: std::io::Error) -> Problem {
    match error.kind() {
        ErrorKind::HostUnreachable => StorageError::FilesOutOfReach.into(),
        _ => failed(error),
    }
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::internal(format!("the upload could not be spooled: {error}"))
}

fn broken() -> Problem {
    failed("it failed before")
}

impl App {
    /// Removes the spooled file of a job that is done. What stays is swept out later.
    pub(super) async fn unspool(&self, job: Job, key: FileKey) {
        let app = self.clone();
        let deleted = aside(move || Ok(app.files.delete(&key).map_err(StorageError::from)?));
        if let Err(problem) = deleted.await {
            log::warn!("the spooled file of {job:?} could not be deleted: {problem}");
        }
    }

    /// Removes spooled files that no import waits for.
    pub(super) async fn sweep_spool(&self) -> Result<(), Problem> {
        let waited_for = self.load(|tx, _| {
            let mut keys = Vec::new();
            for id in tx.unfinished_imports()? {
                keys.extend(tx.import(id)?.spool_key);
            }
            for id in tx.unfinished_intakes()? {
                keys.extend(tx.intake(id, Scope::WholeHouse)?.spool_key);
            }
            Ok(keys)
        });
        let (app, waited_for) = (self.clone(), waited_for.await?);
        let sweep = move || -> Result<(), StorageError> {
            for key in app.files.older_than(AREA, ABANDONED)? {
                if !waited_for.iter().any(|kept| kept == key.as_str()) {
                    app.files.delete(&key)?;
                }
            }
            Ok(())
        };
        Ok(spawn_blocking(sweep).await.map_err(failed)??)
    }
}
