//! Load, decide, save: one transaction each, which the shell opens.

mod deliver;
mod inbox;
mod send;
mod templates;

pub use deliver::deliver_events;
pub use inbox::{hide_notification, list_notifications, mark_read, unread_count};
pub use send::send_notice;
pub use templates::{
    create_template, list_templates, seed_templates, switch_template_off, update_template,
};
