//! Load, decide, save: one transaction each, which the shell opens.

mod deliver;
mod deliveries;
mod inbox;
mod preferences;
mod send;
mod templates;
mod webhooks;

pub use deliver::{Delivered, deliver_events};
pub use deliveries::list_deliveries;
pub use inbox::{hide_notification, list_notifications, mark_read, unread_count};
pub use preferences::{change_preferences, show_preferences};
pub use send::{Sent, send_notice};
pub use templates::{
    create_template, list_templates, seed_templates, switch_template_off, update_template,
};
pub use webhooks::{
    Before, create_webhook, delete_webhook, list_webhooks, renew_webhook_secret, update_webhook,
};
