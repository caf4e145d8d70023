//! A line of a realisation file, as it was read.

use pensipro_kernel::{Money, Period};

use crate::{FailReason, Identifier, InvalidReason, Nik, NoPensiun, Reference};

/// The texts of a line as the payer wrote them, cleaned and cut to a length people can read. They
/// are personal data.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Given {
    /// The reference's cell.
    pub reference: Option<Box<str>>,
    /// The pension number's cell.
    pub no_pensiun: Option<Box<str>>,
    /// The NIK's cell.
    pub nik: Option<Box<str>>,
    /// The payer's own words on why.
    pub reason: Option<Box<str>>,
}

impl std::fmt::Debug for Given {
    /// Personal data stays out of logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Given(…)")
    }
}

/// What a line can be found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineKeys {
    /// The reference, where the cell holds one of ours.
    pub reference: Option<Reference>,
    /// The pension number, where the cell holds one.
    pub no_pensiun: Option<NoPensiun>,
    /// The NIK, where the cell holds one.
    pub nik: Option<Nik>,
}

impl LineKeys {
    /// What names the person: the pension number, else the NIK.
    pub fn identifier(&self) -> Option<Identifier> {
        self.no_pensiun.map(Identifier::NoPensiun).or_else(|| self.nik.map(Identifier::Nik))
    }
}

/// What the payer says of a cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// This much was cut; above zero.
    Paid(Money),
    /// Nothing was cut, for this reason.
    Failed(FailReason),
}

impl Report {
    /// What was cut: nothing where it failed.
    pub const fn amount(self) -> Money {
        match self {
            Self::Paid(amount) => amount,
            Self::Failed(_) => Money::ZERO,
        }
    }
}

/// A line that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedLine {
    /// Its number in the file, from 1, the header and titles counted.
    pub line_no: u32,
    /// What it can be found by; one of them at least.
    pub keys: LineKeys,
    /// The month that the line itself names, where the profile has such a column.
    pub periode: Option<Period>,
    /// What the payer says.
    pub report: Report,
    /// The texts.
    pub given: Given,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidLine {
    /// Its number in the file.
    pub line_no: u32,
    /// Why.
    pub reason: InvalidReason,
    /// Its amount, where at least that can be read.
    pub amount: Option<Money>,
    /// The texts, as far as they were understood.
    pub given: Given,
}

/// A line of a realisation file. Blank lines, titles, the header and total rows are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileLine {
    /// It can be read.
    Parsed(ParsedLine),
    /// It cannot.
    Invalid(InvalidLine),
}

impl FileLine {
    /// Its number in the file.
    pub const fn line_no(&self) -> u32 {
        match self {
            Self::Parsed(line) => line.line_no,
            Self::Invalid(line) => line.line_no,
        }
    }

    /// Its amount, if that can be read.
    pub const fn amount(&self) -> Option<Money> {
        match self {
            Self::Parsed(line) => Some(line.report.amount()),
            Self::Invalid(line) => line.amount,
        }
    }
}

/// What a line without a usable reference is known by, but for its occurrence: with the payer and
/// the periode of its import it says which money this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyBase {
    /// Whom it names.
    pub identifier: Identifier,
    /// Its amount; zero for a failure.
    pub amount: Money,
}

/// The key of a line without a usable reference: payer and periode (of its import), identifier,
/// amount, and the how manieth such line of the file it is. A re-ordered or appended file gives the
/// same keys to the same money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    /// Whom and how much.
    pub base: KeyBase,
    /// Counts from 1.
    pub occurrence: u32,
}

impl ParsedLine {
    /// The base of the line's key; `None` where its reference is its key.
    pub fn key_base(&self) -> Option<KeyBase> {
        let identifier = match self.keys.reference {
            Some(_) => None,
            None => self.keys.identifier(),
        };
        identifier.map(|identifier| KeyBase { identifier, amount: self.report.amount() })
    }
}
