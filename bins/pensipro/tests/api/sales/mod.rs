//! Branches, sales people and what they do.

mod commissions;
mod force;
mod payroll;
mod people;
mod performance;
mod scope;
mod targets;
mod visits;
