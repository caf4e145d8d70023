//! Bodies of reports.

mod margin;
mod portfolio;

pub use margin::{FunderMarginBody, FunderMarginsBody, MarginQuery};
pub use portfolio::{
    AgingBody, AgingGroupBody, AgingMonthBody, AgingQuery, AgingRowBody, AgingTrendBody,
    BucketBody, FiguresBody, LevelBody, QualityBody, QualityGroupBody, QualityQuery,
    QualityRowBody, QualityTrendBody, TrendQuery,
};
