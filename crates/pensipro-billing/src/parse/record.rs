//! What a line's fields say.

use std::borrow::Cow;

use pensipro_kernel::{Money, Period};

use super::{fields::Fields, layout::Layout, months::named_month};
use crate::{
    AmountFault, CutResult, FailReason, FileLine, Given, InvalidLine, InvalidReason, LineKeys,
    MAX_CUT, Nik, NoPensiun, NumberStyle, ParsedLine, Report, normal, unwrap_cell,
};

/// Longer texts of a cell are cut for those who read them.
const MAX_GIVEN: usize = 120;

/// The line; `None` for a row of nothing, or of totals.
pub(super) fn read(layout: &Layout, fields: &Fields, line_no: u32) -> Option<FileLine> {
    let record = Record { layout, fields };
    if record.is_blank() || record.is_total() {
        return None;
    }
    let keys = record.keys();
    let given = record.given();
    let broken = |reason, amount| {
        let given = given.clone();
        FileLine::Invalid(InvalidLine { line_no, reason, amount, given })
    };
    if !layout.fits(fields) {
        return Some(broken(InvalidReason::FieldCount, None));
    }
    let amount = record.amount();
    let readable = amount.ok().filter(|amount| amount.is_positive());
    let (periode, report) = (record.periode(), record.report(amount));
    Some(match (nameless(&keys, &given), periode, report) {
        (Some(reason), _, _) | (None, Err(reason), _) | (None, Ok(_), Err(reason)) => {
            broken(reason, readable)
        }
        (None, Ok(periode), Ok(report)) => {
            FileLine::Parsed(ParsedLine { line_no, keys, periode, report, given })
        }
    })
}

/// Why a line names nobody, if it does.
fn nameless(keys: &LineKeys, given: &Given) -> Option<InvalidReason> {
    if keys.reference.is_some() || keys.identifier().is_some() {
        return None;
    }
    let blank = given.reference.is_none() && given.no_pensiun.is_none() && given.nik.is_none();
    Some(if blank { InvalidReason::IdentifierMissing } else { InvalidReason::IdentifierUnreadable })
}

struct Record<'a> {
    layout: &'a Layout,
    fields: &'a Fields,
}

impl<'a> Record<'a> {
    fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| field.iter().all(u8::is_ascii_whitespace))
    }

    /// True for a row that names nobody and holds one of the profile's words for totals.
    fn is_total(&self) -> bool {
        let columns = self.layout.columns();
        let named = [columns.reference, columns.no_pensiun, columns.nik]
            .into_iter()
            .any(|column| self.cell(column).is_some());
        let words = &self.layout.profile().import().total_words;
        let is_word = |field: &[u8]| {
            let text = normal(&self.layout.text(field));
            words.iter().any(|word| normal(word) == text)
        };
        !named && self.fields.iter().any(is_word)
    }

    /// A cell's text; `None` where the column or its text is missing.
    fn cell(&self, column: Option<usize>) -> Option<Cow<'a, str>> {
        let bytes = self.fields.get(column?).trim_ascii();
        (!bytes.is_empty()).then(|| self.layout.text(bytes))
    }

    fn keys(&self) -> LineKeys {
        let columns = self.layout.columns();
        LineKeys {
            reference: self
                .cell(columns.reference)
                .and_then(|text| unwrap_cell(&text).parse().ok()),
            no_pensiun: self
                .cell(columns.no_pensiun)
                .and_then(|text| NoPensiun::read(unwrap_cell(&text))),
            nik: self.cell(columns.nik).and_then(|text| Nik::read(unwrap_cell(&text))),
        }
    }

    fn given(&self) -> Given {
        let columns = self.layout.columns();
        let given = |column| self.cell(column).and_then(|text| shown(&text));
        Given {
            reference: given(columns.reference),
            no_pensiun: given(columns.no_pensiun),
            nik: given(columns.nik),
            reason: given(columns.reason),
        }
    }

    /// The month that the line names. A cell that names none is a fault: the import's month would be
    /// a guess.
    fn periode(&self) -> Result<Option<Period>, InvalidReason> {
        let Some(text) = self.cell(self.layout.columns().periode) else { return Ok(None) };
        let text = unwrap_cell(&text);
        // A dash stands for nothing, as an empty cell does.
        if !text.contains(char::is_alphanumeric) {
            return Ok(None);
        }
        named_month(text).map(Some).ok_or(InvalidReason::PeriodeUnreadable)
    }

    fn amount(&self) -> Result<Money, AmountFault> {
        let column = self.layout.columns().amount;
        let text = self.cell(Some(column)).ok_or(AmountFault::Missing)?;
        let style = match self.fields.is_number(column) {
            true => NumberStyle::Plain,
            false => self.layout.profile().import().amounts,
        };
        let amount = style.read(&text)?;
        if amount > MAX_CUT { Err(AmountFault::TooLarge) } else { Ok(amount) }
    }

    fn report(&self, amount: Result<Money, AmountFault>) -> Result<Report, InvalidReason> {
        match (self.result()?, amount) {
            (CutResult::Paid, Ok(amount)) if amount.is_positive() => Ok(Report::Paid(amount)),
            (CutResult::Paid, Ok(_)) => Err(InvalidReason::AmountZero),
            (CutResult::Failed, Ok(amount)) if amount.is_positive() => {
                Err(InvalidReason::FailedWithAmount)
            }
            (CutResult::Failed, Ok(_) | Err(AmountFault::Missing)) => {
                Ok(Report::Failed(self.reason()))
            }
            (CutResult::Paid | CutResult::Failed, Err(fault)) => Err(fault.into()),
        }
    }

    fn result(&self) -> Result<CutResult, InvalidReason> {
        let import = self.layout.profile().import();
        let Some(text) = self.cell(self.layout.columns().status) else {
            return import.empty_result.ok_or(InvalidReason::ResultUnknown);
        };
        let text = unwrap_cell(&text);
        let plain = import.results.iter().find(|result| result.code.eq_ignore_ascii_case(text));
        let found = plain.or_else(|| {
            let text = normal(text);
            import.results.iter().find(|result| normal(&result.code) == text)
        });
        found.map(|result| result.means).ok_or(InvalidReason::ResultUnknown)
    }

    fn reason(&self) -> FailReason {
        let Some(text) = self.cell(self.layout.columns().reason) else { return FailReason::Other };
        let text = normal(&text);
        let reasons = &self.layout.profile().import().reasons;
        let found = reasons.iter().find(|words| text.contains(&normal(&words.contains)));
        found.map_or(FailReason::Other, |words| words.means)
    }
}

/// A cell's text for people: without its spreadsheet dress and control characters, and not endless.
fn shown(text: &str) -> Option<Box<str>> {
    let text = unwrap_cell(text);
    let clean = text.len() <= MAX_GIVEN && !text.contains(char::is_control);
    let shown: Box<str> = if clean {
        text.into()
    } else {
        text.chars().filter(|c| !c.is_control()).take(MAX_GIVEN).collect()
    };
    (!shown.is_empty()).then_some(shown)
}

impl From<AmountFault> for InvalidReason {
    fn from(fault: AmountFault) -> Self {
        match fault {
            AmountFault::Missing => Self::AmountMissing,
            AmountFault::Malformed => Self::AmountMalformed,
            AmountFault::Ambiguous => Self::AmountAmbiguous,
            AmountFault::TooPrecise => Self::AmountTooPrecise,
            AmountFault::TooLarge => Self::AmountTooLarge,
            AmountFault::Negative => Self::AmountNegative,
        }
    }
}
