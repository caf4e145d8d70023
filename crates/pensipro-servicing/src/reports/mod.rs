//! What a portfolio looks like on a day: how late it is, and of what quality.

mod aging;
mod kept_aging;
mod kept_quality;
mod quality;
mod repository;
mod standing;
mod trend;
mod usecases;

pub use aging::{Aging, AgingBucket, AgingRow, aging_report};
pub use kept_aging::{AgingEntry, entries_of, from_entries};
pub use kept_quality::{QualityEntry, QualityMark};
pub use quality::{LevelRow, LoanQuality, PartedQuality, ProvisionPolicy, quality_report};
pub use repository::{AgingRepository, QualityRepository, StandingRepository, StandingsByBranch};
pub use standing::{AsOf, Figures, GroupBy, GroupKey, KeptView, Portfolio, Slice, Standing};
pub use trend::{
    RequestTrend, aging_trend, aging_trend_report, quality_trend, quality_trend_report,
};
pub use usecases::{
    MonthFigures, RequestReport, read_aging, read_quality, store_aging, store_quality,
};
