//! The fields of a line.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{MAX_FIELDS, MAX_LINE_BYTES};
use crate::InvalidReason;

/// The fields of one line or row: a line of CSV is parted, cells are pushed one by one.
pub(super) struct Fields {
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
    /// The cells that are numbers by their nature: of sheets, and of lines of fixed width.
    numbers: Vec<bool>,
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
            numbers: Vec::new(),
        }
    }

    /// Takes all fields away.
    pub(super) fn clear(&mut self) {
        self.count = 0;
        self.numbers.clear();
    }

    /// Adds a field.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), InvalidReason> {
        let start = match self.count.checked_sub(1) {
            Some(last) => self.ends.get(last).copied().unwrap_or_default(),
            None => 0,
        };
        let end = start.saturating_add(bytes.len());
        let place = self.text.get_mut(start..end).ok_or(InvalidReason::LineTooLong)?;
        place.copy_from_slice(bytes);
        *self.ends.get_mut(self.count).ok_or(InvalidReason::FieldCount)? = end;
        self.count = self.count.saturating_add(1);
        self.numbers.push(false);
        Ok(())
    }

    /// Adds a field that is a number, written as `1500000.00`.
    pub(super) fn push_number(&mut self, bytes: &[u8]) -> Result<(), InvalidReason> {
        self.push(bytes)?;
        if let Some(last) = self.numbers.last_mut() {
            *last = true;
        }
        Ok(())
    }

    /// Adds empty fields up to so many: sheets leave out what is empty at a row's end.
    pub(super) fn pad(&mut self, width: usize) -> Result<(), InvalidReason> {
        while self.count < width {
            self.push(b"")?;
        }
        Ok(())
    }

    /// True for a number by its nature.
    pub(super) fn is_number(&self, index: usize) -> bool {
        self.numbers.get(index).copied().unwrap_or_default()
    }

    /// Reads a line, given without its break.
    pub(super) fn split(&mut self, line: &[u8]) -> Result<(), InvalidReason> {
        self.reader.reset();
        self.clear();
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

    /// Texts of cells that are decoded already, with whether they are numbers.
    pub(super) fn cells(&self) -> Vec<(String, bool)> {
        let text = |index| String::from_utf8_lossy(self.get(index)).into_owned();
        (0..self.count).map(|index| (text(index), self.is_number(index))).collect()
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
