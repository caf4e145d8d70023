//! PensiPro's HTTP shell: it opens transactions, checks who asks, and turns domain values into
//! answers. It holds no rule and no query.
//!
//! A reader begins with `routes` (what can be asked), then `http` (what every route shares) and
//! `app` (what a handler works with).

pub mod app;
pub mod bodies;
pub mod clock;
pub mod commands;
pub mod config;
pub mod demo;
pub mod http;
pub mod jobs;
pub mod logging;
pub mod openapi;
pub mod papers;
pub mod policy;
pub mod routes;
pub mod server;
pub mod uploads;

pub use app::App;
pub use config::{Config, Source};
