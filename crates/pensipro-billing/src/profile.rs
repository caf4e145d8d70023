//! How a payer writes files, as data: what differs between payers is here and nowhere in the code.

mod builtin;
mod choice;
mod fixed;
mod layout;
mod own;

pub use builtin::{asabri, built_in, generic, taspen};
pub use choice::Profiles;
pub use fixed::{FixedAmount, FixedColumns, FixedFormat, FixedHeader, FixedTrailer, Span};
pub use layout::{ExportLayout, FixedExport, FixedField};
pub use own::OwnProfile;

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::{Period, codes, indonesian};
use serde::{Deserialize, Serialize};

use crate::{FailReason, NumberStyle, Payer};

/// A payer's profile, checked: its delimiters, columns and days are usable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ProfileParts", into = "ProfileParts")]
pub struct PayerProfile {
    parts: ProfileParts,
}

/// What a profile is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileParts {
    /// Its code: 1 to 32 letters, digits, `_` or `-`.
    pub code: String,
    /// The payer whose profile it is unless another is named; `None` for one of nobody's.
    pub payer: Option<Payer>,
    /// How our instruction to the payer is written.
    pub export: ExportFormat,
    /// How the payer's answer is read.
    pub import: ImportFormat,
    /// The day of the month on which pensions are paid; past a month's end, its last.
    pub pay_day: u32,
    /// Days after the pay day within which the payer's answer comes.
    #[serde(default = "fifteen")]
    pub realisation_days: u32,
}

const fn fifteen() -> u32 {
    15
}

/// How an export file is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportFormat {
    /// Which kind of file it is.
    #[serde(default)]
    pub layout: ExportLayout,
    /// The columns in their order, each with its heading; none in a file of fixed width.
    #[serde(default)]
    pub columns: Vec<ExportColumn>,
    /// Between fields: an ASCII character other than a quote, a line break, a letter or a digit.
    pub delimiter: char,
    /// How amounts are written.
    pub amounts: NumberStyle,
    /// How dates are written.
    pub dates: DateStyle,
    /// How months are written.
    #[serde(default)]
    pub periods: PeriodStyle,
    /// How text becomes bytes; a spreadsheet has its own way.
    #[serde(default)]
    pub encoding: ExportEncoding,
    /// Lines before the header.
    #[serde(default)]
    pub titles: Vec<Title>,
    /// What comes after the last line.
    pub footer: Footer,
}

/// A column of an export file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportColumn {
    /// What it holds.
    pub field: ExportField,
    /// Its heading.
    pub heading: String,
}

/// A line before the header: a label, and what it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// The label.
    pub label: String,
    /// What stands beside it.
    pub value: TitleValue,
}

codes! {
    /// What a title line of an export tells.
    pub enum TitleValue {
        /// The month.
        Periode = "periode",
        /// The payer.
        Payer = "payer",
        /// The pay office.
        PayOffice = "pay_office",
        /// How many lines follow.
        Lines = "lines",
        /// What they add up to.
        Total = "total",
    }
}

codes! {
    /// What a column of an export holds.
    pub enum ExportField {
        /// The line's reference.
        Reference = "reference",
        /// The month billed.
        Periode = "periode",
        /// The payer.
        Payer = "payer",
        /// The pay office.
        PayOffice = "pay_office",
        /// The pension number.
        NoPensiun = "no_pensiun",
        /// The NIK.
        Nik = "nik",
        /// The member's name.
        Name = "name",
        /// The loan's number.
        LoanNumber = "loan_number",
        /// The instalment's number.
        InstalmentNo = "instalment_no",
        /// Its due date.
        DueDate = "due_date",
        /// What is to be cut.
        Amount = "amount",
    }
}

codes! {
    /// How dates are written.
    pub enum DateStyle {
        /// `2026-10-25`.
        Iso = "iso",
        /// `25/10/2026`.
        DayMonthYear = "day_month_year",
    }
}

