//! Funders, their contracts, and their shares of loans.

mod allocations;
mod contracts;
mod funders;
