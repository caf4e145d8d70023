//! Branches and sales people: their visits, monthly targets, commissions, and how they perform.
//!
//! ```
//! use pensipro_kernel::{Money, Rate};
//! use pensipro_sales::{Goal, Realised, commission_of};
//! let plafon: Money = "50000000.00".parse().unwrap();
//! let pct: Rate = "1.25".parse().unwrap();
//! assert_eq!(commission_of(plafon, pct).to_string(), "625000.00");
//!
//! let goal = Goal { amount: "200000000".parse().unwrap(), count: 5 };
//! let realised = Realised { amount: plafon, count: 1 };
//! assert_eq!(goal.achievement(realised).to_string(), "25");
//! ```
//!
//! It never does I/O and never touches a loan or an application: what it counts of them is counted by
//! storage and handed to it.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::float_arithmetic
    )
)]

mod branch;
mod commission;
mod error;
mod payroll;
mod performance;
mod ranking;
pub mod repository;
mod sales_person;
mod target;
pub mod usecases;
mod visit;

#[cfg(test)]
mod fixtures;

pub use branch::{Branch, BranchDetails, RawBranch, RawBranchChange};
pub use commission::{
    Commission, CommissionEntry, CommissionKind, CommissionOrigin, CommissionPayment,
    CommissionState, CommissionStatus, Earned, EarnedFacts, ManualCommission, PayCommission,
    RawManualCommission, RawPayCommission, Undo, commission_of,
};
pub use error::{ERRORS, SalesError};
pub use payroll::{CommissionLine, PayrollFile};
pub use performance::{
    Figures, Months, Performance, PipelineStage, PipelineStatus, RawMonths, Realised,
};
pub use ranking::{Contender, Measure, Ranked, rank};
pub use repository::{
    BranchFilter, BranchRepository, CommissionFilter, CommissionRepository, PeopleSort,
    PerformanceRepository, SalesFilter, SalesReferences, SalesRepository, TargetFilter,
    TargetRepository, TiedUser, VisitFilter, VisitRepository,
};
pub use sales_person::{RawSales, RawSalesChange, SalesDetails, SalesPerson};
pub use target::{
    Goal, NewTarget, Owner, RawTarget, SetTarget, Target, TargetProgress, TargetStatus,
};
pub use visit::{RawVisit, Visit, VisitDetails, VisitResult, Visited};