impl DateStyle {
    /// The date so written.
    pub fn write(self, date: NaiveDate) -> String {
        match self {
            Self::Iso => date.to_string(),
            Self::DayMonthYear => date.format("%d/%m/%Y").to_string(),
        }
    }
}

codes! {
    /// How months are written.
    #[derive(Default)]
    pub enum PeriodStyle {
        /// `2026-10`; without the dash in the header of a file of fixed width.
        #[default]
        Iso = "iso",
        /// `202610`.
        YearMonth = "year_month",
        /// `102026`.
        MonthYear = "month_year",
        /// `10/2026`.
        Slashed = "slashed",
        /// `OKTOBER 2026`.
        Named = "named",
    }
}

impl PeriodStyle {
    /// The month so written.
    pub fn write(self, periode: Period) -> String {
        let first = periode.first_day();
        let (year, month) = (first.year(), first.month());
        match self {
            Self::Iso => periode.to_string(),
            Self::YearMonth => format!("{year:04}{month:02}"),
            Self::MonthYear => format!("{month:02}{year:04}"),
            Self::Slashed => format!("{month:02}/{year:04}"),
            Self::Named => indonesian::month(periode).to_uppercase(),
        }
    }
}

codes! {
    /// How the text of an export becomes bytes.
    #[derive(Default)]
    pub enum ExportEncoding {
        /// UTF-8.
        #[default]
        Utf8 = "utf8",
        /// One byte a character (ISO 8859-1), `?` for what that has not: places of a fixed width are counted
        /// in bytes by whoever reads them so.
        Latin1 = "latin1",
    }
}

impl ExportEncoding {
    /// Text in UTF-8, as this encoding has it.
    pub fn encode(self, text: Vec<u8>, out: &mut Vec<u8>) {
        match self {
            Self::Utf8 => out.extend(text),
            Self::Latin1 => {
                let text = String::from_utf8_lossy(&text);
                out.extend(text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')));
            }
        }
    }
}

codes! {
    /// What comes after an export's last line.
    pub enum Footer {
        /// Nothing.
        None = "none",
        /// A line with the number of lines and their sum.
        Totals = "totals",
    }
}

/// How a realisation file is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportFormat {
    /// Where fields stand in a file of fixed width; `None` for one with headings, which may be CSV, a
    /// spreadsheet or a table of HTML, as its content tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed: Option<FixedFormat>,
    /// Which headings mean what; none in a file of fixed width.
    #[serde(default)]
    pub columns: ImportColumns,
    /// What may stand between fields; the first with which the header is found is the file's.
    #[serde(default)]
    pub delimiters: Vec<char>,
    /// How amounts are written.
    pub amounts: NumberStyle,
    /// How bytes are text.
    pub encoding: Encoding,
    /// The result codes, compared in capitals.
    pub results: Vec<ResultCode>,
    /// What an empty result means; `None` makes such a line invalid.
    pub empty_result: Option<CutResult>,
    /// The payer's words for why, the first that is contained counts; nothing fits: `other`.
    pub reasons: Vec<ReasonWords>,
    /// Words that mark a row of totals, where the row names nobody.
    #[serde(default)]
    pub total_words: Vec<String>,
}

/// Headings by what their column holds, each with its aliases. Compared in capitals, with single
/// blanks for whatever is between words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportColumns {
    /// Our reference.
    pub reference: Vec<String>,
    /// The pension number.
    pub no_pensiun: Vec<String>,
    /// The NIK.
    pub nik: Vec<String>,
    /// What was cut; a header without it is none.
    pub amount: Vec<String>,
    /// The result.
    pub status: Vec<String>,
    /// The payer's words on why.
    pub reason: Vec<String>,
    /// The month.
    pub periode: Vec<String>,
}

codes! {
    /// How the bytes of a file are text.
    pub enum Encoding {
        /// UTF-8; a field that is none is Windows-1252.
        Auto = "auto",
        /// Windows-1252.
        Windows1252 = "windows_1252",
    }
}

