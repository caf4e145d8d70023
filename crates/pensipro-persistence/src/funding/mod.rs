//! Funders and their contracts.

mod contracts;
mod funders;
