//! Funders, whose money is lent beside the cooperative's own, the contracts under which they do, who holds
//! which share of a loan from which day on, and what a month comes to for each.
//!
//! ```
//! use pensipro_funding::{Scheme, Sharing};
//! assert_eq!(Scheme::Fronting.fixed_share(), Some("100".parse().unwrap()));
//! assert_eq!(Scheme::Participation.fixed_share(), None);
//! assert_eq!(Sharing::default(), Sharing::PariPassu);
//! ```
//!
//! It never does I/O, and never touches a loan account.
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

mod allocation;
mod contract;
mod error;
mod fee;
mod funder;
mod margin;
mod portfolio;
pub mod repository;
pub mod settlement;
mod terms;
pub mod usecases;

pub use allocation::{
    Allocate, Allocation, AllocationKind, HeldLoan, Holdings, LoanFacts, NewAllocation,
    Reallocation, Share, exposure_of,
};
pub use contract::{Contract, ContractDetails, RawContract, RawContractChange, Validity};
pub use error::{ERRORS, FundingError};
pub use fee::{Fee, OriginatorBase, ServicingBase};
pub use funder::{Funder, FunderDetails, FunderKind, RawFunder, RawFunderChange};
pub use margin::{FunderMargin, margin_report};
pub use portfolio::{Exposure, PortfolioFilter, PortfolioLoan};
pub use repository::{
    AllocationRepository, ContractRepository, FunderFilter, FunderRepository, PortfolioRepository,
    SettlementFilter, SettlementRepository, SettlementWindow,
};
pub use settlement::{Settlement, SettlementStatus};
pub use terms::{Scheme, Sharing, SharingTerms};
