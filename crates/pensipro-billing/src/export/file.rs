//! The file that goes to the payer, written row by row.

use chrono::NaiveDate;
use pensipro_kernel::{
    LoanId, Money,
    csv::{Cell, write_row},
};

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
    /// The member's pension number; `None` once he was anonymised.
    pub no_pensiun: Option<NoPensiun>,
    /// The member's NIK; likewise.
    pub nik: Option<Nik>,
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
            ExportField::NoPensiun => {
                (Kind::Text, text(row.no_pensiun.as_ref().map(NoPensiun::as_str)))
            }
            ExportField::Nik => (Kind::Text, text(row.nik.as_ref().map(Nik::as_str))),
            ExportField::Name => (Kind::Text, row.name.clone()),
            ExportField::LoanNumber => (Kind::Text, row.loan_number.clone()),
            ExportField::InstalmentNo => (Kind::Number, row.instalment_no.to_string()),
            ExportField::DueDate => (Kind::Text, written(format.dates, row.due_date)),
            ExportField::Amount => (Kind::Number, format.amounts.write(row.amount)),
        }
    }

    fn write<'c>(&self, out: &mut Vec<u8>, cells: impl IntoIterator<Item = Cell<'c>>) {
        write_row(out, self.profile.export().delimiter, cells);
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

/// What is not known is an empty cell.
fn text(known: Option<&str>) -> String {
    known.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Arrears, ExportScope, ExportStatus, FileLine, NumberStyle, Parser, Payer, ProfileParts,
        Report, Title, generic,
    };
    use chrono::DateTime;
    use pensipro_kernel::ExportId;
    use std::sync::Arc;

    fn export() -> Export {
        Export {
            id: ExportId::new(12),
            scope: ExportScope {
                periode: "2026-10".parse().unwrap(),
                payer: Payer::Taspen,
                pay_office: String::new(),
            },
            arrears: Arrears::Exclude,
            tolerance: Money::ZERO,
            profile: "GENERIC".into(),
            status: ExportStatus::Generated,
            cursor: None,
            lines: 3,
            left_out: 0,
            total_amount: Money::from_sen(319_900_050),
            replaces: None,
            reason: None,
            sent_on: None,
            sent_note: None,
            created_by: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn row(line_no: u32, name: &str, pay_office: &str, sen: i64) -> FileRow {
        FileRow {
            line_no,
            loan_id: LoanId::new(line_no.into()),
            loan_number: format!("LN-2026-{line_no:06}"),
            no_pensiun: NoPensiun::read("003575843547995"),
            nik: Nik::read("3578290404514434"),
            name: name.into(),
            pay_office: pay_office.into(),
            instalment_no: 4,
            due_date: "2026-10-05".parse().unwrap(),
            amount: Money::from_sen(sen),
        }
    }

    fn rows() -> [FileRow; 3] {
        [
            row(1, "Endang Handayani", "KANTOR POS SEMARANG", 150_000_000),
            row(2, "=HYPERLINK(\"http://x\";\"Siti\")", "-1+1", 161_340_050),
            row(3, "Agus; alias \"Gus\"", "@SUM(A1)", 8_560_000),
        ]
    }

    fn written(profile: &PayerProfile) -> String {
        let export = export();
        let file = ExportFile::new(&export, profile);
        let mut out = Vec::new();
        file.begin(&mut out);
        rows().iter().for_each(|row| file.row(row, &mut out));
        file.end(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_built_in_file() {
        let file = written(&generic());
        assert!(file.ends_with("\r\n"));
        insta::assert_snapshot!(file);
    }

    #[test]
    fn a_file_in_a_payers_own_style() {
        let mut parts = ProfileParts::from(generic());
        parts.export.amounts = NumberStyle::Indonesian;
        parts.export.dates = DateStyle::DayMonthYear;
        parts.export.footer = Footer::Totals;
        parts.export.delimiter = ',';
        let title = |label: &str, value| Title { label: label.into(), value };
        parts.export.titles =
            vec![title("PERIODE", TitleValue::Periode), title("JUMLAH", TitleValue::Total)];
        insta::assert_snapshot!(written(&parts.try_into().unwrap()));
    }

    #[test]
    fn no_text_cell_begins_like_a_formula() {
        let text = written(&generic());
        for cell in text.lines().flat_map(|line| line.split(';')) {
            let cell = cell.trim_start_matches('"');
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t']), "{cell}");
        }
    }

    #[test]
    fn a_payer_may_send_our_own_file_back_as_its_answer() {
        let mut parser = Parser::new(vec![Arc::new(generic())]);
        let mut lines = Vec::new();
        parser.feed(written(&generic()).as_bytes(), &mut lines).unwrap();
        parser.finish(&mut lines).unwrap();
        assert_eq!(lines.len(), 3);
        for (line, row) in lines.iter().zip(rows()) {
            let FileLine::Parsed(line) = line else { panic!("{line:?}") };
            assert_eq!(line.report, Report::Paid(row.amount));
            assert_eq!(line.keys.reference.unwrap().loan_id, row.loan_id);
            assert_eq!(line.keys.nik, row.nik);
        }
    }
}
