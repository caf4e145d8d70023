//! Bodies of reports.

mod margin;

pub use margin::{FunderMarginBody, FunderMarginsBody, MarginQuery};
