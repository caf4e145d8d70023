//! An application's documents.

use pensipro_flows::application_offer;
use pensipro_kernel::{ApplicationDocumentId, ApplicationId};
use pensipro_origination::usecases::{add_document, document, document_owner, list_documents};
use pensipro_persistence::Tx;

use super::table;
use crate::{
    App,
    bodies::applications::{ApplicationDocumentBody, ApplicationDocumentForm},
    http::{
        Allowed, Answered, Attachment, Created, Id, List, Reply, Routes, Upload, UploadLimits,
        right::{CreateApplication, ViewApplication},
    },
    uploads::Received,
};

pub(super) fn routes() -> Routes {
    table()
        .post("/applications/{id}/documents", "Uploads a document", upload)
        .get("/applications/{id}/documents", "Lists an application's documents", list)
        .get(
            "/applications/{id}/offer-letter",
            "Sends the offer letter of an approved application, as PDF",
            offer_letter,
        )
        .get("/applications/{id}/documents/{doc_id}/content", "Sends a document", content)
}

async fn upload(
    app: App,
    by: Allowed<CreateApplication>,
    id: Id<ApplicationId>,
    upload: Upload<ApplicationDocumentForm>,
) -> Reply<Created<ApplicationDocumentBody>> {
    let limits = UploadLimits { file_bytes: app.settings().upload_max_bytes };
    let (form, bytes) = upload.into_memory(limits).await?;
    let kind = form.fields.kind()?;
    let (asker, id) = (by.clone(), *id);
    let owner = move |tx: &mut Tx<'_>| Ok(Some(document_owner(tx, &asker, id)?));
    let received = Received { bytes, sha256: form.sha256, once: form.once };
    let names = ("applications", "add_application_document");
    app.record_file(names, received, owner, move |tx, file| {
        let document = add_document(tx, &by, id, kind, file)?;
        let location = format!("/applications/{id}/documents/{}/content", document.id);
        Ok(Created::new(location, document.into()))
    })
    .await
}

async fn list(
    app: App,
    by: Allowed<ViewApplication>,
    id: Id<ApplicationId>,
) -> Reply<List<ApplicationDocumentBody>> {
    app.read(move |tx, _| {
        Ok(List::whole(list_documents(tx, &by, *id)?, ApplicationDocumentBody::from))
    })
    .await
}

async fn content(
    app: App,
    by: Allowed<ViewApplication>,
    ids: Id<(ApplicationId, ApplicationDocumentId)>,
) -> Reply<Attachment> {
    let (_, id) = *ids;
    let asker = by.clone();
    let (found, owner) = app.load(move |tx, _| Ok(document(tx, &by, *ids)?)).await?;
    let name = format!("{}-{id}", found.kind);
    let reading = (Some(owner), "application.document.read");
    Answered::fresh(app.attachment(&asker, reading, found.file, name).await?)
}

async fn offer_letter(
    app: App,
    by: Allowed<ViewApplication>,
    id: Id<ApplicationId>,
) -> Reply<Attachment> {
    let (asker, policies) = (by.clone(), app.policies());
    let letter =
        app.load(move |tx, _| Ok(application_offer(tx, &by, *id, &policies.papers)?)).await?;
    let kind = ("penawaran", "application.offer_letter.read");
    Answered::fresh(app.paper(&asker, kind, letter).await?)
}
