//! Reading the trail and the exceptions: they tell of the whole house, so that only users who are
//! tied to no branch and no funder read them.

use pensipro_kernel::{
    Actor, AuthorityError, DomainError, ErrorKind, Page, PageRequest, StorageError,
};

use crate::{
    AccessFilter, AccessRepository, AccessRow, AuditFilter, AuditRepository, AuditRow,
    ExceptionFilter, ExceptionRepository, ExceptionRow,
};

/// Why the logs are not shown.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The caller may not.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage refused or failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl DomainError for AuditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Authority(error) => error.kind(),
            Self::Storage(error) => error.kind(),
        }
    }
}

/// A page of the trail, newest first.
pub fn list_audit_rows<Tx: AuditRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditRow>, AuditError> {
    by.whole_house()?;
    Ok(tx.audit_rows(filter, page)?)
}

/// A page of exceptions, newest first.
pub fn list_exceptions<Tx: ExceptionRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &ExceptionFilter,
    page: &PageRequest,
) -> Result<Page<ExceptionRow>, AuditError> {
    by.whole_house()?;
    Ok(tx.exceptions(filter, page)?)
}

/// A page of readings of members' details, newest first.
pub fn list_accesses<Tx: AccessRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &AccessFilter,
    page: &PageRequest,
) -> Result<Page<AccessRow>, AuditError> {
    by.whole_house()?;
    Ok(tx.accesses(filter, page)?)
}
