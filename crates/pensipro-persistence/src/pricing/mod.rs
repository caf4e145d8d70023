//! Loan products (`pensipro-pricing`).

mod charges;
mod directory;
mod product_rows;
mod products;
