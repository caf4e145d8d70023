//! The file that goes to the payer, written row by row.

use chrono::NaiveDate;
use pensipro_kernel::{
    LoanId, Money,
    csv::{Cell, write_row},
    document,
};

use super::{Export, ExportScope, placed};
use crate::{
    BillingError, ExportField, ExportFormat, ExportLayout, Footer, Nik, NoPensiun, PayerProfile,
    Reference, TitleValue,
};

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
/// each line by ascending number, [`Self::end`]. Lines end in CRLF; text is as the profile encodes it. A spreadsheet is written
/// by an adapter instead, of the [report](Self::report) and the [cells](Self::cells) of each line.
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
        let extension = match self.format().layout {
            ExportLayout::Delimited => "csv",
            ExportLayout::Spreadsheet => "xlsx",
            ExportLayout::Fixed(_) => "txt",
        };
        format!("potongan-{}-{}-{}.{extension}", scope.periode, scope.payer, self.export.id)
    }

    /// Titles and header.
    pub fn begin(&self, out: &mut Vec<u8>) {
        let mut text = Vec::new();
        self.head(&mut text);
        self.format().encoding.encode(text, out);
    }

    fn head(&self, out: &mut Vec<u8>) {
        if let Some(places) = self.format().layout.fixed() {
            return placed::header(places, self.format(), self.export.scope.periode, out);
        }
        for title in &self.format().titles {
            let value = self.title(title.value);
            self.write(out, [Cell::Text(&title.label), Cell::Text(&value)]);
        }
        self.write(out, self.format().columns.iter().map(|column| Cell::Text(&column.heading)));
    }

    /// A line; refused where it does not fit into the places of a file of fixed width.
    pub fn row(&self, row: &FileRow, out: &mut Vec<u8>) -> Result<(), BillingError> {
        let mut text = Vec::new();
        self.detail(row, &mut text)?;
        self.format().encoding.encode(text, out);
        Ok(())
    }

    fn detail(&self, row: &FileRow, out: &mut Vec<u8>) -> Result<(), BillingError> {
        if let Some(places) = self.format().layout.fixed() {
            let value = |field| self.value(field, row);
            return placed::detail(places, self.format(), row.line_no, value, out);
        }
        let columns = self.format().columns.iter();
        let cells: Vec<_> = columns.map(|column| self.cell(column.field, row)).collect();
        self.write(out, cells.iter().map(|(kind, text)| kind.of(text)));
        Ok(())
    }

    /// What comes after the last line.
    pub fn end(&self, out: &mut Vec<u8>) -> Result<(), BillingError> {
        if let Some(places) = self.format().layout.fixed() {
            let Export { lines, total_amount, .. } = self.export;
            return placed::trailer(places, self.format(), (*lines, *total_amount), out);
        }
        if self.format().footer == Footer::Totals {
            let lines = self.title(TitleValue::Lines);
            let total = self.title(TitleValue::Total);
            self.write(out, [Cell::Text("TOTAL"), Cell::Number(&lines), Cell::Number(&total)]);
        }
        Ok(())
    }

    /// A spreadsheet's titles and columns; its lines are not in it.
    pub fn report(&self) -> document::Report {
        let columns = self.format().columns.iter().map(|column| {
            let (name, title) = (column.field.code(), column.heading.clone());
            match column.field {
                ExportField::Amount | ExportField::InstalmentNo => {
                    document::Column::figures(name, title)
                }
                _ => document::Column::words(name, title),
            }
        });
        let report = document::Report::new("", document::Table::new(columns.collect()));
        let titles = self.format().titles.iter();
        titles.fold(report, |report, title| report.about(&title.label, self.title(title.value)))
    }

    /// A line of a spreadsheet.
    pub fn cells(&self, row: &FileRow) -> Vec<document::Cell> {
        let columns = self.format().columns.iter();
        columns.map(|column| self.value(column.field, row).into()).collect()
    }

    /// What comes after a spreadsheet's last line.
    pub fn totals(&self) -> Option<Vec<document::Cell>> {
        let Export { lines, total_amount, .. } = *self.export;
        let cells = || vec!["TOTAL".into(), i64::from(lines).into(), total_amount.into()];
        (self.format().footer == Footer::Totals).then(cells)
    }

    const fn format(&self) -> &'a ExportFormat {
        self.profile.export()
    }

    fn title(&self, value: TitleValue) -> String {
        let Export { scope, lines, total_amount, .. } = self.export;
        match value {
            TitleValue::Periode => self.format().periods.write(scope.periode),
            TitleValue::Payer => scope.payer.to_string(),
            TitleValue::PayOffice => scope.pay_office.clone(),
            TitleValue::Lines => lines.to_string(),
            TitleValue::Total => self.format().amounts.write(*total_amount),
        }
    }

    fn value(&self, field: ExportField, row: &FileRow) -> FieldValue {
        let ExportScope { periode, payer, .. } = &self.export.scope;
        let (periode, loan_id) = (*periode, row.loan_id);
        match field {
            ExportField::Reference => FieldValue::Key(Reference { periode, loan_id }.to_string()),
            ExportField::Periode => FieldValue::Key(self.format().periods.write(periode)),
            ExportField::Payer => FieldValue::Key(payer.to_string()),
            ExportField::PayOffice => FieldValue::Words(row.pay_office.clone()),
            ExportField::NoPensiun => {
                FieldValue::Key(text(row.no_pensiun.as_ref().map(NoPensiun::as_str)))
            }
            ExportField::Nik => FieldValue::Key(text(row.nik.as_ref().map(Nik::as_str))),
            ExportField::Name => FieldValue::Words(row.name.clone()),
            ExportField::LoanNumber => FieldValue::Key(row.loan_number.clone()),
            ExportField::InstalmentNo => FieldValue::Count(row.instalment_no),
            ExportField::DueDate => FieldValue::Date(row.due_date),
            ExportField::Amount => FieldValue::Amount(row.amount),
        }
    }

    fn cell(&self, field: ExportField, row: &FileRow) -> (Kind, String) {
        match self.value(field, row) {
            FieldValue::Key(text) | FieldValue::Words(text) => (Kind::Text, text),
            FieldValue::Count(count) => (Kind::Number, count.to_string()),
            FieldValue::Date(date) => (Kind::Text, self.format().dates.write(date)),
            FieldValue::Amount(amount) => (Kind::Number, self.format().amounts.write(amount)),
        }
    }

    fn write<'c>(&self, out: &mut Vec<u8>, cells: impl IntoIterator<Item = Cell<'c>>) {
        write_row(out, self.format().delimiter, cells);
    }
}

