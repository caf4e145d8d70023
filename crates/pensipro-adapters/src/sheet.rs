//! Small sheets that people hand in, as texts: XLSX or CSV, told apart by their content.

use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError};
use encoding_rs::WINDOWS_1252;

/// The most rows of a sheet.
const MOST_ROWS: usize = 10_000;
/// The most columns of a sheet.
const MOST_COLUMNS: usize = 500;

/// Why a file is no sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SheetFault {
    /// It begins as XLSX does and is none.
    #[error("is no readable spreadsheet (XLSX)")]
    Broken,
    /// It is neither a spreadsheet nor text.
    #[error("is neither a spreadsheet (XLSX) nor text (CSV)")]
    Neither,
    /// It has more cells than anybody types.
    #[error("has more than 10000 rows or 500 columns")]
    TooLarge,
}

/// Reads the first sheet of a spreadsheet, or a CSV of whatever delimiter and encoding. Rows are as
/// long as their last cell. The file comes into memory unpacked: the caller limits its size.
pub fn read_sheet(bytes: &[u8]) -> Result<Vec<Vec<String>>, SheetFault> {
    match bytes {
        [b'P', b'K', ..] => spreadsheet(bytes),
        _ if bytes.contains(&0) => Err(SheetFault::Neither),
        _ => text(bytes),
    }
}

fn spreadsheet(bytes: &[u8]) -> Result<Vec<Vec<String>>, SheetFault> {
    let broken = |_: XlsxError| SheetFault::Broken;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let name = book.sheet_names().into_iter().next().ok_or(SheetFault::Broken)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let place = usize::try_from(row).ok().zip(usize::try_from(column).ok());
        let (row, column) = place.ok_or(SheetFault::TooLarge)?;
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(SheetFault::TooLarge);
        }
        let text = written(cell.get_value());
        if text.is_empty() {
            continue;
        }
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        let cells = &mut rows[row];
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
    }
    Ok(rows)
}

fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.trim().to_owned()
        }
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => moment.to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

fn text(bytes: &[u8]) -> Result<Vec<Vec<String>>, SheetFault> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| SheetFault::Neither)?;
        if rows.len() >= MOST_ROWS || record.len() > MOST_COLUMNS {
            return Err(SheetFault::TooLarge);
        }
        // The reader passes over empty lines; rows keep the numbers that editors show.
        let empty = record.position().map_or(0, |start| lines_passed(&text, start));
        rows.resize((rows.len() + empty).min(MOST_ROWS), Vec::new());
        rows.push(record.iter().map(str::to_owned).collect());
    }
    Ok(rows)
}

/// Empty lines from a place on.
fn lines_passed(text: &str, start: &csv::Position) -> usize {
    let start = usize::try_from(start.byte()).unwrap_or(usize::MAX);
    let (read, rest) = text.as_bytes().split_at_checked(start).unwrap_or_default();
    // A record ends at the first character of its line break.
    let rest = if read.ends_with(b"\r") { rest.strip_prefix(b"\n").unwrap_or(rest) } else { rest };
    let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    breaks.filter(|byte| **byte == b'\n').count()
}

/// The delimiter that the text holds most of; with a decimal comma it is not the comma.
fn delimiter(text: &str) -> u8 {
    let count = |delimiter: u8| text.bytes().filter(|byte| *byte == delimiter).count();
    let used = |delimiter: &u8| count(*delimiter) > 0;
    [b';', b'\t', b'|'].into_iter().find(used).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use pensipro_kernel::document::{Column, Report, Table};

    use super::*;
    use crate::write_xlsx;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        read_sheet(bytes).unwrap()
    }

    #[test]
    fn csv_comes_in_any_delimiter_and_encoding() {
        let expected = [["Usia", "12"], ["60", "78,5"]];
        assert_eq!(rows(b"\xEF\xBB\xBFUsia;12\r\n60;78,5\r\n"), expected);
        assert_eq!(rows(b"Usia\t12\n60\t78,5"), expected);
        assert_eq!(rows(b"Usia, 12\n60,\"78,5\""), expected);
        assert_eq!(rows(b"a;caf\xE9"), [["a", "caf\u{e9}"]]);
        assert_eq!(rows(b"a\n\n\nb;c"), [vec!["a"], vec![], vec![], vec!["b", "c"]]);
    }

    #[test]
    fn a_spreadsheet_comes_as_its_first_sheet_s_texts() {
        let columns = vec![Column::words("age", "Usia"), Column::figures("rate", "Per mil")];
        let mut table = Table::new(columns);
        table.push(vec![60.into(), "78.5".into()]);
        let book = write_xlsx(&Report::new("Premi", table)).unwrap();
        assert_eq!(rows(&book), [vec!["Premi"], vec!["Usia", "Per mil"], vec!["60", "78.5"]]);
    }

    #[test]
    fn what_is_no_sheet_is_refused() {
        assert_eq!(read_sheet(b"PK\x03\x04 not a zip"), Err(SheetFault::Broken));
        assert_eq!(read_sheet(b"\x89PNG\r\n\x1a\n\0\0"), Err(SheetFault::Neither));
        let long = "1\n".repeat(MOST_ROWS + 1);
        assert_eq!(read_sheet(long.as_bytes()), Err(SheetFault::TooLarge));
        assert_eq!(read_sheet(";".repeat(MOST_COLUMNS).as_bytes()), Err(SheetFault::TooLarge));
        assert_eq!(rows(b""), Vec::<Vec<String>>::new());
    }
}
