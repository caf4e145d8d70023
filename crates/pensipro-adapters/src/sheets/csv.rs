//! CSV: one row a record, every cell a text.

use std::{
    cell::Cell as Shared,
    io::{self, Read},
    rc::Rc,
};

use ::csv::{ByteRecord, Reader, ReaderBuilder};
use encoding_rs::WINDOWS_1252;
use pensipro_members::{Cell, Columns, HEADER_WITHIN, SheetFault, SheetRow};

use super::{MAX_COLUMNS, unreadable};

/// What parts fields, the likeliest first.
const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// A record of more bytes has a quote that was never closed.
const MAX_RECORD: usize = 1024 * 1024;

pub(super) fn read<R, E>(
    file: R,
    head: &[u8],
    mut take: impl FnMut(SheetRow) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read,
    E: From<SheetFault>,
{
    let since = Rc::new(Shared::new(0));
    let bounded = Bounded { file, since: Rc::clone(&since), last: b'\n' };
    let mut reader = reader(bounded, delimiter(head));
    let mut record = ByteRecord::new();
    loop {
        since.set(0);
        if !reader.read_byte_record(&mut record).map_err(unreadable)? {
            return Ok(());
        }
        // The reader stands after the record's end; blank lines before it count as the record's.
        let breaks = record.as_slice().iter().filter(|byte| **byte == b'\n').count();
        let after = breaks as u64 + 1;
        take(row(&record, reader.position().line().saturating_sub(after))?)?;
    }
}

fn reader<R: Read>(file: R, delimiter: u8) -> Reader<R> {
    ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(file)
}

/// The delimiter by which a header of people is found; without one, the comma if there is no other,
/// for it stands in amounts too.
fn delimiter(head: &[u8]) -> u8 {
    let finds = |delimiter: &&u8| {
        let mut reader = reader(head, **delimiter);
        let top = reader.byte_records().take(HEADER_WITHIN as usize);
        let mut rows =
            top.enumerate().filter_map(|(no, record)| row(&record.ok()?, no as u64 + 1).ok());
        rows.any(|row| Columns::of(&row).is_some())
    };
    let stands = |delimiter: &&u8| **delimiter != b',' && head.contains(*delimiter);
    let found = DELIMITERS.iter().find(finds).or_else(|| DELIMITERS.iter().find(stands));
    found.copied().unwrap_or(b',')
}

fn row(record: &ByteRecord, line: u64) -> Result<SheetRow, SheetFault> {
    if record.as_slice().contains(&0) {
        return Err(SheetFault::Unreadable(format!("line {line} holds a NUL byte")));
    }
    let number = u32::try_from(line).map_err(|_| SheetFault::TooLarge("it has too many lines"))?;
    let mut cells: Vec<Cell> = record.iter().take(MAX_COLUMNS).map(cell).collect();
    if let (1, Some(Cell::Text(first))) = (number, cells.first_mut()) {
        *first = first.trim_start_matches('\u{feff}').to_owned();
    }
    Ok(SheetRow { number, cells })
}

/// UTF-8, or else Windows-1252: each cell by itself, for files that were put together.
fn cell(bytes: &[u8]) -> Cell {
    match std::str::from_utf8(bytes) {
        Ok("") => Cell::Empty,
        Ok(text) => Cell::Text(text.to_owned()),
        Err(_) => Cell::Text(WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()),
    }
}

/// Gives a file with LF at the end of every line, the last one too, and ends the reading of a record
/// that does not end.
struct Bounded<R> {
    file: R,
    since: Rc<Shared<usize>>,
    /// The byte that was read last, as it stands in the file.
    last: u8,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.since.get() > MAX_RECORD {
                return Err(io::Error::other("a quote is not closed"));
            }
            let read = self.file.read(buffer)?;
            self.since.set(self.since.get() + read);
            let kept = match (read, buffer.first_mut()) {
                (0, Some(first)) if !matches!(self.last, b'\n' | b'\r') => {
                    (*first, self.last) = (b'\n', b'\n');
                    1
                }
                _ => self.with_lf(&mut buffer[..read]),
            };
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

impl<R> Bounded<R> {
    /// Makes CRLF and CR alone LF, in place; gives how many bytes are left.
    fn with_lf(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for place in 0..bytes.len() {
            let byte = bytes[place];
            let ends_crlf = byte == b'\n' && self.last == b'\r';
            self.last = byte;
            if !ends_crlf {
                bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                kept += 1;
            }
        }
        kept
    }
}
