//! What is done with products. Each use case runs in the transaction it is given and writes its audit
//! entry there. Products are the whole house's: who is tied to a part of it changes none.

mod charges;
mod figures;
mod products;

pub use charges::{add_fee, add_penalty_rule, remove_fee, remove_penalty_rule};
pub use figures::{Found, compare_methods, largest_plafons, make_brochure, simulate_product};
pub use products::{create_product, get_product, list_products, product_history, update_product};