/// What a field of a line holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldValue {
    /// A text that names something; a part of it names something else.
    Key(String),
    /// A text for people.
    Words(String),
    Count(u32),
    Date(NaiveDate),
    Amount(Money),
}

impl From<FieldValue> for document::Cell {
    fn from(value: FieldValue) -> Self {
        match value {
            FieldValue::Key(text) | FieldValue::Words(text) => text.into(),
            FieldValue::Count(count) => i64::from(count).into(),
            FieldValue::Date(date) => date.into(),
            FieldValue::Amount(amount) => amount.into(),
        }
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
        Arrears, DateStyle, ExportEncoding, ExportScope, ExportStatus, FileLine, FixedAmount,
        FixedColumns, FixedExport, FixedField, FixedFormat, FixedHeader, FixedTrailer, NumberStyle,
        Parser, Payer, PeriodStyle, ProfileParts, Report, Span, Title, generic,
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
        rows().iter().for_each(|row| file.row(row, &mut out).unwrap());
        file.end(&mut out).unwrap();
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
    fn months_are_written_as_the_payer_reads_them() {
        for (style, month) in [
            (PeriodStyle::Iso, "2026-10"),
            (PeriodStyle::YearMonth, "202610"),
            (PeriodStyle::MonthYear, "102026"),
            (PeriodStyle::Slashed, "10/2026"),
            (PeriodStyle::Named, "OKTOBER 2026"),
        ] {
            let mut parts = ProfileParts::from(generic());
            parts.export.periods = style;
            let label = "BULAN".into();
            parts.export.titles = vec![Title { label, value: TitleValue::Periode }];
            let file = written(&parts.try_into().unwrap());
            let lines: Vec<&str> = file.lines().collect();
            assert_eq!(lines[0], format!("BULAN;{month}"));
            assert!(lines[2].contains(&format!(";{month};TASPEN;")), "{}", lines[2]);
        }
    }

    #[test]
    fn one_byte_a_character_where_places_are_counted_so() {
        let mut parts = ProfileParts::from(generic());
        parts.export.encoding = ExportEncoding::Latin1;
        let (profile, export) = (parts.try_into().unwrap(), export());
        let row = FileRow { name: "José Ōta".into(), ..rows()[0].clone() };
        let mut out = Vec::new();
        ExportFile::new(&export, &profile).row(&row, &mut out).unwrap();
        let name = b";Jos\xe9 ?ta;";
        assert!(out.windows(name.len()).any(|bytes| bytes == name), "{out:?}");
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

    fn place(from: u16, width: u16) -> Span {
        Span { from, width }
    }

    /// Places for an export and, but for the name, for the payer's answer.
    fn fixed(amounts: FixedAmount) -> ProfileParts {
        let (reference, nik, amount) = (place(2, 20), place(22, 16), place(58, 12));
        let header = FixedHeader { mark: "H".into(), periode: Some(place(2, 6)) };
        let trailer =
            FixedTrailer { mark: "T".into(), count: Some(place(2, 7)), total: Some(place(9, 15)) };
        let mut parts = ProfileParts::from(generic());
        let at = |field, at| FixedField { field, at };
        parts.export.layout = ExportLayout::Fixed(FixedExport {
            header: Some(header.clone()),
            detail: "D".into(),
            fields: vec![
                at(ExportField::Reference, reference),
                at(ExportField::Nik, nik),
                at(ExportField::Name, place(38, 20)),
                at(ExportField::Amount, amount),
            ],
            trailer: Some(trailer.clone()),
            amounts,
        });
        parts.import.fixed = Some(FixedFormat {
            header: Some(header),
            detail: "D".into(),
            trailer: Some(trailer),
            columns: FixedColumns {
                reference: Some(reference),
                no_pensiun: None,
                nik: Some(nik),
                amount,
                status: None,
                reason: None,
            },
            amounts,
        });
        parts
    }

    #[test]
    fn a_file_of_fixed_width_is_read_back_as_it_was_written() {
        let profile: PayerProfile = fixed(FixedAmount::Sen).try_into().unwrap();
        let file = written(&profile);
        assert!(file.lines().all(|line| line.is_ascii()), "{file}");
        let mut parser = Parser::new(vec![Arc::new(profile)]);
        let mut lines = Vec::new();
        parser.feed(file.as_bytes(), &mut lines).unwrap();
        parser.finish(&mut lines).unwrap();
        assert_eq!(lines.len(), 3);
        for (line, row) in lines.iter().zip(rows()) {
            let FileLine::Parsed(line) = line else { panic!("{line:?}") };
            assert_eq!(line.report, Report::Paid(row.amount));
            assert_eq!(line.keys.reference.unwrap().loan_id, row.loan_id);
            assert_eq!(line.keys.nik, row.nik);
        }
        insta::assert_snapshot!(file);
    }

    #[test]
    fn no_figure_is_cut_to_its_place() {
        let export = export();
        let refused = |parts: ProfileParts, row: FileRow| {
            let profile = parts.try_into().unwrap();
            ExportFile::new(&export, &profile).row(&row, &mut Vec::new()).unwrap_err().to_string()
        };
        let large = row(7, "Siti", "", 1_000_000_000_000);
        assert_eq!(
            refused(fixed(FixedAmount::Sen), large),
            "amount of line 7 is longer than its place, as the payer profile has it"
        );
        let with_sen = row(7, "Siti", "", 150);
        assert_eq!(
            refused(fixed(FixedAmount::Rupiah), with_sen),
            "amount of line 7 is no whole rupiah, as the payer profile has it"
        );
        let mut narrow = fixed(FixedAmount::Sen);
        let ExportLayout::Fixed(places) = &mut narrow.export.layout else { panic!() };
        places.fields[0].at.width = 10;
        let told = refused(narrow, row(7, "Siti", "", 150));
        assert!(told.starts_with("reference of line 7 is longer"), "{told}");
    }

    #[test]
    fn fields_of_a_line_do_not_share_places() {
        let mut parts = fixed(FixedAmount::Sen);
        let ExportLayout::Fixed(places) = &mut parts.export.layout else { panic!() };
        places.fields[1].at.from = 21;
        let fault = PayerProfile::try_from(parts).unwrap_err();
        assert_eq!(fault.fault, "two fields of a fixed line of the export share a place");
    }

    #[test]
    fn a_spreadsheet_has_cells_of_their_kinds() {
        let mut parts = ProfileParts::from(generic());
        parts.export.layout = ExportLayout::Spreadsheet;
        parts.export.footer = Footer::Totals;
        let (export, profile) = (export(), parts.try_into().unwrap());
        let file = ExportFile::new(&export, &profile);
        assert_eq!(file.name(), "potongan-2026-10-TASPEN-12.xlsx");
        let cells = file.cells(&rows()[0]);
        assert_eq!(cells.len(), file.report().table.columns.len());
        assert!(cells.contains(&document::Cell::Money(rows()[0].amount)));
        assert!(cells.contains(&document::Cell::Date(rows()[0].due_date)));
        assert_eq!(file.totals().unwrap()[2], document::Cell::Money(export.total_amount));
    }
}
