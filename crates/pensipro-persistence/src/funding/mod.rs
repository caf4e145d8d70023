//! Funders, their contracts, their shares of loans, and what is settled with them.

mod allocations;
mod contracts;
mod funders;
mod portfolio;
mod settled;
mod settlement_lines;
mod settlement_rows;
mod settlements;
