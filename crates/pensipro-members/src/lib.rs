//! Members of the cooperative: who they are, how to reach them, where their money goes, and the
//! documents that prove it.
//!
//! ```
//! use pensipro_members::{Nik, Sex};
//! let nik: Nik = "3173055708570001".parse().unwrap();
//! assert_eq!(nik.birth().sex, Sex::Female);
//! assert_eq!(nik.masked(), "3173********0001");
//! ```
//!
//! It never does I/O, never touches a loan or an application itself, and never encrypts: values are
//! plain here, and storage keeps the personal ones under the member's key.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::float_arithmetic
    )
)]

mod account;
mod consent;
mod contact;
mod content;
mod details;
mod document;
mod error;
pub mod files;
mod intake;
mod member;
mod nik;
mod pension;
mod registration;
pub mod repository;
mod retention;
mod standing;
pub mod usecases;

#[cfg(test)]
mod fixtures;

pub use account::{AccountDetails, AccountNumber, AccountNumberError, BankAccount, RawAccount};
pub use consent::{
    Consent, ConsentChannel, ConsentStatus, ConsentText, ConsentWording, ConsentedText,
    GiveConsent, NewConsentText, WithdrawConsent, Withdrawal,
};
pub use contact::{Contact, ContactDetails, ContactKind, Preference, RawContact, RawContactChange};
pub use content::{ContentType, FileRefusal, UploadPolicy, inspect};
pub use details::{RawMember, RawMemberChange};
pub use document::{
    DocumentKind, DocumentPolicy, DocumentStatus, MemberDocument, Review, Reviewer, Verdict,
    Verifier,
};
pub use error::{ERRORS, MemberError, UniqueKey};
pub use files::{FileDraft, FileKey, FileStore, FileStoreError, OpenFile, Sha256, StoredFile};
pub use intake::{
    Cell, Column, Columns, HEADER_WITHIN, Intake, IntakeCommand, IntakeMode, IntakeStatus,
    MAX_ROWS, NewIntake, Newcomer, RawIntake, ReadRow, Registration, RowFault, RowVerdict,
    SheetFault, SheetReader, SheetRow, StoredVerdict, Tally, VerdictKind,
};
pub use member::{Member, MemberDetails, Obligations, Payer, Sex};
pub use nik::{Nik, NikBirth, NikError, NikWarning};
pub use pension::{NoPensiun, NoPensiunError};
pub use registration::Seen;
pub(crate) use registration::{Judged, judge_registrations, refuse_holders};
pub use repository::{
    BankAccountRepository, ConsentRepository, ContactRepository, Holders, IntakeFilter,
    IntakeRepository, KeyHolder, MemberDocumentRepository, MemberFilter, MemberRegistry,
    MemberRepository, MemberSort, PersonalDataRepository, Presence, SalesDirectory, Seller,
    name_query,
};
pub use retention::{Holding, RetentionPolicy};
pub use standing::{
    Death, DeathNotice, LoanResolution, MemberStatus, NewStatus, RawStatus, Standing,
    StatusCommand, StatusDecision, Unfinished, decide_status_change,
};
