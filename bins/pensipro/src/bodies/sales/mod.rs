//! Bodies of branches and sales people.

mod branch;
mod commission;
mod performance;
mod person;
mod target;
mod visit;

pub use branch::{BranchBody, BranchChangeBody, BranchQuery, NewBranchBody};
pub use commission::{
    CommissionBody, CommissionLineBody, CommissionQuery, NewCommissionBody, OwnCommissionQuery,
    PayCommissionBody,
};
pub use performance::{PerformanceBody, PerformanceQuery, RankedBody, RankingQuery};
pub use person::{NewSalesBody, SalesBody, SalesChangeBody, SalesQuery};
pub use target::{NewTargetBody, TargetBody, TargetQuery};
pub use visit::{NewVisitBody, VisitBody, VisitQuery};
