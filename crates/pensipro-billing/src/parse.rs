//! Reading a realisation file as it streams in: bytes in pieces of any size, lines out. Memory stays
//! within a few hundred kilobytes whatever the file holds. Text is CSV or of fixed width, as the
//! profiles say; a table of HTML is told by its first bytes; a spreadsheet's rows are given one by one.
//!
//! A line of the file is a line of text: a quote that is not closed spoils its own line and no other,
//! and so does a line break inside quotes. Bytes are parted before they are decoded, so a file whose
//! lines mix UTF-8 and Windows-1252 is read line by line as what it is.

mod census;
mod fields;
mod fixed;
mod html;
mod layout;
mod lines;
mod months;
mod record;
#[cfg(test)]
mod tests;

pub use census::{Census, Counted};
pub use layout::Layout;

use std::sync::Arc;

use fields::Fields;
use fixed::{Fixed, FixedLine};
use html::Tables;
use layout::{Form, text};
use lines::{Lines, RawLine};
use months::titled_month;
use pensipro_kernel::Money;

use crate::{FileLine, Given, InvalidLine, InvalidReason, MAX_LINES, PayerProfile};

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
    /// The old binary format of spreadsheets, or one with a password.
    #[error("the file is of the old .xls format or has a password; save it as .xlsx or CSV")]
    OldSpreadsheet,
    /// A spreadsheet that breaks, or that unfolds to more than can be read.
    #[error("the spreadsheet cannot be read: {0}")]
    Spreadsheet(String),
    /// A file of fixed width that was cut off.
    #[error("the file ends without its trailer")]
    NoTrailer,
    /// A file of fixed width that does not hold what its trailer tells.
    #[error("the trailer does not tell of the {lines} lines of {sum} that are there")]
    Incomplete {
        /// Lines of persons that are there.
        lines: u64,
        /// What they add up to; empty where one cannot be read.
        sum: String,
    },
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
    source: Source,
    stage: Stage,
}

/// How bytes become lines or rows.
#[derive(Debug)]
enum Source {
    /// The first bytes, until they tell what the file is.
    Unknown(Vec<u8>),
    Text(Lines),
    Tables(Box<Tables>),
    /// Rows come from outside.
    Rows(Box<Fields>),
}

/// A line or a row, as it comes.
#[derive(Debug)]
enum RawRow<'a> {
    Line(RawLine<'a>),
    Cells(&'a mut Fields),
}

/// A cell of a spreadsheet's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetCell<'a> {
    /// Nothing.
    Empty,
    /// Text, or a date as text.
    Text(&'a str),
    /// A number, written as `1500000.5`.
    Number(&'a str),
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
    rows: Vec<(u32, Kept)>,
}

/// A line or row before the header is known.
#[derive(Debug)]
enum Kept {
    Line(Vec<u8>),
    Cells(Vec<(String, bool)>),
    TooLong,
}

#[derive(Debug)]
struct Records {
    layout: Layout,
    fields: Fields,
    fixed: Fixed,
}

/// Blanks before a file tells what it is; then it is text.
const SNIFFED: usize = 1_024;

/// How the old spreadsheets begin.
const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];

impl Parser {
    /// A parser that looks for the header of these profiles; the first that is found is the file's.
    pub fn new(profiles: Vec<Arc<PayerProfile>>) -> Self {
        let head = Head { profiles, rows: Vec::new() };
        Self { source: Source::Unknown(Vec::new()), stage: Stage::Head(head) }
    }

    /// Reads the next bytes of the file and appends the lines that they complete. After an error
    /// the parser is of no further use.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<FileLine>) -> Result<(), FileFault> {
        let Source::Unknown(held) = &mut self.source else { return self.push(bytes, out) };
        held.extend_from_slice(bytes);
        match source_of(held) {
            None => Ok(()),
            Some(source) => {
                let held = std::mem::take(held);
                self.source = source?;
                self.push(&held, out)
            }
        }
    }

    /// Reads the next row of a spreadsheet. Its number is the sheet's own, from 1; they rise.
    pub fn feed_row<'c>(
        &mut self,
        row_no: u32,
        cells: impl IntoIterator<Item = SheetCell<'c>>,
        out: &mut Vec<FileLine>,
    ) -> Result<(), FileFault> {
        if row_no > MAX_LINES {
            return Err(FileFault::TooManyLines);
        }
        if !matches!(self.source, Source::Rows(_)) {
            self.source = Source::Rows(Box::new(Fields::new(b',')));
        }
        let Self { source: Source::Rows(fields), stage } = self else { return Ok(()) };
        fields.clear();
        let pushed = cells.into_iter().try_for_each(|cell| match cell {
            SheetCell::Empty => fields.push(b""),
            SheetCell::Text(text) => fields.push(text.as_bytes()),
            SheetCell::Number(number) => fields.push_number(number.as_bytes()),
        });
        match pushed {
            Ok(()) => stage.take(row_no, RawRow::Cells(fields), out),
            Err(_) => stage.take(row_no, RawRow::Line(RawLine::TooLong), out),
        }
    }

    /// Ends the file: its last line may lack a line break.
    pub fn finish(&mut self, out: &mut Vec<FileLine>) -> Result<(), FileFault> {
        if let Source::Unknown(held) = &mut self.source {
            let held = std::mem::take(held);
            self.source = Source::Text(Lines::default());
            self.push(&held, out)?;
        }
        let Self { source, stage } = self;
        match source {
            Source::Text(lines) => {
                lines.end(|line_no, raw| stage.take(line_no, RawRow::Line(raw), out))?;
            }
            Source::Tables(tables) => tables.end(|row_no, row| stage.take(row_no, row, out))?,
            Source::Unknown(_) | Source::Rows(_) => {}
        }
        stage.settle(out)?;
        stage.end()
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<FileLine>) -> Result<(), FileFault> {
        let Self { source, stage } = self;
        match source {
            Source::Text(lines) => {
                lines.push(bytes, |line_no, raw| stage.take(line_no, RawRow::Line(raw), out))
            }
            Source::Tables(tables) => {
                tables.push(bytes, |row_no, row| stage.take(row_no, row, out))
            }
            Source::Unknown(_) | Source::Rows(_) => Ok(()),
        }
    }

    /// Bytes held back for the line that is not complete.
    #[cfg(test)]
    fn held(&self) -> usize {
        match &self.source {
            Source::Text(lines) => lines.held(),
            Source::Tables(tables) => tables.held(),
            Source::Unknown(held) => held.len(),
            Source::Rows(_) => 0,
        }
    }

    /// The file's layout, once its header is found; an upload may be judged by it.
    pub fn layout(&self) -> Option<&Layout> {
        match &self.stage {
            Stage::Head(_) => None,
            Stage::Records(records) => Some(&records.layout),
        }
    }
}

