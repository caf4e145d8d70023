//! What the audit trail stores of a change.

use serde_json::{Map, Value};

use crate::{Actor, MemberId, StorageError};

/// One row of the audit trail: who is the [`Actor`], when and where are added by storage.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// What was done, as a stable verb: `loan.disburse`.
    pub action: &'static str,
    /// The table of the thing.
    pub ref_table: &'static str,
    /// The thing's id.
    pub ref_id: i64,
    /// The member whose personal data the values may hold; their key encrypts them.
    pub subject: Option<MemberId>,
    /// The thing before, if it was there.
    pub old_value: Option<AuditValue>,
    /// The thing after, if it still is.
    pub new_value: Option<AuditValue>,
}

impl AuditEntry {
    /// An entry about a thing, without values yet.
    pub const fn new(action: &'static str, ref_table: &'static str, ref_id: i64) -> Self {
        Self { action, ref_table, ref_id, subject: None, old_value: None, new_value: None }
    }

    /// Names the member whose personal data the values hold.
    #[must_use]
    pub fn of_member(mut self, member: MemberId) -> Self {
        self.subject = Some(member);
        self
    }

    /// The values before.
    #[must_use]
    pub fn was(mut self, value: AuditValue) -> Self {
        self.old_value = Some(value);
        self
    }

    /// The values after.
    #[must_use]
    pub fn is(mut self, value: AuditValue) -> Self {
        self.new_value = Some(value);
        self
    }
}

/// An explicit view of a thing for the audit trail: open fields in clear, personal ones apart, so
/// that storage encrypts them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AuditValue {
    /// Fields that may stand in clear.
    pub open: Map<String, Value>,
    /// Personal fields.
    pub personal: Map<String, Value>,
}

impl AuditValue {
    /// An empty view.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an open field.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.open.insert(field.to_owned(), value.into());
        self
    }

    /// Adds an open field by its text form: money, dates, rates, codes.
    #[must_use]
    pub fn text(self, field: &str, value: impl ToString) -> Self {
        self.with(field, value.to_string())
    }

    /// Adds a personal field.
    #[must_use]
    pub fn personal(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.personal.insert(field.to_owned(), value.into());
        self
    }
}

/// The append-only audit trail.
pub trait AuditLog {
    /// Writes the entries in the transaction of the changes that they tell of, many at once.
    fn audit_all(&mut self, actor: &Actor, entries: Vec<AuditEntry>) -> Result<(), StorageError>;

    /// Writes an entry.
    fn audit(&mut self, actor: &Actor, entry: AuditEntry) -> Result<(), StorageError> {
        self.audit_all(actor, vec![entry])
    }
}
