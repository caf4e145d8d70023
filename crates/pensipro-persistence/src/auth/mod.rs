//! Users, roles, sessions, modules and configuration (`pensipro-auth`).

mod authority;
mod configuration;
mod modules;
mod roles;
mod sessions;
mod users;
