//! Files of a bucket too long for memory: sent in parts, read by ranges.

use std::{
    fmt,
    io::{self, Error, ErrorKind, Read, Seek, SeekFrom, Write},
    sync::Arc,
};

use object_store::{MultipartUpload, ObjectStoreExt, path::Path};
use pensipro_members::FileDraft;

use super::bucket::{Line, is_out_of_reach};

/// Bytes of a part; S3 takes no smaller ones but the last, and at most 10,000 of them: 80 GB.
const PART: usize = 8 * 1024 * 1024;

/// Bytes that are read at once.
const RANGE: u64 = 1024 * 1024;

fn broken(error: object_store::Error) -> Error {
    match is_out_of_reach(&error) {
        true => Error::new(ErrorKind::HostUnreachable, error),
        false => Error::other(error),
    }
}

/// A file on its way into the bucket. What fits in one part is sent as one object.
pub(super) struct BucketDraft {
    line: Arc<Line>,
    at: Path,
    /// Begun with the first whole part.
    upload: Option<Box<dyn MultipartUpload>>,
    part: Vec<u8>,
}

impl BucketDraft {
    pub(super) fn new(line: Arc<Line>, at: Path) -> Self {
        Self { line, at, upload: None, part: Vec::new() }
    }

    fn begun(&mut self) -> io::Result<Box<dyn MultipartUpload>> {
        if let Some(upload) = self.upload.take() {
            return Ok(upload);
        }
        let (line, at) = (Arc::clone(&self.line), self.at.clone());
        self.line.wait(async move { line.store.put_multipart(&at).await }).map_err(broken)
    }

    fn send_part(&mut self) -> io::Result<()> {
        let mut upload = self.begun()?;
        let sent = upload.put_part(std::mem::take(&mut self.part).into());
        // Kept whatever comes of the part, so that it can be given up.
        self.upload = Some(upload);
        self.line.wait(sent).map_err(broken)
    }
}

impl Write for BucketDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.part.len() >= PART {
            self.send_part()?;
        }
        let taken = bytes.len().min(PART - self.part.len());
        self.part.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl FileDraft for BucketDraft {
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if self.upload.is_none() {
            let (line, at) = (Arc::clone(&self.line), self.at.clone());
            let bytes = std::mem::take(&mut self.part);
            let put = async move { line.store.put(&at, bytes.into()).await.map(drop) };
            return self.line.wait(put).map_err(broken);
        }
        if !self.part.is_empty() {
            self.send_part()?;
        }
        let mut upload = self.begun()?;
        let joined = self.line.wait(async move {
            let joined = upload.complete().await.map(drop);
            if joined.is_err() {
                // The fault of joining is the one to tell.
                let _ = upload.abort().await;
            }
            joined
        });
        joined.map_err(broken)
    }
}

impl Drop for BucketDraft {
    /// Parts that stay are for the bucket's own rule on unfinished uploads.
    fn drop(&mut self) {
        if let Some(mut upload) = self.upload.take() {
            self.line.send(async move {
                let _ = upload.abort().await;
            });
        }
    }
}

impl fmt::Debug for BucketDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a draft of {}", self.at)
    }
}

/// An object, read range by range.
pub(super) struct BucketFile {
    line: Arc<Line>,
    place: Path,
    length: u64,
    at: u64,
    /// The range that was read last, and where it begins.
    held: Vec<u8>,
    from: u64,
}

impl BucketFile {
    pub(super) fn new(line: Arc<Line>, place: Path, length: u64) -> Self {
        Self { line, place, length, at: 0, held: Vec::new(), from: 0 }
    }

    /// What is held from the position on; the range there is read if nothing is.
    fn rest(&mut self) -> io::Result<&[u8]> {
        let behind =
            |from: u64, at: u64| at.checked_sub(from).and_then(|gap| usize::try_from(gap).ok());
        let is_held = behind(self.from, self.at).is_some_and(|gap| gap < self.held.len());
        if !is_held {
            let range = self.at..self.length.min(self.at.saturating_add(RANGE));
            let (line, place) = (Arc::clone(&self.line), self.place.clone());
            let read = self.line.wait(async move { line.store.get_range(&place, range).await });
            self.held = read.map_err(broken)?.into();
            self.from = self.at;
        }
        let gap = behind(self.from, self.at).unwrap_or_default();
        Ok(self.held.get(gap..).unwrap_or_default())
    }
}

impl Read for BucketFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        let rest = self.rest()?;
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for BucketFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| Error::from(ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
