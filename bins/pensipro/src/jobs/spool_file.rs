//! A spooled file of which any part can be read: spreadsheets have their table of contents at the end.

use std::io::{self, Error, ErrorKind, Read, Seek, SeekFrom};

use pensipro_kernel::StorageError;
use pensipro_members::FileKey;
use pensipro_persistence::BlockKey;

use super::spool::{BLOCK, HEAD, LYING, SpoolReader};
use crate::App;

/// The plain bytes of a spooled file; memory for a block.
pub(super) struct SpoolFile {
    reader: SpoolReader,
    /// The block that was read last.
    block: Vec<u8>,
    number: Option<u64>,
    at: u64,
    length: u64,
}

impl SpoolFile {
    pub(super) fn open(app: &App, key: &FileKey) -> Result<Self, StorageError> {
        let mut reader = SpoolReader::open(app, key)?;
        let lying = reader.lying_bytes();
        let lying = lying.map_err(|error| StorageError::Failed(format!("{key}: {error}")))?;
        let length = plain_bytes(lying);
        Ok(Self { reader, block: Vec::new(), number: None, at: 0, length })
    }

    /// Holds the block of the position.
    fn hold(&mut self) -> io::Result<()> {
        let number = self.at / BLOCK as u64;
        if self.number == Some(number) {
            return Ok(());
        }
        if self.number.is_none_or(|held| held + 1 != number) {
            self.reader.go_to(number)?;
        }
        self.number = None;
        let block = self.reader.next_block().map_err(Error::other)?;
        self.block = block.ok_or_else(|| Error::from(ErrorKind::UnexpectedEof))?;
        self.number = Some(number);
        Ok(())
    }
}

/// What lies in blocks, less what each has beside its plain bytes.
fn plain_bytes(lying: u64) -> u64 {
    let beside = (HEAD + BlockKey::OVERHEAD) as u64;
    lying.saturating_sub(lying.div_ceil(LYING as u64) * beside)
}

impl Read for SpoolFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length || buffer.is_empty() {
            return Ok(0);
        }
        self.hold()?;
        let from = usize::try_from(self.at % BLOCK as u64).map_err(Error::other)?;
        let rest = self.block.get(from..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for SpoolFile {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_bytes_are_those_that_were_sealed() {
        for plain in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 7] {
            // A whole block is kept back as the last, and an empty file has an empty one.
            let blocks = plain.div_ceil(BLOCK).max(1);
            let lying = plain + blocks * (HEAD + BlockKey::OVERHEAD);
            assert_eq!(plain_bytes(lying as u64), plain as u64);
        }
    }
}
