//! Bodies of pension cuts.

mod export;
mod import;
mod line;

pub use export::{ExportBody, ExportQuery, LeftOutBody, NewExportBody, SentBody};
pub use import::{ImportBody, ImportDetailBody, ImportForm, ImportQuery};
pub use line::{CutBody, LineBody, LineQuery, UnmatchedQuery};
