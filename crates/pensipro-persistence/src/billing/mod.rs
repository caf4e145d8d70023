//! The pension cut: exports, realisation files, refunds.
//!
//! A line's texts are sealed with the key of the member it was found to belong to, or with the
//! installation's; what it is looked up by is an entry of the keyed index. Chunks are stored by a
//! fixed number of statements.

mod against;
mod billable;
mod candidates;
mod export_lines;
mod export_rows;
mod exports;
mod file_rows;
mod history;
mod import_lines;
mod import_rows;
mod imports;
mod keys;
mod months;
mod profiles;
mod retries;
mod standing;
mod stored_lines;

pub(crate) use import_rows::read_summary;
