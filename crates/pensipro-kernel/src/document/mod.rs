//! What is printed or handed out as a file, described without its format: letters, contracts and
//! reports. The adapters write it as PDF and XLSX; CSV and JSON need no adapter.
//!
//! ```
//! use pensipro_kernel::document::{Column, Report, Table};
//! let columns = vec![Column::words("name", "Nama"), Column::figures("count", "Jumlah")];
//! let mut table = Table::new(columns);
//! table.push(vec!["TASPEN".into(), 12.into()]);
//! let report = Report::new("Pinjaman per lembaga", table).about("Per tanggal", "5 Oktober 2026");
//! assert_eq!(report.table.to_csv(), b"Nama;Jumlah\r\nTASPEN;12\r\n");
//! ```

mod cell;
mod table;

pub use cell::Cell;
pub use table::{Align, Column, Table};

/// A paper of one or more pages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// What readers show in the window's title.
    pub title: String,
    /// The house's name and address, above the first page; the first line is set larger.
    pub letterhead: Vec<String>,
    /// What stands at the foot of each page, beside its number.
    pub footer: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The paper's title, in the middle.
    Title(String),
    /// The heading of what follows; never the last line of a page.
    Heading(String),
    /// Running text; a line break within it is kept.
    Paragraph(String),
    /// Running text beside its mark (`1.`, `a.`, `-`).
    Item {
        /// The mark.
        mark: String,
        /// The text.
        text: String,
    },
    /// Names with their values, below one another.
    Facts(Vec<Fact>),
    /// A table; its titles stand above every page of it.
    Table(Table),
    /// Places to sign, side by side; never parted by a page's end.
    Signatures(Vec<Signature>),
    /// What follows begins on a new page.
    PageBreak,
}

/// A name with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Cell,
}

/// A place to sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// As whom: `Peminjam`.
    pub role: String,
    /// Who, in brackets below the line; blank where it is filled in by hand.
    pub name: String,
}

/// A table under a title, with what it is about: written as JSON, CSV, XLSX or PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it is called.
    pub title: String,
    /// What it is about: a day, a branch, a filter.
    pub facts: Vec<Fact>,
    /// The figures.
    pub table: Table,
}

impl Fact {
    /// A name with its value.
    pub fn new(name: impl Into<String>, value: impl Into<Cell>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

impl Report {
    /// A report of a table.
    pub fn new(title: impl Into<String>, table: Table) -> Self {
        Self { title: title.into(), facts: Vec::new(), table }
    }

    /// Adds what it is about.
    #[must_use]
    pub fn about(mut self, name: impl Into<String>, value: impl Into<Cell>) -> Self {
        self.facts.push(Fact::new(name, value));
        self
    }
}

/// A report as a paper.
impl From<Report> for Document {
    fn from(Report { title, facts, table }: Report) -> Self {
        let mut blocks = vec![Block::Title(title.clone())];
        if !facts.is_empty() {
            blocks.push(Block::Facts(facts));
        }
        blocks.push(Block::Table(table));
        Self { footer: title.clone(), title, letterhead: Vec::new(), blocks }
    }
}
