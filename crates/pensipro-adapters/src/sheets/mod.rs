//! Reading spreadsheets row by row, in bounded memory: CSV in the encodings and with the delimiters
//! that spreadsheets write, and XLSX.

mod csv;
mod weigh;
mod xlsx;

#[cfg(test)]
mod tests;

use std::io::{Read, Seek, SeekFrom};

use pensipro_members::{SheetFault, SheetRow};

/// Cells beyond are passed over: no sheet of people or of premiums is so wide.
const MAX_COLUMNS: usize = 512;

/// How a file of each kind begins.
const ZIP: &[u8] = b"PK\x03\x04";
const OLE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0];
const PDF: &[u8] = b"%PDF-";
const UTF_16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];

/// Bytes from the top by which a file's kind is told.
const HEAD: usize = 16 * 1024;

/// Reads a spreadsheet and gives each row to `take` until it refuses. What it is, its content tells.
/// Of an XLSX file it is the first visible sheet; values of formulas are taken as they were saved.
///
/// Memory: a row, and of an XLSX file its table of texts (at most 64 MiB). The file is read from its
/// start, twice if it is XLSX.
pub fn read_spreadsheet<R, E>(
    mut file: R,
    take: impl FnMut(SheetRow) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read + Seek,
    E: From<SheetFault>,
{
    let mut head = Vec::with_capacity(HEAD);
    let read = file.by_ref().take(HEAD as u64).read_to_end(&mut head);
    read.and_then(|_| file.seek(SeekFrom::Start(0))).map_err(unreadable)?;
    match kind(&head)? {
        Kind::Csv => csv::read(file, &head, take),
        Kind::Xlsx => xlsx::read(file, take),
    }
}

enum Kind {
    Csv,
    Xlsx,
}

fn kind(head: &[u8]) -> Result<Kind, SheetFault> {
    if head.is_empty() {
        return Err(SheetFault::Empty);
    }
    if head.starts_with(ZIP) {
        return Ok(Kind::Xlsx);
    }
    let is = |beginning: &&[u8]| head.starts_with(beginning);
    Err(SheetFault::Unsupported(if is(&OLE) {
        "it is of the old .xls format or has a password; save it as .xlsx or CSV, without one"
    } else if is(&PDF) {
        "it is a PDF"
    } else if UTF_16.iter().any(is) {
        "it is UTF-16; save it as .xlsx, or as CSV in UTF-8"
    } else if head.contains(&0) {
        "it is no text"
    } else {
        return Ok(Kind::Csv);
    }))
}

/// What a file that can be opened but not read is.
fn unreadable(error: impl std::fmt::Display) -> SheetFault {
    SheetFault::Unreadable(error.to_string())
}
