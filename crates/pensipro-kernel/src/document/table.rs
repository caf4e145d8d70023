//! A table, described once and written in every format.

use std::borrow::Cow;

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};

use super::Cell;

/// Which side of its column a value keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures: never broken over lines.
    Right,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in JSON.
    pub key: Cow<'static, str>,
    /// What stands above it in files and print.
    pub title: String,
    /// Where its values stand in print.
    pub align: Align,
}

/// Rows under columns. Each row, and the totals, have one cell a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// What stands below the last row.
    pub totals: Option<Vec<Cell>>,
}

impl Column {
    /// A column of words.
    pub fn words(key: impl Into<Cow<'static, str>>, title: impl Into<String>) -> Self {
        Self { key: key.into(), title: title.into(), align: Align::Left }
    }

    /// A column of figures.
    pub fn figures(key: impl Into<Cow<'static, str>>, title: impl Into<String>) -> Self {
        Self { key: key.into(), title: title.into(), align: Align::Right }
    }

    /// Their titles as a row.
    pub fn titles(columns: &[Self]) -> Vec<Cell> {
        columns.iter().map(|column| Cell::Text(column.title.clone())).collect()
    }
}

impl Table {
    /// A table without rows.
    pub fn new(columns: Vec<Column>) -> Self {
        Self { columns, ..Self::default() }
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// The titles, the rows and the totals as CSV: UTF-8, semicolons, CRLF.
    pub fn to_csv(&self) -> Vec<u8> {
        let mut out = Vec::new();
        Cell::write_csv_row(&Column::titles(&self.columns), &mut out);
        for row in self.rows.iter().chain(&self.totals) {
            Cell::write_csv_row(row, &mut out);
        }
        out
    }
}

/// `{"data": [{key: value, …}, …], "total": {…} | null}`.
impl Serialize for Table {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let columns = &self.columns;
        let mut table = to.serialize_map(Some(2))?;
        table.serialize_entry("data", &Rows { columns, rows: &self.rows })?;
        let total = self.totals.as_ref().map(|cells| Row { columns, cells });
        table.serialize_entry("total", &total)?;
        table.end()
    }
}

struct Rows<'a> {
    columns: &'a [Column],
    rows: &'a [Vec<Cell>],
}

struct Row<'a> {
    columns: &'a [Column],
    cells: &'a [Cell],
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut rows = to.serialize_seq(Some(self.rows.len()))?;
        for cells in self.rows {
            rows.serialize_element(&Row { columns: self.columns, cells })?;
        }
        rows.end()
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.columns.iter().map(|column| &column.key).zip(self.cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Money;

    fn table() -> Table {
        let columns = vec![Column::words("name", "Nama"), Column::figures("amount", "Jumlah")];
        let amount: Money = "2500.5".parse().unwrap();
        let mut table = Table::new(columns);
        table.push(vec!["Siti".into(), amount.into()]);
        table.totals = Some(vec!["Jumlah".into(), amount.into()]);
        table
    }

    #[test]
    fn one_description_gives_csv_and_json() {
        let csv = String::from_utf8(table().to_csv()).unwrap();
        assert_eq!(csv, "Nama;Jumlah\r\nSiti;2500.50\r\nJumlah;2500.50\r\n");
        let json = serde_json::to_string(&table()).unwrap();
        let data = r#"{"data":[{"name":"Siti","amount":"2500.50"}]"#;
        assert_eq!(
            json,
            format!("{data},\"total\":{{\"name\":\"Jumlah\",\"amount\":\"2500.50\"}}}}")
        );
        let bare = Table { totals: None, ..table() };
        assert!(serde_json::to_string(&bare).unwrap().ends_with("\"total\":null}"));
    }
}
