//! Branches and sales people (`pensipro-sales`).

mod branches;
mod commission_rows;
mod commissions;
mod figures;
mod people;
mod references;
mod targets;
mod visits;
