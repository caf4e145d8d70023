//! The audit trail and the exceptions, as they are read; the trail's seal and its proof; and what
//! happened to a member.
//!
//! ```
//! use pensipro_audit::{AuditFilter, Severity};
//! let filter = AuditFilter { ref_table: Some("loans".into()), ..AuditFilter::default() };
//! assert!(filter.actor_id.is_none());
//! assert_eq!("warning".parse(), Ok(Severity::Warning));
//! ```
//!
//! It never changes a row of the trail, which every use case writes through the kernel's `AuditLog`; an
//! exception is settled once.
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

mod access;
mod change;
mod exception;
mod rectification;
mod repository;
pub mod seal;
mod timeline;
mod trail;
mod usecases;

pub use access::{AccessFilter, AccessRepository, AccessRow};
pub use change::{FieldChange, changed_fields};

pub use exception::{ExceptionFilter, ExceptionLog, ExceptionRow, NewException, Severity};
pub use rectification::{
    RECTIFIED_TABLES, Rectification, RectificationRepository, Rectifications, member_rectifications,
};
pub use repository::{AuditRepository, ExceptionRepository};
pub use timeline::{
    Before, Timeline, TimelineEvent, TimelineRepository, TimelineSource, member_timeline,
};
pub use trail::{AuditFilter, AuditRow};
pub use usecases::{
    AuditError, ERRORS, begin_proof, list_accesses, list_audit_rows, list_exceptions,
    note_log_file, read_note, resolve_exception,
};
