//! A member's documents.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Faults, FieldFault, UserId, read_code};
use pensipro_members::{DocumentKind, MemberDocument, Review, Reviewer, StoredFile, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The fields beside an uploaded file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentForm {
    /// `KTP`, `KK`, `SK_PENSIUN`, `FOTO`, `NPWP`, `KARIP`, `BUKU_TABUNGAN` or `LAINNYA`.
    #[schema(value_type = String, example = "KTP")]
    kind: Option<String>,
}

impl DocumentForm {
    /// What the document is.
    pub fn kind(&self) -> Result<DocumentKind, Faults> {
        let mut faults = Faults::new();
        let given = self.kind.as_deref().ok_or_else(|| FieldFault::required("kind"));
        let kind = faults.take(given.and_then(|code| read_code("kind", code)));
        faults.finish(kind)
    }
}

/// What a reviewer says of a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerdictBody {
    /// `verified` or `rejected`.
    #[schema(value_type = String, example = "verified")]
    status: Option<String>,
    /// Why; a rejection needs it.
    reason: Option<String>,
}

impl TryFrom<VerdictBody> for Verdict {
    type Error = Faults;

    fn try_from(VerdictBody { status, reason }: VerdictBody) -> Result<Self, Faults> {
        Self::check(status.as_deref(), reason.as_deref())
    }
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct DocumentBody {
    pub id: i64,
    pub member_id: i64,
    /// `KTP`, `KK`, `SK_PENSIUN`, `FOTO`, `NPWP`, `KARIP`, `BUKU_TABUNGAN` or `LAINNYA`
    pub kind: &'static str,
    /// `application/pdf`, `image/jpeg` or `image/png`, by content.
    pub content_type: &'static str,
    /// Bytes.
    pub size: i64,
    /// Of the content, in hexadecimal digits.
    pub sha256: String,
    /// `uploaded`, `verified` or `rejected`
    pub status: &'static str,
    pub reason: Option<String>,
    pub reviewed_by: Option<i64>,
    pub reviewed_at: Option<DateTime<Utc>>,
    pub uploaded_at: DateTime<Utc>,
    pub uploaded_by: Option<i64>,
}

impl From<MemberDocument> for DocumentBody {
    fn from(document: MemberDocument) -> Self {
        let MemberDocument { id, member_id, kind, file, review, uploaded_at, uploaded_by } =
            document;
        let StoredFile { key: _, content_type, size, sha256 } = file;
        let status = review.status().code();
        let reviewer = review.reviewer();
        let reason = match review {
            Review::Rejected { reviewer: _, reason } => Some(reason),
            Review::Pending | Review::Verified(_) => None,
        };
        Self {
            id: id.get(),
            member_id: member_id.get(),
            kind: kind.code(),
            content_type: content_type.code(),
            size,
            sha256: sha256.to_string(),
            status,
            reason,
            reviewed_by: reviewer.and_then(|Reviewer { by, at: _ }| by).map(UserId::get),
            reviewed_at: reviewer.map(|Reviewer { by: _, at }| at),
            uploaded_at,
            uploaded_by: uploaded_by.map(UserId::get),
        }
    }
}
