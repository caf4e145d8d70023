//! What every module's errors have in common: a stable code, a class, and faults by field.

use serde::Serialize;
use serde_json::{Map, Value};

/// What kind of refusal an error is; the shell maps it to a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Cannot be read (400).
    Unreadable,
    /// Who asks is not known, or no longer (401).
    Unauthenticated,
    /// Known, but not allowed (403).
    Forbidden,
    /// Not there, or outside the caller's scope (404).
    NotFound,
    /// Against the present state: a duplicate, an illegal transition, in use (409).
    Conflict,
    /// Changed since it was read (412).
    Stale,
    /// Too large (413).
    TooLarge,
    /// Not of a type that is taken (415).
    WrongType,
    /// Understood and refused by a rule (422).
    Refused,
    /// Too many tries (429).
    TooMany,
    /// A fault of ours (500); details stay in the log.
    Internal,
    /// Cannot be served now; try again (503).
    Unavailable,
}

/// A row of the table of errors: stable code, class, and one line of what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorKind {
    /// Stable, snake_case.
    pub code: &'static str,
    /// What kind of refusal.
    pub class: Class,
    /// A short title for people.
    pub title: &'static str,
}

impl ErrorKind {
    /// Four eyes: another person has to do it (422).
    pub const SAME_PERSON: Self =
        Self::new("same_person", Class::Refused, "Another person has to do this");
    /// The state that a thing is in does not lead to the one asked for (409); the problem names
    /// both as `from` and `to`.
    pub const INVALID_TRANSITION: Self =
        Self::new("invalid_transition", Class::Conflict, "Not possible in the present state");

    /// A row of the table.
    pub const fn new(code: &'static str, class: Class, title: &'static str) -> Self {
        Self { code, class, title }
    }
}

/// An error that may reach a caller. `Display` is the detail and holds no internal text, except in
/// class [`Class::Internal`], whose text goes to the log alone.
pub trait DomainError: std::error::Error {
    /// The row of the table of errors.
    fn kind(&self) -> ErrorKind;

    /// The faults by field, for a validation error.
    fn fields(&self) -> &[FieldFault] {
        &[]
    }

    /// Further members of the problem document: `existing_id`, `precheck`, `from` and `to`, ….
    fn extensions(&self) -> Map<String, Value> {
        Map::new()
    }
}

/// One field's fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// The field's path in the body: `nik`, `fees[0].value`.
    pub field: String,
    /// Stable, snake_case: `invalid_nik`.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

impl FieldFault {
    /// A fault of a field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }

    /// The fault of a field that must be given and was not.
    pub fn required(field: impl Into<String>) -> Self {
        Self::new(field, "required", "must be given")
    }
}

/// All faults of one input, gathered so that a caller learns of them at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("{} of the fields given cannot be taken", .0.len())]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    /// The row of the table of errors for every validation.
    pub const KIND: ErrorKind =
        ErrorKind::new("validation_failed", Class::Refused, "Some fields cannot be taken");

    /// No fault yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a fault.
    pub fn add(
        &mut self,
        field: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) {
        self.0.push(FieldFault::new(field, code, message));
    }

    /// Takes the value, or notes the fault and gives `None`.
    pub fn take<T>(&mut self, checked: Result<T, FieldFault>) -> Option<T> {
        checked.map_err(|fault| self.0.push(fault)).ok()
    }

    /// Takes the value of a part that was checked by itself, or notes all its faults.
    pub fn take_all<T>(&mut self, checked: Result<T, Self>) -> Option<T> {
        checked.map_err(|faults| self.0.extend(faults.0)).ok()
    }

    /// Notes a fault unless the condition holds.
    pub fn require(&mut self, holds: bool, field: &str, code: &'static str, message: &str) {
        if !holds {
            self.add(field, code, message);
        }
    }

    /// The same faults as those of a part of a body: `value` becomes `fees[0].value`.
    #[must_use]
    pub fn within(mut self, part: &str) -> Self {
        for fault in &mut self.0 {
            fault.field = match fault.field.as_str() {
                "" => part.to_owned(),
                field => format!("{part}.{field}"),
            };
        }
        self
    }

    /// The faults.
    pub fn list(&self) -> &[FieldFault] {
        &self.0
    }

    /// True while nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value if no fault was noted; a value that is missing without a noted fault is a fault
    /// of the body as a whole.
    pub fn finish<T>(mut self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            Some(_) => Err(self),
            None => {
                if self.is_empty() {
                    self.add("", "invalid", "the body cannot be taken");
                }
                Err(self)
            }
        }
    }
}

impl DomainError for Faults {
    fn kind(&self) -> ErrorKind {
        Self::KIND
    }

    fn fields(&self) -> &[FieldFault] {
        self.list()
    }
}

/// What can go wrong in storage, in the words that modules need.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Not there, or outside the caller's scope.
    #[error("there is no {thing} {id}")]
    NotFound {
        /// What was sought: `member`.
        thing: &'static str,
        /// Its id.
        id: i64,
    },
    /// A unique rule of the database refused the row; holds the constraint's name.
    #[error("that exists already")]
    Duplicate {
        /// The constraint, `table_column_key`, the same on both databases.
        constraint: String,
    },
    /// Changed since it was read.
    #[error("the {thing} was changed meanwhile; read it again")]
    Stale {
        /// What was to be changed.
        thing: &'static str,
    },
    /// Busy or out of reach; the same call may succeed soon.
    #[error("the database is busy; try again")]
    Busy,
    /// The store of files does not answer; the same call may succeed soon.
    #[error("the store of files cannot be reached; try again")]
    FilesOutOfReach,
    /// Everything else: text for the log alone.
    #[error("storage failed: {0}")]
    Failed(String),
}

impl StorageError {
    /// Every code of this error.
    pub const ERRORS: &[ErrorKind] =
        &[Self::NOT_FOUND, Self::DUPLICATE, Self::STALE, Self::BUSY, Self::FILES, Self::FAILED];
    const NOT_FOUND: ErrorKind = ErrorKind::new("not_found", Class::NotFound, "Not there");
    const DUPLICATE: ErrorKind = ErrorKind::new("duplicate", Class::Conflict, "Exists already");
    const STALE: ErrorKind = ErrorKind::new("stale", Class::Stale, "Changed meanwhile");
    const BUSY: ErrorKind = ErrorKind::new("database_busy", Class::Unavailable, "Database busy");
    const FILES: ErrorKind = ErrorKind::new(
        "files_unavailable",
        Class::Unavailable,
        "The store of files is out of reach",
    );
    const FAILED: ErrorKind = ErrorKind::new("internal_error", Class::Internal, "Internal error");

    /// A thing that is not there.
    pub const fn not_found(thing: &'static str, id: i64) -> Self {
        Self::NotFound { thing, id }
    }
}

impl DomainError for StorageError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => Self::NOT_FOUND,
            Self::Duplicate { .. } => Self::DUPLICATE,
            Self::Stale { .. } => Self::STALE,
            Self::Busy => Self::BUSY,
            Self::FilesOutOfReach => Self::FILES,
            Self::Failed(_) => Self::FAILED,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_a_part_are_named_by_their_place() {
        let mut faults = Faults::new();
        faults.add("value", "invalid", "is no amount");
        faults.add("", "invalid", "the body cannot be taken");
        let within = faults.within("fees[0]");
        let fields: Vec<_> = within.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["fees[0].value", "fees[0]"]);
    }
}
