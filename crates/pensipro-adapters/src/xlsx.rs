//! Reports as spreadsheets, row by row in constant memory.

use pensipro_kernel::document::{Align, Cell, Column, Report};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

/// Why there is no spreadsheet: more rows than one can have, or no room for temporary files.
#[derive(Debug, thiserror::Error)]
#[error("a spreadsheet cannot be written: {0}")]
pub struct SpreadsheetError(#[from] XlsxError);

/// A spreadsheet that is being written: [`Spreadsheet::begin`], [`Spreadsheet::row`] for each row,
/// [`Spreadsheet::finish`]. Rows go to an unnamed temporary file as they come.
pub struct Spreadsheet {
    workbook: Workbook,
    sheet: Worksheet,
    formats: Formats,
    next: u32,
}

struct Formats {
    title: Format,
    head: [Format; 2],
    plain: Format,
    count: Format,
    money: Format,
    rate: Format,
    date: Format,
}

/// Writes a report. Amounts are numbers: beyond Rp 90 trillion a spreadsheet no longer tells their
/// sen.
pub fn write_xlsx(report: &Report) -> Result<Vec<u8>, SpreadsheetError> {
    let mut sheet = Spreadsheet::begin(report)?;
    for row in report.table.rows.iter().chain(&report.table.totals) {
        sheet.row(row)?;
    }
    sheet.finish()
}

impl Spreadsheet {
    /// Title, if there is one, facts and the columns' titles of a report; its rows are not written yet.
    pub fn begin(report: &Report) -> Result<Self, SpreadsheetError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(&report.title)?);
        let sheet = workbook.new_worksheet_with_constant_memory()?;
        let mut begun = Self { workbook, sheet, formats: Formats::new(), next: 0 };
        begun.set_widths(&report.table.columns)?;
        if !report.title.is_empty() {
            let title = escaped(&report.title);
            begun.sheet.write_string_with_format(0, 0, title, &begun.formats.title)?;
            begun.next = 1;
        }
        for fact in &report.facts {
            begun.row(&[Cell::from(fact.name.as_str()), fact.value.clone()])?;
        }
        begun.titles(&report.table.columns)?;
        Ok(begun)
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[Cell]) -> Result<(), SpreadsheetError> {
        for (column, cell) in (0..).zip(cells) {
            self.cell(column, cell)?;
        }
        self.next += 1;
        Ok(())
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, SpreadsheetError> {
        self.workbook.push_worksheet(self.sheet);
        Ok(self.workbook.save_to_buffer()?)
    }

    fn titles(&mut self, columns: &[Column]) -> Result<(), SpreadsheetError> {
        for (place, column) in (0..).zip(columns) {
            let format = &self.formats.head[usize::from(column.align == Align::Right)];
            self.sheet.write_string_with_format(
                self.next,
                place,
                escaped(&column.title),
                format,
            )?;
        }
        self.next += 1;
        self.sheet.set_freeze_panes(self.next, 0)?;
        Ok(())
    }

    fn set_widths(&mut self, columns: &[Column]) -> Result<(), SpreadsheetError> {
        for (place, column) in (0..).zip(columns) {
            let least = if column.align == Align::Right { 16 } else { 24 };
            let width = u16::try_from(column.title.chars().count() + 2).unwrap_or(60);
            self.sheet.set_column_width(place, f64::from(width.clamp(least, 60)))?;
        }
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let (sheet, formats, row) = (&mut self.sheet, &self.formats, self.next);
        match cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => {
                let text = fitting(escaped(text));
                sheet.write_string_with_format(row, column, text, &formats.plain)?
            }
            Cell::Flag(_) => {
                sheet.write_string_with_format(row, column, cell.printed(), &formats.plain)?
            }
            Cell::Count(number) => {
                sheet.write_number_with_format(row, column, *number as f64, &formats.count)?
            }
            Cell::Money(money) => {
                let rupiah = money.sen() as f64 / 100.0;
                sheet.write_number_with_format(row, column, rupiah, &formats.money)?
            }
            Cell::Rate(rate) => {
                let percent = rate.units() as f64 / 10_000.0;
                sheet.write_number_with_format(row, column, percent, &formats.rate)?
            }
            Cell::Date(date) => {
                let date = ExcelDateTime::parse_from_str(&date.to_string())?;
                sheet.write_datetime_with_format(row, column, &date, &formats.date)?
            }
        };
        Ok(())
    }
}

