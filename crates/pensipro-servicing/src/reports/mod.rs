//! What a portfolio looks like on a day: how late it is, and of what quality.

mod aging;
mod closed;
mod quality;
mod repository;
mod standing;
mod usecases;

pub use aging::{Aging, AgingBucket, AgingRow, aging_report};
pub use closed::{AgingEntry, entries_of, from_entries};
pub use quality::{LevelRow, LoanQuality, ProvisionPolicy, quality_report};
pub use repository::{AgingRepository, StandingRepository};
pub use standing::{AsOf, Figures, GroupBy, GroupKey, Standing};
pub use usecases::{RequestReport, aging_of_month, read_aging, read_quality, store_aging};
