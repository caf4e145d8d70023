//! Loan products.

mod charges;
mod product;
mod simulation;
