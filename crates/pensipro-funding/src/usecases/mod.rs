//! Load, decide, save: one transaction each, which the shell opens.

mod contracts;
mod funders;
mod margin;
mod portfolio;
mod settlements;

pub use contracts::{add_contract, contract_document, list_contracts, update_contract};
pub use funders::{create_funder, get_funder, list_funders, update_funder};
pub use margin::funder_margins;
pub use portfolio::{funder_exposure, list_portfolio};
pub use settlements::{
    SETTLEMENTS, change_settlement, generate_settlement_chunk, list_settlement_lines,
    list_settlements, settlement_detail,
};
