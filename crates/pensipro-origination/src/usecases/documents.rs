//! Documents of an application: recorded once their bytes are stored.

use pensipro_kernel::{
    Actor, ApplicationDocumentId, ApplicationId, AuditEntry, AuditLog, StorageError,
};
use pensipro_members::StoredFile;

use crate::{
    ApplicationDocument, ApplicationDocumentKind, ApplicationDocumentRepository,
    ApplicationRepository, ApplicationStatus, OriginationError,
};

/// Records a document whose file is in the store already.
pub fn add_document<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    kind: ApplicationDocumentKind,
    file: &StoredFile,
) -> Result<ApplicationDocument, OriginationError>
where
    Tx: ApplicationRepository + ApplicationDocumentRepository + AuditLog,
{
    let application = tx.lock_application(id, by.scope)?;
    if matches!(application.status, ApplicationStatus::Rejected | ApplicationStatus::Cancelled) {
        return Err(OriginationError::Closed(application.status));
    }
    let document = tx.add_application_document(id, kind, file, by.user_id)?;
    let number = document.id.get();
    let entry = AuditEntry::new("application.document.upload", "application_docs", number)
        .of_member(application.member_id);
    tx.audit(by, entry.is(document.audit_view()))?;
    Ok(document)
}

/// A document of the application, for its content; one of another application is not there.
pub fn document<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (application, id): (ApplicationId, ApplicationDocumentId),
) -> Result<ApplicationDocument, OriginationError>
where
    Tx: ApplicationRepository + ApplicationDocumentRepository,
{
    tx.application(application, by.scope)?;
    let documents = tx.application_documents(application)?;
    let found = documents.into_iter().find(|document| document.id == id);
    Ok(found.ok_or(StorageError::not_found("document", id.get()))?)
}
