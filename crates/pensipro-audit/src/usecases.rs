//! Reading the trail and the exceptions: they tell of the whole house, so that only users who are
//! tied to no branch and no funder read them.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, AuthorityError, Class, DomainError, ErrorKind,
    ExceptionId, Faults, FieldFault, Moment, Page, PageRequest, StorageError, clean_text,
};

use crate::seal::{Proof, Request};
use crate::{
    AccessFilter, AccessRepository, AccessRow, AuditFilter, AuditRepository, AuditRow,
    ExceptionFilter, ExceptionRepository, ExceptionRow,
};

/// Why the logs are not shown, or an exception is not settled.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Fields that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// Somebody settled it before.
    #[error("the exception was settled before")]
    ResolvedBefore,
    /// The caller may not.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage refused or failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const RESOLVED_BEFORE: ErrorKind =
    ErrorKind::new("already_resolved", Class::Conflict, "The exception was settled before");

/// Every code of this module's own.
pub const ERRORS: &[ErrorKind] = &[RESOLVED_BEFORE];

impl DomainError for AuditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(faults) => faults.kind(),
            Self::ResolvedBefore => RESOLVED_BEFORE,
            Self::Authority(error) => error.kind(),
            Self::Storage(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldFault] {
        match self {
            Self::Invalid(faults) => faults.list(),
            _ => &[],
        }
    }
}

/// A page of the trail, newest first. Numbers of people are masked.
pub fn list_audit_rows<Tx: AuditRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &AuditFilter,
    page: &PageRequest,
) -> Result<Page<AuditRow>, AuditError> {
    by.whole_house()?;
    Ok(tx.audit_rows(filter, page)?.map(AuditRow::masked))
}

/// Notes that a log goes out as a file: which, and what of it, as `filter` says.
pub fn note_log_file<Tx: AuditLog>(
    tx: &mut Tx,
    by: &Actor,
    log: &'static str,
    filter: AuditValue,
) -> Result<(), AuditError> {
    by.whole_house()?;
    Ok(tx.audit(by, AuditEntry::new("log.export", log, 0).is(filter))?)
}

/// A proof of the trail, which the caller takes step by step.
pub fn begin_proof(by: &Actor, request: Request) -> Result<Proof, AuditError> {
    by.whole_house()?;
    Ok(Proof::new(request))
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

/// How an exception was settled, as somebody says it: 1 to 500 characters.
pub fn read_note(note: Option<&str>) -> Result<String, Faults> {
    let mut faults = Faults::new();
    let note = faults.take(clean_text("note", note.unwrap_or_default(), 500));
    faults.finish(note)
}

/// Settles an exception with a note, once.
pub fn resolve_exception<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ExceptionId,
    note: &str,
    at: Moment,
) -> Result<ExceptionRow, AuditError>
where
    Tx: ExceptionRepository + AuditLog,
{
    by.whole_house()?;
    let open = tx.lock_exception(id)?;
    if open.resolved_at.is_some() {
        return Err(AuditError::ResolvedBefore);
    }
    let (resolved_by, resolved_at, note) = (by.user_id, Some(at.now), Some(note.to_owned()));
    let settled = ExceptionRow { resolved_by, resolved_at, note, ..open };
    tx.save_resolution(&settled)?;
    let view = AuditValue::new()
        .with("severity", settled.severity.code())
        .with("source", settled.source.as_str())
        .with("note", settled.note.clone());
    let entry = AuditEntry::new("exception.resolve", "exception_logs", id.get());
    tx.audit(by, entry.is(view))?;
    Ok(settled)
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
