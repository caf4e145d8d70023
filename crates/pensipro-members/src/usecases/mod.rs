//! Load, decide, save: one transaction each, which the shell opens.

mod accounts;
mod consents;
mod contacts;
mod documents;
mod intake;
mod members;
mod personal;
mod reads;
mod registration;

pub use accounts::{add_bank_account, make_default_account};
pub use consents::{
    add_consent_text, give_consent, list_consent_texts, list_consents, withdraw_consent,
};
pub use contacts::{UpdateContact, add_contact, delete_contact, update_contact};
pub use documents::{add_document, document, verify_document};
pub use intake::{
    SpooledSheet, finish_intake, get_intake, list_intakes, list_verdicts, open_intake,
    process_intake_rows, take_rows, take_up_intake, with_defaults,
};
pub use members::{UpdateMember, UpdatedMember, delete_member, update_member};
pub use personal::{Destroyed, anonymise_member, note_personal_data_export};
pub use reads::{get_member, list_bank_accounts, list_contacts, list_documents, list_members};
pub use registration::{foresee_members, register_member, register_members};
