//! A member's documents and their verification.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    Actor, AuditValue, Faults, FieldFault, MemberDocumentId, MemberId, UserId, clean_text, codes,
    read_code,
};

use crate::{MemberError, StoredFile};

codes! {
    /// What a member's document is.
    pub enum DocumentKind {
        /// Identity card.
        Ktp = "KTP",
        /// Family card.
        Kk = "KK",
        /// Pension decree.
        SkPensiun = "SK_PENSIUN",
        /// Photograph.
        Foto = "FOTO",
        /// Tax number.
        Npwp = "NPWP",
        /// Pensioner's card.
        Karip = "KARIP",
        /// Savings book.
        BukuTabungan = "BUKU_TABUNGAN",
        /// Anything else.
        Other = "LAINNYA",
    }
}

codes! {
    /// How far a document's verification is.
    pub enum DocumentStatus {
        /// Waits for verification.
        Uploaded = "uploaded",
        /// Found true.
        Verified = "verified",
        /// Found false or unreadable.
        Rejected = "rejected",
    }
}

/// A document as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberDocument {
    /// Its id.
    pub id: MemberDocumentId,
    /// Whose it is.
    pub member_id: MemberId,
    /// What it is.
    pub kind: DocumentKind,
    /// The file.
    pub file: StoredFile,
    /// The verification.
    pub review: Review,
    /// When it was uploaded.
    pub uploaded_at: DateTime<Utc>,
    /// Who uploaded it.
    pub uploaded_by: Option<UserId>,
}

/// A document's verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Review {
    /// Waits.
    Pending,
    /// Found true.
    Verified(Reviewer),
    /// Found false or unreadable.
    Rejected {
        /// Who and when.
        reviewer: Reviewer,
        /// Why.
        reason: String,
    },
}

/// Who verified a document, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reviewer {
    /// The user; `None` for the system.
    pub by: Option<UserId>,
    /// The moment.
    pub at: DateTime<Utc>,
}

/// What a reviewer says of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is true.
    Verify,
    /// It is not, for this reason.
    Reject(String),
}

/// Which documents are needed, and who may verify them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPolicy {
    /// Must be verified before an application is submitted.
    pub required: Vec<DocumentKind>,
    /// Who may verify.
    pub verifier: Verifier,
}

/// Who may verify a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verifier {
    /// Everybody with the right to.
    Anyone,
    /// Not the one who uploaded it.
    AnotherPerson,
}

impl Default for DocumentPolicy {
    /// KTP, KK and SK_PENSIUN, verified by anyone with the right to.
    fn default() -> Self {
        let required = vec![DocumentKind::Ktp, DocumentKind::Kk, DocumentKind::SkPensiun];
        Self { required, verifier: Verifier::Anyone }
    }
}

impl DocumentPolicy {
    /// The required kinds of which no document is verified, in the policy's order.
    pub fn unverified(&self, documents: &[MemberDocument]) -> Vec<DocumentKind> {
        let verified = |kind: &DocumentKind| {
            documents.iter().any(|document| {
                document.kind == *kind && matches!(document.review, Review::Verified(_))
            })
        };
        self.required.iter().copied().filter(|kind| !verified(kind)).collect()
    }
}

impl Review {
    /// How far it is.
    pub const fn status(&self) -> DocumentStatus {
        match self {
            Self::Pending => DocumentStatus::Uploaded,
            Self::Verified(_) => DocumentStatus::Verified,
            Self::Rejected { .. } => DocumentStatus::Rejected,
        }
    }

    /// Who judged, and when.
    pub const fn reviewer(&self) -> Option<Reviewer> {
        match self {
            Self::Pending => None,
            Self::Verified(reviewer) | Self::Rejected { reviewer, .. } => Some(*reviewer),
        }
    }

    /// Why it was rejected.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Rejected { reason, .. } => Some(reason),
            Self::Pending | Self::Verified(_) => None,
        }
    }

    /// From stored columns; `None` where they contradict each other.
    pub fn from_stored(
        status: DocumentStatus,
        reviewer: Option<Reviewer>,
        reason: Option<String>,
    ) -> Option<Self> {
        match status {
            DocumentStatus::Uploaded => Some(Self::Pending),
            DocumentStatus::Verified => reviewer.map(Self::Verified),
            DocumentStatus::Rejected => {
                Some(Self::Rejected { reviewer: reviewer?, reason: reason? })
            }
        }
    }
}

