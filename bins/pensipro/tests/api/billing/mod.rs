//! Pension cuts: exports, realisation files, and what becomes of every line.

mod command;
mod crash;
pub(crate) mod desk;
mod exports;
mod files;
mod identity;
mod imports;
mod profiles;
mod reconcile;
mod refusals;
mod retry;
mod seed;
mod shapes;
mod strange;

pub(crate) use desk::{Desk, paid_in_full, plain, sen};
pub(crate) use profiles::profile_named;
pub(crate) use seed::lend;
