//! The papers that prove who a member is.

use pensipro_kernel::{MemberDocumentId, MemberId};
use pensipro_members::{
    Verdict,
    usecases::{add_document, document, get_member, list_documents, verify_document},
};
use pensipro_persistence::Tx;

use crate::{
    App,
    bodies::members::{DocumentBody, DocumentForm, VerdictBody},
    http::{
        Allowed, Answered, Attachment, Created, Id, List, Reply, Shown, Upload, UploadLimits,
        Valid,
        right::{EditMember, VerifyDocument, ViewMember},
    },
    uploads::Received,
};

pub(super) async fn upload(
    app: App,
    by: Allowed<EditMember>,
    member: Id<MemberId>,
    upload: Upload<DocumentForm>,
) -> Reply<Created<DocumentBody>> {
    let limits = UploadLimits { file_bytes: app.settings().upload_max_bytes };
    let (form, bytes) = upload.into_memory(limits).await?;
    let kind = form.fields.kind()?;
    let received = Received { bytes, sha256: form.sha256, once: form.once };
    let (asker, id) = (by.clone(), *member);
    let owner = move |tx: &mut Tx<'_>| Ok(Some(get_member(tx, &asker, id)?.id));
    app.record_file(("members", "add_document"), received, owner, move |tx, file| {
        let document = add_document(tx, &by, id, kind, file)?;
        let location = format!("/members/{id}/documents/{}/content", document.id);
        Ok(Created::new(location, DocumentBody::from(document)))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
) -> Reply<List<DocumentBody>> {
    app.read_snapshot(move |tx, _| {
        Ok(List::whole(list_documents(tx, &by, *member)?, DocumentBody::from))
    })
    .await
}

pub(super) async fn content(
    app: App,
    by: Allowed<ViewMember>,
    ids: Id<(MemberId, MemberDocumentId)>,
) -> Reply<Attachment> {
    let (member, id) = *ids;
    let asker = by.clone();
    let found = app.load(move |tx, _| Ok(document(tx, &by, *ids)?)).await?;
    let name = format!("{}-{id}", found.kind);
    let reading = (Some(member), "member.document.read");
    Answered::fresh(app.attachment(&asker, reading, found.file, name).await?)
}

pub(super) async fn verify(
    app: App,
    by: Allowed<VerifyDocument>,
    ids: Id<(MemberId, MemberDocumentId)>,
    body: Valid<VerdictBody>,
) -> Reply<Shown<DocumentBody>> {
    let verdict = Verdict::try_from(body.into_inner())?;
    let policies = app.policies();
    app.write("verify_document", move |tx, at| {
        let policy = &policies.documents;
        let document = verify_document(tx, &by, *ids, verdict.clone(), policy, at)?;
        Ok(Shown::new(DocumentBody::from(document)))
    })
    .await
}
