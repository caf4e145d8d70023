//! Request and response bodies, by module: what stands on the wire, and its conversion from and to
//! the domain's own types, which the compiler keeps complete (no `..`).

pub mod auth;
pub mod change;
pub mod house;
pub mod logs;
pub mod roles;
pub mod users;
pub mod when;