/// What the first bytes tell; `None` while they may tell more.
fn source_of(head: &[u8]) -> Option<Result<Source, FileFault>> {
    if head.starts_with(OLE) {
        return Some(Err(FileFault::OldSpreadsheet));
    }
    let may_grow = |mark: &[u8]| head.len() < mark.len() && mark.starts_with(head);
    if may_grow(OLE) || may_grow(BOM) {
        return None;
    }
    let body = head.strip_prefix(BOM).unwrap_or(head).trim_ascii_start();
    match body.first() {
        Some(b'<') => Some(Ok(Source::Tables(Box::default()))),
        None if head.len() < SNIFFED => None,
        Some(_) | None => Some(Ok(Source::Text(Lines::default()))),
    }
}

impl Stage {
    fn take(
        &mut self,
        line_no: u32,
        raw: RawRow<'_>,
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
        let titles = head.rows.iter().filter(|(line_no, _)| *line_no < header_line);
        let titles: Vec<String> = titles.map(|(_, row)| row.title(&layout)).collect();
        let layout = layout.titled(titled_month(titles.iter().map(String::as_str)));
        let rows = std::mem::take(&mut head.rows);
        let mut records = Records::new(layout);
        for (line_no, row) in rows.into_iter().filter(|(line_no, _)| *line_no > header_line) {
            out.extend(records.read_kept(line_no, row));
        }
        *self = Self::Records(Box::new(records));
        Ok(())
    }

    fn end(&self) -> Result<(), FileFault> {
        match self {
            Self::Records(records) if records.layout.form() == Form::Fixed => {
                records.fixed.end(records.layout.profile())
            }
            Self::Records(_) | Self::Head(_) => Ok(()),
        }
    }
}

impl Head {
    fn take(&mut self, line_no: u32, raw: RawRow<'_>) -> Result<(), FileFault> {
        let kept = match raw {
            RawRow::Line(RawLine::TooLong) => Kept::TooLong,
            RawRow::Line(RawLine::Whole(bytes)) => {
                let line = without_bom(line_no, bytes)?;
                if line.contains(&0) {
                    return Err(FileFault::NulByte { line_no });
                }
                Kept::Line(line.to_vec())
            }
            RawRow::Cells(fields) => Kept::Cells(fields.cells()),
        };
        self.rows.push((line_no, kept));
        Ok(())
    }

