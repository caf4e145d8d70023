//! Bodies of loan products.

mod brochure;
mod capacity;
mod charges;
mod comparison;
mod fields;
mod history;
mod list;
mod product;
mod simulation;
pub mod table;

pub use brochure::{BrochureBody, BrochureQuery};
pub use capacity::{CapacityBody, CapacityQuery};
pub use charges::{NewPenaltyBody, PenaltyBody, ProductFeeBody};
pub use comparison::{ComparisonBody, ComparisonQuery};
pub use fields::ProductFieldsBody;
pub use history::ProductChangeBody;
pub use list::ProductQuery;
pub use product::ProductBody;
pub use simulation::{SimulationBody, SimulationQuery};
pub use table::{FeeTableBody, FeeTableForm, FeeTableQuery};
