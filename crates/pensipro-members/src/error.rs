//! Why the members module refuses.

use chrono::NaiveDate;
use pensipro_kernel::{
    AuthorityError, Class, ConsentId, ConsentTextId, DomainError, ErrorKind, Faults, FieldFault,
    MemberId, StorageError,
};
use serde_json::{Map, Value};

use crate::{DocumentStatus, FileRefusal, Obligations, SheetFault};

/// A refusal of the members module.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// Fields that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// Another member holds this identifier.
    #[error("another member has this {}", .key.field())]
    Duplicate {
        /// Which identifier.
        key: UniqueKey,
        /// That member, where the caller may see him.
        existing: Option<MemberId>,
    },
    /// The member has this bank account already.
    #[error("the member has this bank account already")]
    DuplicateAccount,
    /// The member has given this consent, and it stands.
    #[error("the member has given this consent already")]
    ConsentGiven(ConsentId),
    /// The consent was withdrawn before.
    #[error("the consent was withdrawn already")]
    ConsentWithdrawn,
    /// The latest version of the text says the same.
    #[error("the latest version of this text says the same")]
    ConsentTextUnchanged(ConsentTextId),
    /// What is held of the member is needed: something of his is open.
    #[error("an application, a loan or a refund of the member's is open")]
    Active(Obligations),
    /// What is held of the member must be kept.
    #[error("the law wants the member's papers kept until {until}")]
    Retained {
        /// The last day.
        until: NaiveDate,
    },
    /// Nothing is held of the member any more.
    #[error("the member was anonymised already")]
    Anonymised,
    /// Something of the member's is open.
    #[error(
        "the member has {} open application(s) and {} loan(s) not closed or cancelled",
        .0.open_applications,
        .0.pending_loans.saturating_add(.0.open_loans)
    )]
    InUse(Obligations),
    /// The member has an open loan and nothing says what is to become of it.
    #[error("say in loan_resolution what is to become of the open loans")]
    LoanResolutionRequired,
    /// Four eyes: somebody else has to do this.
    #[error("another person has to do this")]
    SamePerson,
    /// The document's state does not allow it.
    #[error("a document that is {from} cannot become {to}")]
    DocumentTransition {
        /// The present state.
        from: DocumentStatus,
        /// The state asked for.
        to: DocumentStatus,
    },
    /// The file cannot be taken.
    #[error(transparent)]
    File(#[from] FileRefusal),
    /// The spreadsheet cannot be taken.
    #[error(transparent)]
    Sheet(#[from] SheetFault),
    /// The caller may not do this.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage failed, or the thing is not there.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// An identifier that no two members share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UniqueKey {
    /// The identity number.
    Nik,
    /// The number at the payer.
    NoPensiun,
}

impl UniqueKey {
    /// The field's name.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Nik => "nik",
            Self::NoPensiun => "no_pensiun",
        }
    }
}

const DUPLICATE_NIK: ErrorKind =
    ErrorKind::new("duplicate_nik", Class::Conflict, "Another member has this NIK");
const DUPLICATE_NO_PENSIUN: ErrorKind = ErrorKind::new(
    "duplicate_no_pensiun",
    Class::Conflict,
    "Another member has this pension number",
);
const DUPLICATE_ACCOUNT: ErrorKind =
    ErrorKind::new("duplicate_account", Class::Conflict, "The member has this account already");
const CONSENT_GIVEN: ErrorKind =
    ErrorKind::new("consent_given", Class::Conflict, "The member has given this consent already");
const CONSENT_WITHDRAWN: ErrorKind =
    ErrorKind::new("consent_withdrawn", Class::Conflict, "The consent was withdrawn already");
const CONSENT_TEXT_UNCHANGED: ErrorKind = ErrorKind::new(
    "consent_text_unchanged",
    Class::Conflict,
    "The latest version of this text says the same",
);
const ACTIVE: ErrorKind =
    ErrorKind::new("member_active", Class::Conflict, "Something of the member's is open");
const RETAINED: ErrorKind =
    ErrorKind::new("data_retained", Class::Refused, "The member's papers must still be kept");
const ANONYMISED: ErrorKind =
    ErrorKind::new("member_anonymised", Class::Conflict, "The member was anonymised already");
const IN_USE: ErrorKind =
    ErrorKind::new("member_in_use", Class::Conflict, "The member has an open loan or application");
const LOAN_RESOLUTION_REQUIRED: ErrorKind =
    ErrorKind::new("loan_resolution_required", Class::Refused, "The open loans need a resolution");

