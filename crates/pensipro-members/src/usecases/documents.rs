//! Documents of a member: recorded once their bytes are stored, then verified.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, MemberDocumentId, MemberId, Moment, StorageError,
};

use crate::{
    DocumentKind, DocumentPolicy, MemberDocument, MemberDocumentRepository, MemberError,
    MemberRepository, StoredFile, Verdict,
};

/// Records a document whose file is in the store already.
pub fn add_document<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    kind: DocumentKind,
    file: &StoredFile,
) -> Result<MemberDocument, MemberError>
where
    Tx: MemberRepository + MemberDocumentRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let document = tx.add_member_document(member, kind, file, by.user_id)?;
    tx.audit(by, entry("member.document.upload", &document).is(document.audit_view()))?;
    Ok(document)
}

/// A document of the member, for its content; one of another member is not there.
pub fn document<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (member, id): (MemberId, MemberDocumentId),
) -> Result<MemberDocument, MemberError>
where
    Tx: MemberRepository + MemberDocumentRepository,
{
    tx.member(member, by.scope)?;
    Ok(find(tx, member, id)?)
}

/// Verifies or rejects a document of the member.
pub fn verify_document<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (member, id): (MemberId, MemberDocumentId),
    verdict: Verdict,
    policy: &DocumentPolicy,
    at: Moment,
) -> Result<MemberDocument, MemberError>
where
    Tx: MemberRepository + MemberDocumentRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let before = find(tx, member, id)?;
    let review = before.judge(verdict, policy, by, at.now)?;
    let after = MemberDocument { review, ..before.clone() };
    tx.save_document_review(&after)?;
    let entry = entry("member.document.verify", &after);
    tx.audit(by, entry.was(before.audit_view()).is(after.audit_view()))?;
    Ok(after)
}

fn find<Tx>(
    tx: &mut Tx,
    member: MemberId,
    id: MemberDocumentId,
) -> Result<MemberDocument, StorageError>
where
    Tx: MemberDocumentRepository,
{
    let documents = tx.member_documents(member)?;
    let found = documents.into_iter().find(|document| document.id == id);
    found.ok_or(StorageError::not_found("document", id.get()))
}

fn entry(action: &'static str, document: &MemberDocument) -> AuditEntry {
    AuditEntry::new(action, "member_documents", document.id.get()).of_member(document.member_id)
}
