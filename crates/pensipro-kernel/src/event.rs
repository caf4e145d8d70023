//! What others are told of a change.

use serde_json::{Map, Value};

use crate::{MemberId, StorageError};

crate::codes! {
    /// How a notice reaches somebody.
    #[derive(Default)]
    pub enum NotificationChannel {
        /// In the application's own list.
        #[default]
        InApp = "inapp",
        /// By e-mail.
        Email = "email",
        /// By WhatsApp.
        WhatsApp = "whatsapp",
        /// By text message.
        Sms = "sms",
    }
}

/// Something that happened, for notices and other systems. It is written in the transaction of the
/// change and delivered after its commit, never before.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// A stable name: `application.approved`.
    pub name: &'static str,
    /// The table of the thing.
    pub ref_table: &'static str,
    /// The thing's id.
    pub ref_id: i64,
    /// The member it concerns.
    pub member_id: Option<MemberId>,
    /// Named values for the message: no personal data.
    pub params: Map<String, Value>,
}

impl Event {
    /// An event about a thing.
    pub fn new(name: &'static str, ref_table: &'static str, ref_id: i64) -> Self {
        Self { name, ref_table, ref_id, member_id: None, params: Map::new() }
    }

    /// Names the member it concerns.
    #[must_use]
    pub fn of_member(mut self, member: MemberId) -> Self {
        self.member_id = Some(member);
        self
    }

    /// Adds a value by its text form.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), Value::String(value.to_string()));
        self
    }
}

/// The transactional outbox.
pub trait Outbox {
    /// Notes the event in the transaction of the change; a rollback takes it back.
    fn emit(&mut self, event: Event) -> Result<(), StorageError> {
        self.emit_all(vec![event])
    }

    /// Notes many events, in their order. Cost: that of one batch of rows.
    fn emit_all(&mut self, events: Vec<Event>) -> Result<(), StorageError>;
}
