//! An application's documents.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Faults, FieldFault, UserId, read_code};
use pensipro_members::StoredFile;
use pensipro_origination::{ApplicationDocument, ApplicationDocumentKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The fields beside an uploaded file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationDocumentForm {
    /// `FORMULIR`, `SLIP_PENSIUN`, `KONTRAK`, `SURAT_KUASA_POTONG` or `LAINNYA`.
    #[schema(value_type = String, example = "FORMULIR")]
    kind: Option<String>,
}

impl ApplicationDocumentForm {
    /// What the document is.
    pub fn kind(&self) -> Result<ApplicationDocumentKind, Faults> {
        let mut faults = Faults::new();
        let given = self.kind.as_deref().ok_or_else(|| FieldFault::required("kind"));
        let kind = faults.take(given.and_then(|code| read_code("kind", code)));
        faults.finish(kind)
    }
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ApplicationDocumentBody {
    pub id: i64,
    pub application_id: i64,
    /// `FORMULIR`, `SLIP_PENSIUN`, `KONTRAK`, `SURAT_KUASA_POTONG` or `LAINNYA`
    pub kind: &'static str,
    /// `application/pdf`, `image/jpeg` or `image/png`, by content.
    pub content_type: &'static str,
    /// Bytes.
    pub size: i64,
    /// Of the content, in hexadecimal digits.
    pub sha256: String,
    pub uploaded_at: DateTime<Utc>,
    pub uploaded_by: Option<i64>,
}

impl From<ApplicationDocument> for ApplicationDocumentBody {
    fn from(document: ApplicationDocument) -> Self {
        let ApplicationDocument { id, application_id, kind, file, uploaded_at, uploaded_by } =
            document;
        let StoredFile { key: _, content_type, size, sha256 } = file;
        Self {
            id: id.get(),
            application_id: application_id.get(),
            kind: kind.code(),
            content_type: content_type.code(),
            size,
            sha256: sha256.to_string(),
            uploaded_at,
            uploaded_by: uploaded_by.map(UserId::get),
        }
    }
}