impl Formats {
    fn new() -> Self {
        let head = || Format::new().set_bold().set_text_wrap();
        let number = |format: &str| Format::new().set_num_format(format);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: [head(), head().set_align(FormatAlign::Right)],
            plain: Format::new(),
            count: number("0"),
            money: number("#,##0.00"),
            rate: number("0.####"),
            date: number("dd-mm-yyyy"),
        }
    }
}

/// A fixed date, so that the same report gives the same bytes.
fn properties(title: &str) -> Result<DocProperties, XlsxError> {
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    Ok(DocProperties::new().set_title(title).set_creation_datetime(&made))
}

/// A text that a spreadsheet, or the CSV made from it, would take for a formula gets an apostrophe.
fn escaped(text: &str) -> String {
    let apostrophe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{apostrophe}{text}")
}

/// What a cell of a spreadsheet holds; the end of a longer text is left out.
fn fitting(text: String) -> String {
    const MOST: usize = 32_767;
    match text.char_indices().nth(MOST) {
        None => text,
        Some(_) => text.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use chrono::NaiveDate;
    use pensipro_kernel::{Money, Rate, document::Table};

    use super::*;

    fn report(rows: usize) -> Report {
        let columns = vec![
            Column::words("name", "Nama"),
            Column::figures("plafon", "Plafon"),
            Column::figures("rate", "Bunga"),
            Column::words("due", "Jatuh tempo"),
            Column::words("active", "Aktif"),
        ];
        let mut table = Table::new(columns);
        for _ in 0..rows {
            let plafon: Money = "120000000.50".parse().unwrap();
            let due: NaiveDate = "2026-10-05".parse().unwrap();
            let rate = Rate::percent(12);
            table.push(vec![
                "=HYPERLINK(1)".into(),
                plafon.into(),
                rate.into(),
                due.into(),
                true.into(),
            ]);
        }
        Report::new("Pinjaman", table).about("Cabang", "Bandung")
    }

    fn read(bytes: Vec<u8>) -> Vec<Vec<Data>> {
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        range.rows().map(<[Data]>::to_vec).collect()
    }

    #[test]
    fn texts_are_no_formulas_and_numbers_stay_numbers() {
        let rows = read(write_xlsx(&report(1)).unwrap());
        assert_eq!(rows[0][0], Data::String("Pinjaman".into()));
        assert_eq!(rows[1][..2], [Data::String("Cabang".into()), Data::String("Bandung".into())]);
        assert_eq!(rows[2][1], Data::String("Plafon".into()));
        assert_eq!(rows[3][0], Data::String("'=HYPERLINK(1)".into()));
        assert_eq!(rows[3][1], Data::Float(120_000_000.5));
        assert_eq!(rows[3][2], Data::Float(12.0));
        assert!(matches!(rows[3][3], Data::DateTime(_)), "{:?}", rows[3][3]);
        assert_eq!(rows[3][4], Data::String("ya".into()));
    }

    #[test]
    fn the_same_report_gives_the_same_bytes_and_every_row() {
        let report = report(3_000);
        let bytes = write_xlsx(&report).unwrap();
        assert_eq!(bytes, write_xlsx(&report).unwrap());
        assert_eq!(read(bytes).len(), 3_003);
    }

    #[test]
    fn of_a_text_that_no_cell_holds_the_beginning_is_kept() {
        let mut table = Table::new(vec![Column::words("text", "Teks")]);
        table.push(vec!["ä".repeat(40_000).into()]);
        let rows = read(write_xlsx(&Report::new("", table)).unwrap());
        let Data::String(text) = &rows[1][0] else { panic!("{rows:?}") };
        assert_eq!((text.chars().count(), text.ends_with("ä…")), (32_767, true));
    }
}
