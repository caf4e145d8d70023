//! Reading a realisation file as it streams in: bytes in pieces of any size, lines out. Memory stays
//! within a few hundred kilobytes whatever the file holds.
//!
//! A line of the file is a line of text: a quote that is not closed spoils its own line and no other,
//! and so does a line break inside quotes. Bytes are parted before they are decoded, so a file whose
//! lines mix UTF-8 and Windows-1252 is read line by line as what it is.

mod census;
mod fields;
mod layout;
mod lines;
mod record;
#[cfg(test)]
mod tests;

pub use census::{Census, Counted};
pub use layout::Layout;

use std::sync::Arc;

use fields::Fields;
use lines::{Lines, RawLine};
use pensipro_kernel::Money;

use crate::{FileLine, Given, InvalidLine, InvalidReason, PayerProfile};

/// The most that one line's amount may be: five billion rupiah. No pension cut comes near it, and
/// the sum of a whole file stays within 64 bits.
pub const MAX_CUT: Money = Money::from_sen(500_000_000_000);
/// The header is looked for in this many lines from the top.
pub const HEADER_WITHIN: u32 = 10;
/// Longer lines are invalid, in bytes.
pub const MAX_LINE_BYTES: usize = 16 * 1024;
/// Lines with more fields are invalid.
pub const MAX_FIELDS: usize = 256;

/// Why a file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// UTF-16, as spreadsheets save "Unicode text".
    #[error("the file is UTF-16; save it as CSV in UTF-8 or Windows-1252")]
    Utf16,
    /// A NUL byte: no text.
    #[error("line {line_no} holds a NUL byte; the file is no text")]
    NulByte {
        /// The line.
        line_no: u32,
    },
    /// No profile's header is in the first ten lines.
    #[error("no header of the profiles {} is in the first ten lines", .tried.join(", "))]
    NoHeader {
        /// The codes of the profiles that were tried.
        tried: Vec<String>,
    },
    /// More lines than numbers.
    #[error("a file has at most 9,999,999 lines")]
    TooManyLines,
}

/// A streaming parser of one file.
///
/// ```
/// use std::sync::Arc;
/// use pensipro_billing::{FileLine, Parser, generic};
/// let mut parser = Parser::new(vec![Arc::new(generic())]);
/// let mut lines = Vec::new();
/// parser.feed(b"reference;amount\r\nPC-2026-10-0000", &mut lines).unwrap();
/// parser.feed(b"21;1.500.000,00\r\n", &mut lines).unwrap();
/// parser.finish(&mut lines).unwrap();
/// assert_eq!(lines.len(), 1);
/// assert_eq!(lines[0].amount().unwrap().to_string(), "1500000.00");
/// ```
#[derive(Debug)]
pub struct Parser {
    lines: Lines,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Head(Head),
    Records(Box<Records>),
}

/// The first lines, until the header is found among them.
#[derive(Debug)]
struct Head {
    profiles: Vec<Arc<PayerProfile>>,
    lines: Vec<(u32, Option<Vec<u8>>)>,
}

#[derive(Debug)]
struct Records {
    layout: Layout,
    fields: Fields,
}

impl Parser {
    /// A parser that looks for the header of these profiles; the first that is found is the file's.
    pub fn new(profiles: Vec<Arc<PayerProfile>>) -> Self {
        let head = Head { profiles, lines: Vec::new() };
        Self { lines: Lines::default(), stage: Stage::Head(head) }
    }

    /// Reads the next bytes of the file and appends the lines that they complete. After an error
    /// the parser is of no further use.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<FileLine>) -> Result<(), FileFault> {
        let Self { lines, stage } = self;
        lines.push(bytes, |line_no, raw| stage.take(line_no, raw, out))
    }

    /// Ends the file: its last line may lack a line break.
    pub fn finish(&mut self, out: &mut Vec<FileLine>) -> Result<(), FileFault> {
        let Self { lines, stage } = self;
        lines.end(|line_no, raw| stage.take(line_no, raw, out))?;
        stage.settle(out)
    }

    /// The file's layout, once its header is found; an upload may be judged by it.
    pub fn layout(&self) -> Option<&Layout> {
        match &self.stage {
            Stage::Head(_) => None,
            Stage::Records(records) => Some(&records.layout),
        }
    }
}

impl Stage {
    fn take(
        &mut self,
        line_no: u32,
        raw: RawLine<'_>,
        out: &mut Vec<FileLine>,
    ) -> Result<(), FileFault> {
        match self {
            Self::Records(records) => {
                out.extend(records.read(line_no, raw));
                Ok(())
            }
            Self::Head(head) => {
                head.take(line_no, raw)?;
                if line_no < HEADER_WITHIN { Ok(()) } else { self.settle(out) }
            }
        }
    }

    /// Finds the header in the lines so far, and reads those after it.
    fn settle(&mut self, out: &mut Vec<FileLine>) -> Result<(), FileFault> {
        let Self::Head(head) = self else { return Ok(()) };
        let layout = head.layout()?;
        let header_line = layout.header_line();
        let lines = std::mem::take(&mut head.lines);
        let mut records = Records { fields: Fields::new(layout.delimiter()), layout };
        for (line_no, line) in lines.iter().filter(|(line_no, _)| *line_no > header_line) {
            let raw = line.as_deref().map_or(RawLine::TooLong, RawLine::Whole);
            out.extend(records.read(*line_no, raw));
        }
        *self = Self::Records(Box::new(records));
        Ok(())
    }
}

impl Head {
    fn take(&mut self, line_no: u32, raw: RawLine<'_>) -> Result<(), FileFault> {
        let line = match raw {
            RawLine::TooLong => None,
            RawLine::Whole(bytes) => Some(without_bom(line_no, bytes)?),
        };
        if line.is_some_and(|bytes| bytes.contains(&0)) {
            return Err(FileFault::NulByte { line_no });
        }
        self.lines.push((line_no, line.map(<[u8]>::to_vec)));
        Ok(())
    }

    fn layout(&self) -> Result<Layout, FileFault> {
        if self.lines.iter().all(|(_, line)| line.as_ref().is_some_and(|bytes| bytes.is_empty())) {
            return Err(FileFault::Empty);
        }
        let lines = || {
            let readable =
                |(line_no, line): &'_ (u32, Option<Vec<u8>>)| Some((*line_no, line.clone()?));
            self.lines.iter().filter_map(readable).collect::<Vec<_>>()
        };
        let lines = lines();
        self.profiles.iter().find_map(|profile| Layout::find(profile, &lines)).ok_or_else(|| {
            let tried = self.profiles.iter().map(|profile| profile.code().to_owned()).collect();
            FileFault::NoHeader { tried }
        })
    }
}

/// The file's first line without its byte order mark.
fn without_bom(line_no: u32, bytes: &[u8]) -> Result<&[u8], FileFault> {
    if line_no != 1 {
        return Ok(bytes);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(FileFault::Utf16);
    }
    Ok(bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes))
}

impl Records {
    fn read(&mut self, line_no: u32, raw: RawLine<'_>) -> Option<FileLine> {
        let broken = |reason| {
            let given = Given::default();
            Some(FileLine::Invalid(InvalidLine { line_no, reason, amount: None, given }))
        };
        match raw {
            RawLine::TooLong => broken(InvalidReason::LineTooLong),
            RawLine::Whole(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => None,
            RawLine::Whole(bytes) if bytes.contains(&0) => broken(InvalidReason::NulByte),
            RawLine::Whole(bytes) => match self.fields.split(bytes) {
                Ok(()) => record::read(&self.layout, &self.fields, line_no),
                Err(reason) => broken(reason),
            },
        }
    }
}
