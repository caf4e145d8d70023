//! One value of a printed thing.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

use crate::{Money, Rate, csv, indonesian};

/// A value of a table or of a named fact. Every format writes it in its own way: JSON as the
/// interface does, CSV as plain digits, a spreadsheet as a number or a date, print in Indonesian.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A text; escaped where a spreadsheet would take it for a formula.
    Text(String),
    /// A whole number.
    Count(i64),
    /// An amount.
    Money(Money),
    /// A percentage.
    Rate(Rate),
    /// A day.
    Date(NaiveDate),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// As data: the same text that JSON has.
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Count(number) => number.to_string(),
            Self::Money(money) => money.to_string(),
            Self::Rate(rate) => rate.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }

    /// As people read it.
    pub fn printed(&self) -> String {
        match self {
            Self::Empty | Self::Text(_) => self.plain(),
            Self::Count(number) => indonesian::number(*number),
            Self::Money(money) => indonesian::amount(*money),
            Self::Rate(rate) => indonesian::percent(*rate),
            Self::Date(date) => indonesian::short_date(*date),
            Self::Flag(flag) => if *flag { "ya" } else { "tidak" }.to_owned(),
        }
    }

    /// Writes a row of CSV; semicolons part the cells.
    pub fn write_csv_row(cells: &[Self], out: &mut Vec<u8>) {
        let texts: Vec<String> = cells.iter().map(Self::plain).collect();
        let cells = cells.iter().zip(&texts).map(|(cell, text)| match cell {
            Self::Count(_) | Self::Money(_) | Self::Rate(_) => csv::Cell::Number(text),
            Self::Empty | Self::Text(_) | Self::Date(_) | Self::Flag(_) => csv::Cell::Text(text),
        });
        csv::write_row(out, ';', cells);
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => to.serialize_none(),
            Self::Text(text) => to.serialize_str(text),
            Self::Count(number) => to.serialize_i64(*number),
            Self::Money(money) => money.serialize(to),
            Self::Rate(rate) => rate.serialize(to),
            Self::Date(date) => date.serialize(to),
            Self::Flag(flag) => to.serialize_bool(*flag),
        }
    }
}

macro_rules! cells {
    ($($variant:ident($type:ty)),*) => {$(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

cells!(
    Text(String),
    Text(&str),
    Count(i64),
    Count(i32),
    Count(u32),
    Count(u16),
    Count(u8),
    Money(Money),
    Rate(Rate),
    Date(NaiveDate),
    Flag(bool)
);

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Vec<Cell> {
        let money: Money = "-1500000".parse().unwrap();
        let day: NaiveDate = "2026-10-05".parse().unwrap();
        let none: Option<Money> = None;
        vec![
            "=Siti".into(),
            96.into(),
            money.into(),
            Rate::percent(12).into(),
            day.into(),
            true.into(),
            none.into(),
        ]
    }

    #[test]
    fn each_format_writes_a_value_in_its_own_way() {
        let mut csv = Vec::new();
        Cell::write_csv_row(&row(), &mut csv);
        let csv = String::from_utf8(csv).unwrap();
        assert_eq!(csv, "'=Siti;96;-1500000.00;12;2026-10-05;true;\r\n");
        let printed: Vec<_> = row().iter().map(Cell::printed).collect();
        assert_eq!(printed, ["=Siti", "96", "-1.500.000,00", "12%", "05-10-2026", "ya", ""]);
        let json = serde_json::to_string(&row()).unwrap();
        assert_eq!(json, r#"["=Siti",96,"-1500000.00","12","2026-10-05",true,null]"#);
    }
}
