//! Bodies of users and access.

pub mod configuration;
pub mod modules;
pub mod roles;
pub mod sign_in;
pub mod users;
