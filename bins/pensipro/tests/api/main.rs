//! Black-box tests: the real application over HTTP, on each database.

mod support;

mod access;
mod applications;
mod billing;
mod bucket;
mod charges;
mod committee;
mod demo;
mod disbursements;
mod documents;
mod end_of_day;
mod exceptions;
mod funders;
mod idempotency;
mod keys;
mod leaks;
mod lists;
mod loans;
mod members;
mod notifications;
mod origination;
mod payments;
mod problems;
mod process;
mod products;
mod refusals;
mod restructures;
mod robustness;
mod routes;
mod sales;
mod settlements;
mod statements;
mod story;
mod verify;
mod walk;
