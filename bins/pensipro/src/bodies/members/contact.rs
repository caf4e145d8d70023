//! A member's contacts.

use chrono::{DateTime, Utc};
use pensipro_members::{
    Contact, ContactDetails, Preference, RawContact, RawContactChange, usecases::UpdateContact,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::preference;
use crate::bodies::change::{Change, given};

/// A contact to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContactBody {
    /// `phone`, `email`, `address` or `heir`.
    #[schema(value_type = String, example = "phone")]
    kind: Option<String>,
    /// The number or address; an heir's telephone number or address.
    #[schema(value_type = String, example = "081234567890")]
    value: Option<String>,
    /// Whom it reaches; an heir has one.
    name: Option<String>,
    /// How that person is related to the member; an heir is.
    relation: Option<String>,
    /// `true` makes it the one of its kind that is used first; the first of a kind is it anyway.
    is_primary: Option<bool>,
}

impl NewContactBody {
    /// The fields to be checked, and the place it is wanted in.
    pub fn into_parts(self) -> (RawContact, Preference) {
        let Self { kind, value, name, relation, is_primary } = self;
        (RawContact { kind, value, name, relation }, preference(is_primary))
    }
}

/// What is to change of a contact. Its kind never does, and the primary one gives way only to
/// another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactChangeBody {
    /// The number or address.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    value: Option<String>,
    /// Whom it reaches.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Change<String>,
    /// How that person is related to the member.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    relation: Change<String>,
    /// `true` makes it the one of its kind that is used first.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_primary: Option<bool>,
}

impl From<ContactChangeBody> for UpdateContact {
    fn from(body: ContactChangeBody) -> Self {
        let ContactChangeBody { value, name, relation, is_primary } = body;
        let change =
            RawContactChange { value, name: name.into_option(), relation: relation.into_option() };
        Self { change, preference: preference(is_primary) }
    }
}

/// A contact.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ContactBody {
    pub id: i64,
    pub member_id: i64,
    /// `phone`, `email`, `address` or `heir`
    pub kind: &'static str,
    /// A telephone number as `+6281234567890`.
    pub value: String,
    pub name: Option<String>,
    pub relation: Option<String>,
    pub is_primary: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Contact> for ContactBody {
    fn from(contact: Contact) -> Self {
        let Contact { id, member_id, details, is_primary, version: _, created_at, updated_at } =
            contact;
        let ContactDetails { kind, value, name, relation } = details;
        Self {
            id: id.get(),
            member_id: member_id.get(),
            kind: kind.code(),
            value,
            name,
            relation,
            is_primary,
            created_at,
            updated_at,
        }
    }
}