impl Verdict {
    /// Checks the fields of a body: `rejected` needs a reason.
    pub fn check(status: Option<&str>, reason: Option<&str>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let read = |code| read_code::<DocumentStatus>("status", code);
        let given = status.ok_or_else(|| FieldFault::required("status")).and_then(read);
        let verdict = match faults.take(given) {
            Some(DocumentStatus::Verified) => Some(Self::Verify),
            Some(DocumentStatus::Rejected) => {
                let reason = clean_text("reason", reason.unwrap_or_default(), 500);
                faults.take(reason).map(Self::Reject)
            }
            Some(DocumentStatus::Uploaded) => {
                faults.add("status", "unknown_value", "is one of verified, rejected");
                None
            }
            None => None,
        };
        faults.finish(verdict)
    }

    const fn status(&self) -> DocumentStatus {
        match self {
            Self::Verify => DocumentStatus::Verified,
            Self::Reject(_) => DocumentStatus::Rejected,
        }
    }
}

impl MemberDocument {
    /// The review that a verdict gives. What waits can be verified or rejected; what was verified
    /// can still be rejected; what was rejected is uploaded anew.
    pub fn judge(
        &self,
        verdict: Verdict,
        policy: &DocumentPolicy,
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Result<Review, MemberError> {
        if policy.verifier == Verifier::AnotherPerson && by.is_user(self.uploaded_by) {
            return Err(MemberError::SamePerson);
        }
        let reviewer = Reviewer { by: by.user_id, at };
        match (&self.review, verdict) {
            (Review::Pending, Verdict::Verify) => Ok(Review::Verified(reviewer)),
            (Review::Pending | Review::Verified(_), Verdict::Reject(reason)) => {
                Ok(Review::Rejected { reviewer, reason })
            }
            (from, to) => {
                Err(MemberError::DocumentTransition { from: from.status(), to: to.status() })
            }
        }
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        AuditValue::new()
            .with("kind", self.kind.code())
            .with("content_type", self.file.content_type.code())
            .with("size", self.file.size)
            .text("sha256", self.file.sha256)
            .with("status", self.review.status().code())
            .with("reason", self.review.reason())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{actor, document, now};
    use pensipro_kernel::DomainError;

    fn reviewed(review: Review) -> MemberDocument {
        MemberDocument { review, ..document(DocumentKind::Ktp) }
    }

    fn verified() -> Review {
        Review::Verified(Reviewer { by: None, at: now() })
    }

    fn rejected() -> Review {
        let reviewer = Reviewer { by: None, at: now() };
        Review::Rejected { reviewer, reason: "blurred".into() }
    }

    #[test]
    fn every_pair_of_state_and_verdict() {
        let to = |from: Review, verdict| {
            reviewed(from)
                .judge(verdict, &DocumentPolicy::default(), &actor(2), now())
                .map(|review| review.status())
                .map_err(|error| error.kind().code)
        };
        let reject = || Verdict::Reject("forged".into());
        assert_eq!(to(Review::Pending, Verdict::Verify), Ok(DocumentStatus::Verified));
        assert_eq!(to(Review::Pending, reject()), Ok(DocumentStatus::Rejected));
        assert_eq!(to(verified(), reject()), Ok(DocumentStatus::Rejected));
        assert_eq!(to(verified(), Verdict::Verify), Err("invalid_transition"));
        assert_eq!(to(rejected(), Verdict::Verify), Err("invalid_transition"));
        assert_eq!(to(rejected(), reject()), Err("invalid_transition"));
    }

    #[test]
    fn four_eyes_where_configured() {
        let strict =
            DocumentPolicy { verifier: Verifier::AnotherPerson, ..DocumentPolicy::default() };
        let uploader = document(DocumentKind::Ktp).uploaded_by.unwrap().get();
        let judge = |by| {
            reviewed(Review::Pending).judge(Verdict::Verify, &strict, &actor(by), now()).is_ok()
        };
        assert!(!judge(uploader));
        assert!(judge(uploader + 1));
    }

    #[test]
    fn required_kinds_count_once_verified() {
        let policy = DocumentPolicy::default();
        let documents = [
            MemberDocument { review: verified(), ..document(DocumentKind::Ktp) },
            document(DocumentKind::Ktp),
            MemberDocument { review: rejected(), ..document(DocumentKind::Kk) },
        ];
        assert_eq!(policy.unverified(&documents), [DocumentKind::Kk, DocumentKind::SkPensiun]);
    }

    #[test]
    fn a_rejection_needs_a_reason() {
        let code = |status, reason| {
            Verdict::check(status, reason).map_err(|faults| faults.list()[0].field.clone())
        };
        assert_eq!(code(Some("verified"), None), Ok(Verdict::Verify));
        assert_eq!(code(Some("rejected"), Some("cut off")), Ok(Verdict::Reject("cut off".into())));
        assert_eq!(code(Some("rejected"), None), Err("reason".into()));
        assert_eq!(code(Some("uploaded"), None), Err("status".into()));
        assert_eq!(code(None, None), Err("status".into()));
    }
}
