//! What a cell holds, and how it is read as a field.

use chrono::NaiveDate;
use pensipro_kernel::{
    FieldFault, Money,
    written::{AmountFault, NumberStyle, read_date, unwrap_cell},
};

/// A cell as the spreadsheet holds it. A CSV file holds texts alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text.
    Text(String),
    /// A number, in plain decimals.
    Number(String),
    /// A day.
    Date(NaiveDate),
}

/// A row of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// Its number in the sheet, from 1; of a CSV file the line that it begins on.
    pub number: u32,
    /// Its cells from the first column on.
    pub cells: Vec<Cell>,
}

impl SheetRow {
    /// True if it holds nothing.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}

/// Spreadsheets keep 15 digits of a number; those who keep more lose the last ones past 2^53.
const EXACT_DIGITS: usize = 15;
const LARGEST_EXACT: u64 = 1 << 53;

impl Cell {
    /// True if it holds nothing.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => unwrap_cell(text).is_empty(),
            Self::Number(_) | Self::Date(_) => false,
        }
    }

    /// A text as it stands there; `None` where there is nothing.
    pub(super) fn text(&self, field: &str) -> Result<Option<String>, FieldFault> {
        match self {
            Self::Empty => Ok(None),
            Self::Text(text) => match unwrap_cell(text) {
                "" => Ok(None),
                text => Ok(Some(text.to_owned())),
            },
            Self::Number(number) => Ok(Some(number.clone())),
            Self::Date(_) => Err(FieldFault::new(
                field,
                "not_text",
                "is a date to the spreadsheet; format the column as text",
            )),
        }
    }

    /// An identifier without the blanks, points and dashes that part its digits. A number that lost
    /// digits is refused: spreadsheets keep 15.
    pub(super) fn identifier(&self, field: &str) -> Result<Option<String>, FieldFault> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        let lost = match self {
            Self::Number(number) => is_inexact(number),
            _ => is_scientific(&text),
        };
        if lost {
            let message = "is a number to the spreadsheet, which keeps 15 digits of it; format the \
                           column as text and enter it again";
            return Err(FieldFault::new(field, "digits_lost", message));
        }
        let parts = |c: char| c.is_whitespace() || matches!(c, '.' | '-');
        Ok(Some(text.replace(parts, "")))
    }

    /// An amount of money.
    pub(super) fn money(&self, field: &str) -> Result<Option<Money>, FieldFault> {
        let read = match self {
            Self::Empty => Err(AmountFault::Missing),
            Self::Text(text) => NumberStyle::Tolerant.read(unwrap_cell(text)),
            Self::Number(number) => NumberStyle::Plain.read(number),
            Self::Date(_) => Err(AmountFault::Malformed),
        };
        match read {
            Ok(amount) => Ok(Some(amount)),
            Err(AmountFault::Missing) => Ok(None),
            Err(fault) => Err(FieldFault::new(field, "invalid_amount", fault.to_string())),
        }
    }

    /// A day.
    pub(super) fn date(&self, field: &str) -> Result<Option<NaiveDate>, FieldFault> {
        let invalid = |message: String| FieldFault::new(field, "invalid_date", message);
        match self {
            Self::Empty => Ok(None),
            Self::Date(day) => Ok(Some(*day)),
            Self::Number(_) => {
                Err(invalid("is a number to the spreadsheet; format the column as date".to_owned()))
            }
            Self::Text(text) => match unwrap_cell(text) {
                "" => Ok(None),
                text => read_date(text).map(Some).map_err(|fault| invalid(fault.to_string())),
            },
        }
    }
}

/// True for a number of which the last digits may not be those that were entered.
fn is_inexact(number: &str) -> bool {
    match number.parse::<u64>() {
        Ok(whole) => {
            let rounded = number.len() > EXACT_DIGITS && number.ends_with('0');
            rounded || whole > LARGEST_EXACT
        }
        Err(_) => true,
    }
}

/// True for `3,17305E+15`: what a spreadsheet writes to CSV for a long number.
fn is_scientific(text: &str) -> bool {
    let parts = text.split_once(['E', 'e']);
    parts.is_some_and(|(mantissa, exponent)| {
        let is_digit = |c: char| c.is_ascii_digit();
        let is_number = |c: char| is_digit(c) || matches!(c, '.' | ',');
        let plus = exponent.strip_prefix('+');
        mantissa.starts_with(is_digit)
            && mantissa.chars().all(is_number)
            && plus.is_some_and(|digits| digits.chars().all(is_digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.into())
    }

    fn number(text: &str) -> Cell {
        Cell::Number(text.into())
    }

    #[test]
    fn identifiers_lose_their_dress_and_nothing_else() {
        let read = |cell: Cell| cell.identifier("nik").map_err(|fault| fault.code);
        for cell in [
            text("'3173051708570001"),
            text("=\"3173051708570001\""),
            text(" 3173 0517 0857 0001 "),
            text("3173.0517.0857-0001"),
            number("3173051708570001"),
        ] {
            assert_eq!(read(cell.clone()), Ok(Some("3173051708570001".into())), "{cell:?}");
        }
        assert_eq!(read(text("'0012345")), Ok(Some("0012345".into())));
        assert_eq!(read(text("AE+123456")), Ok(Some("AE+123456".into())));
        assert_eq!(read(text(" ' ")), Ok(None));
        for cell in [
            number("3173051708570010"),
            number("9471051708570001"),
            number("31730517085.5"),
            text("3,17305E+15"),
            text("3.17305E+15"),
        ] {
            assert_eq!(read(cell.clone()), Err("digits_lost"), "{cell:?}");
        }
        let day = Cell::Date("2026-01-01".parse().unwrap());
        assert_eq!(read(day), Err("not_text"));
    }

    #[test]
    fn amounts_are_read_however_they_are_written() {
        let read = |cell: Cell| cell.money("monthly_benefit").map_err(|fault| fault.code);
        let amount = Ok(Money::from_rupiah(4_500_000));
        for cell in [text("Rp 4.500.000,-"), text("'4500000"), number("4500000"), text("4,500,000")]
        {
            assert_eq!(read(cell.clone()), amount, "{cell:?}");
        }
        assert_eq!(read(Cell::Empty), Ok(None));
        assert_eq!(read(text("812.300")), Err("invalid_amount"));
        assert_eq!(read(number("4500000.125")), Err("invalid_amount"));
    }

    #[test]
    fn days_are_dates_or_texts_and_never_numbers() {
        let day: NaiveDate = "1957-08-17".parse().unwrap();
        let read = |cell: Cell| cell.date("birth_date").map_err(|fault| fault.code);
        assert_eq!(read(Cell::Date(day)), Ok(Some(day)));
        assert_eq!(read(text("'17/08/1957")), Ok(Some(day)));
        assert_eq!(read(text(" ")), Ok(None));
        assert_eq!(read(number("21048")), Err("invalid_date"));
        assert_eq!(read(text("17/08/57")), Err("invalid_date"));
    }
}
