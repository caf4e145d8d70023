//! Bytes in pieces, whole lines out.

use super::{FileFault, MAX_LINE_BYTES};
use crate::MAX_LINES;

/// Parts a stream into lines. LF, CRLF and CR alone end a line.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
    /// That line is too long already; its bytes are dropped.
    too_long: bool,
    /// The last piece ended in CR: an LF that follows belongs to it.
    after_cr: bool,
    line_no: u32,
}

/// A line without its break.
#[derive(Debug, Clone, Copy)]
pub(super) enum RawLine<'a> {
    Whole(&'a [u8]),
    TooLong,
}

impl Lines {
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(u32, RawLine<'_>) -> Result<(), FileFault>,
    ) -> Result<(), FileFault> {
        let after_cr = std::mem::take(&mut self.after_cr);
        let mut bytes = match bytes.split_first() {
            Some((b'\n', rest)) if after_cr => rest,
            Some(_) => bytes,
            None => {
                self.after_cr = after_cr;
                return Ok(());
            }
        };
        while let Some((line, rest)) = split_line(bytes) {
            self.emit(line, &mut take)?;
            bytes = match rest {
                [b'\r', b'\n', after @ ..] => after,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, after @ ..] => after,
                [] => &[],
            };
        }
        self.keep(bytes);
        Ok(())
    }

    pub(super) fn end(
        &mut self,
        mut take: impl FnMut(u32, RawLine<'_>) -> Result<(), FileFault>,
    ) -> Result<(), FileFault> {
        if self.partial.is_empty() && !self.too_long { Ok(()) } else { self.emit(&[], &mut take) }
    }

    /// Bytes held back for the line that is not complete.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.partial.len()
    }

    fn emit(
        &mut self,
        end_of_line: &[u8],
        take: &mut impl FnMut(u32, RawLine<'_>) -> Result<(), FileFault>,
    ) -> Result<(), FileFault> {
        self.line_no = self.line_no.saturating_add(1);
        if self.line_no > MAX_LINES {
            return Err(FileFault::TooManyLines);
        }
        if self.partial.is_empty() && !self.too_long && end_of_line.len() <= MAX_LINE_BYTES {
            return take(self.line_no, RawLine::Whole(end_of_line));
        }
        self.keep(end_of_line);
        let too_long = std::mem::take(&mut self.too_long);
        let raw = if too_long { RawLine::TooLong } else { RawLine::Whole(&self.partial) };
        let taken = take(self.line_no, raw);
        self.partial.clear();
        taken
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.partial.len().saturating_add(bytes.len()) > MAX_LINE_BYTES {
            self.too_long = true;
        }
        if self.too_long {
            self.partial.clear();
        } else {
            self.partial.extend_from_slice(bytes);
        }
    }
}

/// The bytes before the next line break, and those from it on.
fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
    bytes.split_at_checked(end)
}
