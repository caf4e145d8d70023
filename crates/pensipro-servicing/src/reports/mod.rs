//! What a portfolio looks like on a day: how late it is, and of what quality.

mod aging;
mod quality;
mod repository;
mod standing;
mod usecases;

pub use aging::{Aging, AgingBucket, AgingRow, aging_report};
pub use quality::{LevelRow, LoanQuality, ProvisionPolicy, quality_report};
pub use repository::StandingRepository;
pub use standing::{AsOf, Figures, GroupBy, GroupKey, Standing};
pub use usecases::{RequestReport, read_aging, read_quality};