    fn layout(&self) -> Result<Layout, FileFault> {
        if self.rows.iter().all(|(_, row)| row.is_empty()) {
            return Err(FileFault::Empty);
        }
        let (mut lines, mut rows) = (Vec::new(), Vec::new());
        for (number, row) in &self.rows {
            match row {
                Kept::Line(bytes) => lines.push((*number, bytes.clone())),
                Kept::Cells(cells) => {
                    rows.push((*number, cells.iter().map(|(text, _)| text.clone()).collect()));
                }
                Kept::TooLong => {}
            }
        }
        let find = |profile: &Arc<PayerProfile>| {
            Layout::find(profile, &lines).or_else(|| Layout::find_in_rows(profile, &rows))
        };
        self.profiles.iter().find_map(find).ok_or_else(|| {
            let tried = self.profiles.iter().map(|profile| profile.code().to_owned()).collect();
            FileFault::NoHeader { tried }
        })
    }
}

impl Kept {
    /// Its text, where it stands before the header.
    fn title(&self, layout: &Layout) -> String {
        match self {
            Self::Line(bytes) => layout.text(bytes).into_owned(),
            Self::Cells(cells) => {
                cells.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join(" ")
            }
            Self::TooLong => String::new(),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Line(bytes) => bytes.is_empty(),
            Self::Cells(cells) => cells.iter().all(|(text, _)| text.is_empty()),
            Self::TooLong => false,
        }
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
    Ok(bytes.strip_prefix(BOM).unwrap_or(bytes))
}

/// The byte order mark of UTF-8.
const BOM: &[u8] = &[0xef, 0xbb, 0xbf];

impl Records {
    fn new(layout: Layout) -> Self {
        let delimiter = match layout.form() {
            Form::Delimited(delimiter) => delimiter,
            Form::Fixed | Form::Cells => b',',
        };
        Self { fields: Fields::new(delimiter), fixed: Fixed::new(), layout }
    }

    fn read_kept(&mut self, line_no: u32, row: Kept) -> Option<FileLine> {
        match row {
            Kept::TooLong => self.read(line_no, RawRow::Line(RawLine::TooLong)),
            Kept::Line(bytes) => self.read(line_no, RawRow::Line(RawLine::Whole(&bytes))),
            Kept::Cells(cells) => {
                let mut fields = Fields::new(b',');
                let push = |(text, is_number): &(String, bool)| match is_number {
                    true => fields.push_number(text.as_bytes()),
                    false => fields.push(text.as_bytes()),
                };
                match cells.iter().try_for_each(push) {
                    Ok(()) => self.read(line_no, RawRow::Cells(&mut fields)),
                    Err(reason) => broken(line_no, reason),
                }
            }
        }
    }

    fn read(&mut self, line_no: u32, raw: RawRow<'_>) -> Option<FileLine> {
        match raw {
            RawRow::Line(RawLine::TooLong) => broken(line_no, InvalidReason::LineTooLong),
            RawRow::Line(RawLine::Whole(bytes)) => self.read_line(line_no, bytes),
            RawRow::Cells(fields) => match fields.pad(self.layout.width()) {
                Ok(()) => record::read(&self.layout, fields, line_no),
                Err(reason) => broken(line_no, reason),
            },
        }
    }

    fn read_line(&mut self, line_no: u32, bytes: &[u8]) -> Option<FileLine> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        if bytes.contains(&0) {
            return broken(line_no, InvalidReason::NulByte);
        }
        if self.layout.form() == Form::Fixed {
            return self.read_fixed(line_no, bytes);
        }
        match self.fields.split(bytes) {
            Ok(()) => record::read(&self.layout, &self.fields, line_no),
            Err(reason) => broken(line_no, reason),
        }
    }

    fn read_fixed(&mut self, line_no: u32, bytes: &[u8]) -> Option<FileLine> {
        let Self { layout, fields, fixed } = self;
        let import = layout.profile().import();
        let line = text(import.encoding, bytes);
        let read = match fixed.cut(import.fixed.as_ref()?, import.amounts, &line, fields) {
            Ok(FixedLine::Other) => return None,
            Ok(FixedLine::Detail) => record::read(layout, fields, line_no),
            Err(reason) => broken(line_no, reason),
        };
        fixed.count(read.as_ref().and_then(FileLine::amount));
        read
    }
}

fn broken(line_no: u32, reason: InvalidReason) -> Option<FileLine> {
    let given = Given::default();
    Some(FileLine::Invalid(InvalidLine { line_no, reason, amount: None, given }))
}
