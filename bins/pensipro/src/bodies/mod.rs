//! Request and response bodies, by module: what stands on the wire, and its conversion from and to
//! the domain's own types, which the compiler keeps complete (no `..`).

pub mod access;
pub mod applications;
pub mod billing;
pub mod change;
pub mod fees;
pub mod funders;
pub mod house;
pub mod jobs;
pub mod literal;
pub mod loans;
pub mod logs;
mod many;
pub mod members;
pub mod messages;
pub mod notifications;
pub mod products;
pub mod reports;
pub mod rules;
pub mod sales;
pub mod when;
