//! Bodies of loan products.

mod charges;
mod fields;
mod list;
mod product;
mod simulation;

pub use charges::{NewPenaltyBody, PenaltyBody, ProductFeeBody};
pub use fields::ProductFieldsBody;
pub use list::ProductQuery;
pub use product::ProductBody;
pub use simulation::{SimulationBody, SimulationQuery};
