//! Members from a spreadsheet: what a row says, what becomes of it, and the file as a whole.

mod cell;
mod columns;
mod file;
mod person;
mod reader;
mod verdict;

pub use cell::{Cell, SheetRow};
pub use columns::{Column, Columns, HEADER_WITHIN};
pub use file::{
    Intake, IntakeCommand, IntakeMode, IntakeStatus, MAX_ROWS, NewIntake, RawIntake, SheetFault,
};
pub use person::Newcomer;
pub use reader::{ReadRow, SheetReader};
pub use verdict::{Registration, RowFault, RowVerdict, StoredVerdict, Tally, VerdictKind};
