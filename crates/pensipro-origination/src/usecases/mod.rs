//! Load, decide, save: one transaction each, which the shell opens. Deciding creates a loan and
//! withdrawing an offer cancels one, so those two cross modules and stand elsewhere; their halves
//! are [`crate::Application::decide`] and [`withdraw_offer`].

mod analysis;
mod check;
mod conditions;
mod documents;
mod drafts;
mod reads;
mod recusals;
mod status;
mod submit;

pub use analysis::analyze_application;
pub use check::{Checked, LockedCase, check_application, refuse_inactive};
pub use conditions::fulfil_condition;
pub use documents::{add_document, document, document_owner};
pub use drafts::{create_application, update_draft};
pub use reads::{
    ApplicationFile, application_file, level_due, list_applications, list_documents,
    list_prechecks, search_applications,
};
pub use recusals::{recuse, tell_deadlines};
pub use status::{cancel_application, change_status, withdraw_offer};
pub use submit::submit_application;
