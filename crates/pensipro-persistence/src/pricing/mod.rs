//! Loan products (`pensipro-pricing`).

mod charges;
mod directory;
mod history;
mod product_rows;
mod products;