/// Every code of this module's own.
pub const ERRORS: &[ErrorKind] = &[
    Faults::KIND,
    DUPLICATE_NIK,
    DUPLICATE_NO_PENSIUN,
    DUPLICATE_ACCOUNT,
    CONSENT_GIVEN,
    CONSENT_WITHDRAWN,
    CONSENT_TEXT_UNCHANGED,
    ACTIVE,
    RETAINED,
    ANONYMISED,
    IN_USE,
    LOAN_RESOLUTION_REQUIRED,
    ErrorKind::SAME_PERSON,
    ErrorKind::INVALID_TRANSITION,
    FileRefusal::EMPTY,
    FileRefusal::TOO_LARGE,
    FileRefusal::UNSUPPORTED,
    FileRefusal::DAMAGED,
    FileRefusal::IMAGE_TOO_LARGE,
    FileRefusal::ACTIVE_CONTENT,
    SheetFault::UNSUPPORTED,
    SheetFault::UNREADABLE,
    SheetFault::HEADER,
    SheetFault::TOO_LARGE,
];

impl MemberError {
    /// The refusal behind a unique rule of the database: two registrations at one time pass the
    /// look-up together, and the second insert meets the constraint.
    pub(crate) fn from_insert(error: StorageError) -> Self {
        let key = match &error {
            StorageError::Duplicate { constraint } if constraint.contains("no_pensiun") => {
                UniqueKey::NoPensiun
            }
            StorageError::Duplicate { constraint } if constraint.contains("nik") => UniqueKey::Nik,
            _ => return Self::Storage(error),
        };
        Self::Duplicate { key, existing: None }
    }
}

impl DomainError for MemberError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(faults) => faults.kind(),
            Self::Duplicate { key: UniqueKey::Nik, .. } => DUPLICATE_NIK,
            Self::Duplicate { key: UniqueKey::NoPensiun, .. } => DUPLICATE_NO_PENSIUN,
            Self::DuplicateAccount => DUPLICATE_ACCOUNT,
            Self::ConsentGiven(_) => CONSENT_GIVEN,
            Self::ConsentWithdrawn => CONSENT_WITHDRAWN,
            Self::ConsentTextUnchanged(_) => CONSENT_TEXT_UNCHANGED,
            Self::Active(_) => ACTIVE,
            Self::Retained { .. } => RETAINED,
            Self::Anonymised => ANONYMISED,
            Self::InUse(_) => IN_USE,
            Self::LoanResolutionRequired => LOAN_RESOLUTION_REQUIRED,
            Self::SamePerson => ErrorKind::SAME_PERSON,
            Self::DocumentTransition { .. } => ErrorKind::INVALID_TRANSITION,
            Self::File(refusal) => refusal.kind(),
            Self::Sheet(fault) => fault.kind(),
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

    fn extensions(&self) -> Map<String, Value> {
        match self {
            Self::Duplicate { existing: Some(id), .. } => {
                Map::from_iter([("existing_id".to_owned(), id.get().into())])
            }
            Self::Retained { until } => {
                Map::from_iter([("until".to_owned(), until.to_string().into())])
            }
            Self::Active(has) => Map::from_iter([
                ("open_applications".to_owned(), has.open_applications.into()),
                ("pending_loans".to_owned(), has.pending_loans.into()),
                ("open_loans".to_owned(), has.open_loans.into()),
            ]),
            Self::ConsentGiven(id) => Map::from_iter([("existing_id".to_owned(), id.get().into())]),
            Self::ConsentTextUnchanged(id) => {
                Map::from_iter([("existing_id".to_owned(), id.get().into())])
            }
            Self::DocumentTransition { from, to } => Map::from_iter([
                ("from".to_owned(), from.code().into()),
                ("to".to_owned(), to.code().into()),
            ]),
            Self::Authority(error) => error.extensions(),
            _ => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_rule_of_the_database_names_the_field() {
        let code = |constraint: &str| {
            let error = StorageError::Duplicate { constraint: constraint.to_owned() };
            MemberError::from_insert(error).kind().code
        };
        assert_eq!(code("members_nik_index_key"), "duplicate_nik");
        assert_eq!(code("members_no_pensiun_index_key"), "duplicate_no_pensiun");
        assert_eq!(code("other_key"), "duplicate");
    }

    #[test]
    fn a_duplicate_names_the_member_only_where_he_may_be_seen() {
        let duplicate = |existing| MemberError::Duplicate { key: UniqueKey::Nik, existing };
        assert_eq!(duplicate(Some(MemberId::new(7))).extensions()["existing_id"], 7);
        assert!(duplicate(None).extensions().is_empty());
    }
}
