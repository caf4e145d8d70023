//! Bodies of members and what belongs to them.

mod account;
mod anonymised;
mod change;
mod consent;
mod contact;
mod document;
mod history;
mod intake;
mod list;
mod member;

pub use account::{AccountBody, NewAccountBody};
pub use anonymised::AnonymisedBody;
pub use change::MemberChangeBody;
pub use consent::{
    ConsentBody, ConsentTextBody, ConsentTextQuery, NewConsentBody, NewConsentTextBody,
    WithdrawalBody,
};
pub use contact::{ContactBody, ContactChangeBody, NewContactBody};
pub use document::{DocumentBody, DocumentForm, VerdictBody};
pub use history::{FieldChangeBody, RectificationBody, TimelineEventBody};
pub use intake::{
    IntakeBody, IntakeDetailBody, IntakeForm, IntakeQuery, IntakeRowBody, IntakeRowQuery,
};
pub use list::MemberQuery;
pub use member::{MemberBody, NewMemberBody};

use pensipro_members::Preference;

/// Whether something is wanted as the first of its kind.
fn preference(wanted: Option<bool>) -> Preference {
    match wanted {
        Some(true) => Preference::Preferred,
        Some(false) | None => Preference::Ordinary,
    }
}
