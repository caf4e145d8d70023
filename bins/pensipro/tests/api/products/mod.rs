//! Loan products.

mod charges;
mod figures;
mod product;
mod simulation;
mod tables;
