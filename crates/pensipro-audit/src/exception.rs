//! Exceptions: what went wrong and wants somebody's attention.

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditValue, ExceptionId, StorageError, UserId};
use serde_json::Value;

pensipro_kernel::codes! {
    /// How bad it is.
    pub enum Severity {
        /// Worth knowing.
        Info = "info",
        /// Somebody should look at it.
        Warning = "warning",
        /// Something was not done.
        Error = "error",
        /// Something is wrong with the books.
        Critical = "critical",
    }
}

/// An exception to be noted.
#[derive(Debug, Clone, PartialEq)]
pub struct NewException {
    /// How bad it is.
    pub severity: Severity,
    /// What part of the system: `billing.import`.
    pub source: &'static str,
    /// What happened, for people; no personal data.
    pub message: String,
    /// Ids and figures; no personal data.
    pub payload: Value,
    /// The number of the thing that it is about, by which its part of the system settles it.
    pub about: Option<i64>,
    /// The request in which it happened.
    pub request_id: Option<String>,
}

/// Where exceptions are noted.
pub trait ExceptionLog {
    /// Notes them, in the transaction that they tell of.
    fn note_exceptions(&mut self, new: &[NewException]) -> Result<(), StorageError>;

    /// Settles the open exceptions of a part of the system that are about these things, with a note, in
    /// the transaction that settles the things; `by` nobody is the system itself. Gives how many there
    /// were.
    fn settle_exceptions(
        &mut self,
        source: &'static str,
        about: &[i64],
        by: Option<UserId>,
        note: &str,
    ) -> Result<usize, StorageError>;
}

/// An exception as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct ExceptionRow {
    /// Id.
    pub id: ExceptionId,
    /// How bad it is.
    pub severity: Severity,
    /// What part of the system.
    pub source: String,
    /// What happened.
    pub message: String,
    /// Ids and figures.
    pub payload: Value,
    /// The request in which it happened.
    pub request_id: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who settled it.
    pub resolved_by: Option<UserId>,
    /// When it was settled.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How it was settled.
    pub note: Option<String>,
}

/// Which exceptions a list holds. The newest come first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExceptionFilter {
    /// Of this severity.
    pub severity: Option<Severity>,
    /// From this part of the system.
    pub source: Option<String>,
    /// Settled, or open.
    pub resolved: Option<bool>,
    /// At this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

impl ExceptionFilter {
    /// What the trail keeps of it.
    pub fn audit_view(&self) -> AuditValue {
        let Self { severity, source, resolved, from, to } = self;
        AuditValue::new()
            .with("severity", severity.map(Severity::code))
            .with("source", source.as_deref())
            .with("resolved", *resolved)
            .with("from", from.map(|at| at.to_rfc3339()))
            .with("to", to.map(|at| at.to_rfc3339()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_have_one_code_each() {
        for severity in Severity::ALL {
            assert_eq!(severity.code().parse(), Ok(*severity));
        }
        assert!("fatal".parse::<Severity>().is_err());
    }
}
