//! Black-box tests: the real application over HTTP, on each database.

mod support;

mod documents;
mod idempotency;
mod lists;
mod problems;
mod process;
mod robustness;
mod routes;
mod sign_in;
mod tokens;
mod users;
