//! Reading the trail and the exceptions: they tell of the whole house, so that only users who are
//! bound to no branch and no funder read them.

use pensipro_kernel::{Actor, DomainError, ErrorKind, Page, PageRequest, StorageError};

use crate::{
    AuditFilter, AuditRepository, AuditRow, ExceptionFilter, ExceptionRepository, ExceptionRow,
};

/// Why the logs are not shown.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The caller sees a part of the house only.
    #[error("the logs tell of the whole house; they are not for users of a branch or a funder")]
    WholeHouseOnly,
    /// Storage refused or failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl AuditError {
    /// Every code of this error.
    pub const ERRORS: &[ErrorKind] = &[ErrorKind::WHOLE_HOUSE_ONLY];
}

impl DomainError for AuditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::WholeHouseOnly => ErrorKind::WHOLE_HOUSE_ONLY,
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
    whole_house(by)?;
    Ok(tx.audit_rows(filter, page)?)
}

/// A page of exceptions, newest first.
pub fn list_exceptions<Tx: ExceptionRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &ExceptionFilter,
    page: &PageRequest,
) -> Result<Page<ExceptionRow>, AuditError> {
    whole_house(by)?;
    Ok(tx.exceptions(filter, page)?)
}

fn whole_house(by: &Actor) -> Result<(), AuditError> {
    if by.scope.is_whole_house() { Ok(()) } else { Err(AuditError::WholeHouseOnly) }
}
