//! The file that goes to the payer, written row by row.

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, Money};

use super::Export;
use crate::{DateStyle, ExportField, Footer, Nik, NoPensiun, PayerProfile, Reference, TitleValue};

/// A line of an export with what the file tells of its member and loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Its number in the export.
    pub line_no: u32,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's number, `LN-2026-000123`.
    pub loan_number: String,
    /// The member's pension number.
    pub no_pensiun: NoPensiun,
    /// The member's NIK.
    pub nik: Nik,
    /// The member's name.
    pub name: String,
    /// The member's pay office; empty if unknown.
    pub pay_office: String,
    /// The instalment named.
    pub instalment_no: u32,
    /// Its due date.
    pub due_date: NaiveDate,
    /// What is to be cut.
    pub amount: Money,
}

/// Writes an export's file into a buffer that the caller drains: [`Self::begin`], [`Self::row`] for
/// each line by ascending number, [`Self::end`]. Lines end in CRLF; text is UTF-8.
#[derive(Debug, Clone, Copy)]
pub struct ExportFile<'a> {
    export: &'a Export,
    profile: &'a PayerProfile,
}

impl<'a> ExportFile<'a> {
    /// The file of an export, in a profile.
    pub const fn new(export: &'a Export, profile: &'a PayerProfile) -> Self {
        Self { export, profile }
    }

    /// A name for the file: `potongan-2026-10-TASPEN-12.csv`.
    pub fn name(&self) -> String {
        let scope = &self.export.scope;
        format!("potongan-{}-{}-{}.csv", scope.periode, scope.payer, self.export.id)
    }

    /// Titles and header.
    pub fn begin(&self, out: &mut Vec<u8>) {
        for title in &self.profile.export().titles {
            let value = self.title(title.value);
            self.write(out, [Cell::Text(&title.label), Cell::Text(&value)]);
        }
        let columns = &self.profile.export().columns;
        self.write(out, columns.iter().map(|column| Cell::Text(&column.heading)));
    }

    /// A line.
    pub fn row(&self, row: &FileRow, out: &mut Vec<u8>) {
        let columns = &self.profile.export().columns;
        let cells: Vec<_> = columns.iter().map(|column| self.cell(column.field, row)).collect();
        self.write(out, cells.iter().map(|(kind, text)| kind.of(text)));
    }

    /// What comes after the last line.
    pub fn end(&self, out: &mut Vec<u8>) {
        match self.profile.export().footer {
            Footer::None => {}
            Footer::Totals => {
                let lines = self.title(TitleValue::Lines);
                let total = self.title(TitleValue::Total);
                self.write(out, [Cell::Text("TOTAL"), Cell::Number(&lines), Cell::Number(&total)]);
            }
        }
    }

    fn title(&self, value: TitleValue) -> String {
        let Export { scope, lines, total_amount, .. } = self.export;
        match value {
            TitleValue::Periode => scope.periode.to_string(),
            TitleValue::Payer => scope.payer.to_string(),
            TitleValue::PayOffice => scope.pay_office.clone(),
            TitleValue::Lines => lines.to_string(),
            TitleValue::Total => self.profile.export().amounts.write(*total_amount),
        }
    }

    fn cell(&self, field: ExportField, row: &FileRow) -> (Kind, String) {
        let periode = self.export.scope.periode;
        let format = self.profile.export();
        match field {
            ExportField::Reference => {
                (Kind::Text, Reference { periode, loan_id: row.loan_id }.to_string())
            }
            ExportField::Periode => (Kind::Text, periode.to_string()),
            ExportField::Payer => (Kind::Text, self.export.scope.payer.to_string()),
            ExportField::PayOffice => (Kind::Text, row.pay_office.clone()),
            ExportField::NoPensiun => (Kind::Text, row.no_pensiun.as_str().to_owned()),
            ExportField::Nik => (Kind::Text, row.nik.as_str().to_owned()),
            ExportField::Name => (Kind::Text, row.name.clone()),
            ExportField::LoanNumber => (Kind::Text, row.loan_number.clone()),
            ExportField::InstalmentNo => (Kind::Number, row.instalment_no.to_string()),
            ExportField::DueDate => (Kind::Text, written(format.dates, row.due_date)),
            ExportField::Amount => (Kind::Number, format.amounts.write(row.amount)),
        }
    }

    fn write<'c>(&self, out: &mut Vec<u8>, cells: impl IntoIterator<Item = Cell<'c>>) {
        let mut delimiter = [0; 4];
        let delimiter = self.profile.export().delimiter.encode_utf8(&mut delimiter);
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                out.extend_from_slice(delimiter.as_bytes());
            }
            cell.write(out, delimiter);
        }
        out.extend_from_slice(b"\r\n");
    }
}

fn written(style: DateStyle, date: NaiveDate) -> String {
    match style {
        DateStyle::Iso => date.to_string(),
        DateStyle::DayMonthYear => date.format("%d/%m/%Y").to_string(),
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
}

impl Kind {
    const fn of(self, text: &str) -> Cell<'_> {
        match self {
            Self::Text => Cell::Text(text),
            Self::Number => Cell::Number(text),
        }
    }
}

#[derive(Clone, Copy)]
enum Cell<'a> {
    /// Escaped where a spreadsheet would take it for a formula.
    Text(&'a str),
    /// Stays what it is.
    Number(&'a str),
}

impl Cell<'_> {
    fn write(self, out: &mut Vec<u8>, delimiter: &str) {
        let (text, escape) = match self {
            Self::Text(text) => (text, text.starts_with(['=', '+', '-', '@', '\t', '\r'])),
            Self::Number(text) => (text, false),
        };
        let quoted = text.contains(['"', '\r', '\n']) || text.contains(delimiter);
        if quoted {
            out.push(b'"');
        }
        if escape {
            out.push(b'\'');
        }
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        if quoted {
            out.push(b'"');
        }
    }
}
