//! Bodies of reports.

mod margin;
mod portfolio;

pub use margin::{FunderMarginBody, FunderMarginsBody, MarginQuery};
pub use portfolio::{
    AgingBody, AgingGroupBody, AgingQuery, AgingRowBody, BucketBody, FiguresBody, LevelBody,
    QualityBody, QualityQuery,
};
