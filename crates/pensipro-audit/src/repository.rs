//! What this module needs from storage.

use pensipro_kernel::{ExceptionId, Page, PageRequest, StorageError};

use crate::{AuditFilter, AuditRow, ExceptionFilter, ExceptionRow};

/// The audit trail (`audit_trails`), newest first.
pub trait AuditRepository {
    /// Rows by filter.
    fn audit_rows(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditRow>, StorageError>;
}

/// Exceptions (`exception_logs`), newest first.
pub trait ExceptionRepository {
    /// Rows by filter.
    fn exceptions(
        &mut self,
        filter: &ExceptionFilter,
        page: &PageRequest,
    ) -> Result<Page<ExceptionRow>, StorageError>;
    /// One, locked until the transaction ends.
    fn lock_exception(&mut self, id: ExceptionId) -> Result<ExceptionRow, StorageError>;
    /// Saves who settled it, when and how.
    fn save_resolution(&mut self, exception: &ExceptionRow) -> Result<(), StorageError>;
}