codes! {
    /// What a result code means.
    pub enum CutResult {
        /// Something was cut.
        Paid = "paid",
        /// Nothing was cut.
        Failed = "failed",
    }
}

/// A result code and its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultCode {
    /// The code as the payer writes it.
    pub code: String,
    /// What it means.
    pub means: CutResult,
}

/// A payer's words and the reason that they stand for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonWords {
    /// Words contained in the payer's text.
    pub contains: String,
    /// The reason.
    pub means: FailReason,
}

/// Why a profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the payer profile {code:?} cannot be used: {fault}")]
pub struct ProfileFault {
    /// The profile's code.
    pub code: String,
    /// What is wrong with it.
    pub fault: &'static str,
}

impl TryFrom<ProfileParts> for PayerProfile {
    type Error = ProfileFault;

    fn try_from(parts: ProfileParts) -> Result<Self, ProfileFault> {
        match parts.fault() {
            Some(fault) => Err(ProfileFault { code: parts.code, fault }),
            None => Ok(Self { parts }),
        }
    }
}

impl From<PayerProfile> for ProfileParts {
    fn from(profile: PayerProfile) -> Self {
        profile.parts
    }
}

impl ProfileParts {
    /// The first thing that is wrong with it.
    fn fault(&self) -> Option<&'static str> {
        let import = &self.import;
        let columns = &import.columns;
        let is_fixed = import.fixed.is_some();
        let identified = !columns.reference.is_empty()
            || !columns.no_pensiun.is_empty()
            || !columns.nik.is_empty();
        let fixed = import.fixed.as_ref().and_then(FixedFormat::fault);
        let placed = self.export.layout.fixed();
        let fixed = fixed.or_else(|| placed.and_then(FixedExport::fault));
        let demands = [
            (is_code(&self.code), "its code is not 1 to 32 letters, digits, _ or -"),
            ((1..=31).contains(&self.pay_day), "pay_day is not 1 to 31"),
            (self.realisation_days <= 366, "realisation_days is more than 366"),
            (is_delimiter(self.export.delimiter), "the export's delimiter cannot part fields"),
            (placed.is_some() || !self.export.columns.is_empty(), "the export has no columns"),
            (is_fixed || !import.delimiters.is_empty(), "the import has no delimiter"),
            (import.delimiters.iter().all(|c| is_delimiter(*c)), "a delimiter cannot part fields"),
            (is_fixed || !columns.amount.is_empty(), "the import has no heading for the amount"),
            (
                is_fixed || identified,
                "the import has no heading for a reference, no_pensiun or nik",
            ),
            (
                import.total_words.iter().all(|word| !word.trim().is_empty()),
                "a total word is empty",
            ),
            (
                import.reasons.iter().all(|words| !words.contains.trim().is_empty()),
                "a reason's words are empty",
            ),
        ];
        demands.into_iter().find(|(met, _)| !met).map(|(_, fault)| fault).or(fixed)
    }
}

fn is_code(code: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=32).contains(&code.len()) && code.bytes().all(allowed)
}

fn is_delimiter(c: char) -> bool {
    c == '\t' || (c.is_ascii_punctuation() && c != '"' && c != '\'')
}

impl PayerProfile {
    /// Its parts.
    pub const fn parts(&self) -> &ProfileParts {
        &self.parts
    }

    /// Its code.
    pub fn code(&self) -> &str {
        &self.parts.code
    }

    /// How an export is written.
    pub const fn export(&self) -> &ExportFormat {
        &self.parts.export
    }

    /// How an import is read.
    pub const fn import(&self) -> &ImportFormat {
        &self.parts.import
    }

    /// Days after the pay day within which the payer's answer comes.
    pub const fn realisation_days(&self) -> u32 {
        self.parts.realisation_days
    }

    /// The day of a month on which pensions are paid.
    pub fn pays_on(&self, periode: Period) -> NaiveDate {
        periode.day(self.parts.pay_day)
    }
}
