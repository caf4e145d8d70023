//! Bodies of funders, their contracts, their shares of loans, and what is settled with them.

mod allocation;
mod contract;
mod funder;
mod portfolio;
mod settlement;

pub use allocation::{AllocateBody, AllocationsBody, FunderAllocationBody};
pub use contract::{ContractBody, ContractChangeBody, NewContractBody};
pub use funder::{FunderBody, FunderChangeBody, FunderQuery, NewFunderBody};
pub use portfolio::{PortfolioBody, PortfolioLoanBody, PortfolioQuery};
pub use settlement::{
    FunderSettlementBody, NewCorrectionBody, NewSettlementBody, SettlementChangeBody,
    SettlementDetailBody, SettlementLineBody, SettlementQuery, StatementFormat,
};
