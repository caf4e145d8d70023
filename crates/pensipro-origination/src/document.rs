//! Documents of an application.

use chrono::{DateTime, Utc};
use pensipro_kernel::{ApplicationDocumentId, ApplicationId, AuditValue, UserId, codes};
use pensipro_members::StoredFile;

codes! {
    /// What an application's document is.
    pub enum ApplicationDocumentKind {
        /// The signed application form.
        Formulir = "FORMULIR",
        /// A pension slip.
        SlipPensiun = "SLIP_PENSIUN",
        /// The loan agreement.
        Kontrak = "KONTRAK",
        /// The power of attorney to cut the pension.
        SuratKuasaPotong = "SURAT_KUASA_POTONG",
        /// Anything else.
        Other = "LAINNYA",
    }
}

/// A document as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationDocument {
    /// Its id.
    pub id: ApplicationDocumentId,
    /// Whose it is.
    pub application_id: ApplicationId,
    /// What it is.
    pub kind: ApplicationDocumentKind,
    /// The file.
    pub file: StoredFile,
    /// When it was uploaded.
    pub uploaded_at: DateTime<Utc>,
    /// Who uploaded it.
    pub uploaded_by: Option<UserId>,
}

impl ApplicationDocument {
    pub(crate) fn audit_view(&self) -> AuditValue {
        AuditValue::new()
            .with("application_id", self.application_id.get())
            .with("kind", self.kind.code())
            .with("content_type", self.file.content_type.code())
            .with("size", self.file.size)
            .text("sha256", self.file.sha256)
    }
}
