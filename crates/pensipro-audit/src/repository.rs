//! What this module needs from storage.

use pensipro_kernel::{Page, PageRequest, StorageError};

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
}
