//! Small sheets that people hand in, as texts: what [`read_spreadsheet`] reads, kept whole.

use std::io::Cursor;

use pensipro_members::{Cell, SheetFault, SheetRow};

use crate::read_spreadsheet;

/// The most rows of a sheet.
const MOST_ROWS: usize = 10_000;
/// The most columns of a sheet.
const MOST_COLUMNS: usize = 500;

/// Reads the first visible sheet of a spreadsheet, or a CSV. Rows stand where editors number them and
/// are as long as their last cell; blank ones are empty. More than 10,000 rows or 500 columns are
/// [`SheetFault::TooLarge`].
pub fn read_sheet(bytes: &[u8]) -> Result<Vec<Vec<String>>, SheetFault> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    read_spreadsheet(Cursor::new(bytes), |SheetRow { number, cells }| {
        let number = usize::try_from(number).unwrap_or(usize::MAX);
        if number > MOST_ROWS || cells.len() > MOST_COLUMNS {
            return Err(SheetFault::TooLarge("it has more than 10000 rows or 500 columns"));
        }
        rows.resize(number.saturating_sub(1), Vec::new());
        rows.push(cells.into_iter().map(written).collect());
        Ok(())
    })?;
    Ok(rows)
}

fn written(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Number(text) => text.trim().to_owned(),
        Cell::Date(day) => day.to_string(),
    }
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
        let refused = |bytes: &[u8]| read_sheet(bytes).unwrap_err();
        assert!(matches!(refused(b"PK\x03\x04 not a zip"), SheetFault::Unreadable(_)));
        assert!(matches!(refused(b"\x89PNG\r\n\x1a\n\0\0"), SheetFault::Unsupported(_)));
        let long = "1\n".repeat(MOST_ROWS + 1);
        assert!(matches!(refused(long.as_bytes()), SheetFault::TooLarge(_)));
        let wide = ";".repeat(MOST_COLUMNS);
        assert!(matches!(refused(wide.as_bytes()), SheetFault::TooLarge(_)));
        assert!(matches!(refused(b""), SheetFault::Empty));
    }
}
