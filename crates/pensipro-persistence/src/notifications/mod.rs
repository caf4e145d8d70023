//! Notices: templates, lists, who is told, and the outbox as who delivers reads it.

mod directory;
mod notices;
mod queue;
mod templates;
