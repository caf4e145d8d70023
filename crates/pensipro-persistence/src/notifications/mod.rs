//! Notices: templates, lists, who is told and how he is reached, the outbox as who tells reads it, and
//! messages on their way.

mod addresses;
mod deliveries;
mod delivery_list;
mod directory;
mod notices;
mod preferences;
mod queue;
mod templates;
mod webhooks;
