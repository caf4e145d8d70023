//! The audit trail and the exceptions, as they are read.
//!
//! ```
//! use pensipro_audit::{AuditFilter, Severity};
//! let filter = AuditFilter { ref_table: Some("loans".into()), ..AuditFilter::default() };
//! assert!(filter.actor_id.is_none());
//! assert_eq!("warning".parse(), Ok(Severity::Warning));
//! ```
//!
//! It never writes the trail (every use case does that through the kernel's `AuditLog`) and never
//! changes a row.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::float_arithmetic
    )
)]

mod exception;
mod repository;
mod trail;
mod usecases;

pub use exception::{ExceptionFilter, ExceptionLog, ExceptionRow, NewException, Severity};
pub use repository::{AuditRepository, ExceptionRepository};
pub use trail::{AuditFilter, AuditRow};
pub use usecases::{AuditError, list_audit_rows, list_exceptions};
