//! Amounts, dates and words as people and payers write them in files, in Indonesia and elsewhere.

mod amount;
mod date;
mod words;

pub use amount::{AmountFault, NumberStyle};
pub use date::{DateFault, read_date};
pub use words::{normal, read_month, unwrap_cell};
