//! The fields of a line.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{MAX_FIELDS, MAX_LINE_BYTES};
use crate::InvalidReason;

/// Parts lines into fields, one line at a time.
pub(super) struct Fields {
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fields").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Fields {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; MAX_LINE_BYTES + 1],
            ends: vec![0; MAX_FIELDS],
            count: 0,
        }
    }

    /// Reads a line, given without its break.
    pub(super) fn split(&mut self, line: &[u8]) -> Result<(), InvalidReason> {
        self.reader.reset();
        self.count = 0;
        let (result, _, written, ends) =
            self.reader.read_record(line, &mut self.text, &mut self.ends);
        match result {
            ReadRecordResult::InputEmpty => self.close(written, ends),
            _ => Err(InvalidReason::FieldCount),
        }
    }

    /// Ends the line. Inside quotes the break is taken as text and the record goes on: the quote was
    /// never closed.
    fn close(&mut self, written: usize, ends: usize) -> Result<(), InvalidReason> {
        let text = self.text.get_mut(written..).unwrap_or_default();
        let more = self.ends.get_mut(ends..).unwrap_or_default();
        let (result, _, _, last) = self.reader.read_record(b"\n", text, more);
        match result {
            ReadRecordResult::Record => {
                self.count = ends.saturating_add(last);
                Ok(())
            }
            ReadRecordResult::InputEmpty => Err(InvalidReason::UnclosedQuote),
            ReadRecordResult::OutputFull
            | ReadRecordResult::OutputEndsFull
            | ReadRecordResult::End => Err(InvalidReason::FieldCount),
        }
    }

    pub(super) const fn count(&self) -> usize {
        self.count
    }

    /// A field's bytes; empty past the last.
    pub(super) fn get(&self, index: usize) -> &[u8] {
        if index >= self.count {
            return &[];
        }
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        let end = self.ends.get(index).copied().unwrap_or_default();
        self.text.get(start..end).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.count).map(|index| self.get(index))
    }
}
