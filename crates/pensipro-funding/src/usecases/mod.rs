//! Load, decide, save: one transaction each, which the shell opens.

mod contracts;
mod funders;

pub use contracts::{add_contract, list_contracts, update_contract};
pub use funders::{create_funder, get_funder, list_funders, update_funder};
