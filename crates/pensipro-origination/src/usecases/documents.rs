//! Documents of an application: recorded once their bytes are stored.

use pensipro_kernel::{
    Actor, ApplicationDocumentId, ApplicationId, AuditEntry, AuditLog, MemberId, StorageError,
};
use pensipro_members::StoredFile;

use crate::{
    Application, ApplicationDocument, ApplicationDocumentKind, ApplicationDocumentRepository,
    ApplicationRepository, ApplicationStatus, OriginationError,
};

/// The member with whose key a document's bytes are sealed before they are stored and
/// [recorded](add_document).
pub fn document_owner<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
) -> Result<MemberId, OriginationError>
where
    Tx: ApplicationRepository,
{
    let application = tx.application(id, by.scope)?;
    refuse_closed(&application)?;
    Ok(application.member_id)
}

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
    refuse_closed(&application)?;
    let document = tx.add_application_document(id, kind, file, by.user_id)?;
    let number = document.id.get();
    let entry = AuditEntry::new("application.document.upload", "application_docs", number)
        .of_member(application.member_id);
    tx.audit(by, entry.is(document.audit_view()))?;
    Ok(document)
}

/// A document of the application, for its content, and the member with whose key that is sealed;
/// one of another application is not there.
pub fn document<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (application, id): (ApplicationId, ApplicationDocumentId),
) -> Result<(ApplicationDocument, MemberId), OriginationError>
where
    Tx: ApplicationRepository + ApplicationDocumentRepository,
{
    let owner = tx.application(application, by.scope)?.member_id;
    let documents = tx.application_documents(application)?;
    let found = documents.into_iter().find(|document| document.id == id);
    Ok((found.ok_or(StorageError::not_found("document", id.get()))?, owner))
}

fn refuse_closed(application: &Application) -> Result<(), OriginationError> {
    match application.status {
        status @ (ApplicationStatus::Rejected | ApplicationStatus::Cancelled) => {
            Err(OriginationError::Closed(status))
        }
        _ => Ok(()),
    }
}
