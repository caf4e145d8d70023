//! Ways to reach a member.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    AuditValue, ContactId, Faults, FieldFault, MemberId, PhoneNumber, Version, codes,
    email_address, optional_text, read_code,
};

use crate::details::line;

codes! {
    /// What a contact is.
    pub enum ContactKind {
        /// A telephone number, held as E.164.
        Phone = "phone",
        /// An e-mail address.
        Email = "email",
        /// Another postal address than the home address.
        Address = "address",
        /// An heir, by telephone number or address; has a name and a relation.
        Heir = "heir",
    }
}

/// Whether a new contact or account is wanted as the one that is used first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preference {
    /// The first of its kind is preferred, later ones are not.
    #[default]
    Ordinary,
    /// It takes the place of the one preferred so far.
    Preferred,
}

/// A contact as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Whose it is.
    pub member_id: MemberId,
    /// What was entered.
    pub details: ContactDetails,
    /// True for the one of its kind that is used first.
    pub is_primary: bool,
    /// The row's version.
    pub version: Version,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A checked contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactDetails {
    /// What it is.
    pub kind: ContactKind,
    /// The number or address in the form of its kind.
    pub value: String,
    /// Whom it reaches, where that is not the member.
    pub name: Option<String>,
    /// How that person is related to the member.
    pub relation: Option<String>,
}

/// The fields of a contact as they came in.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the fields of ContactDetails, unchecked")]
pub struct RawContact {
    pub kind: Option<String>,
    pub value: Option<String>,
    pub name: Option<String>,
    pub relation: Option<String>,
}

/// The fields of a change as they came in: `None` keeps, `Some(None)` clears. A kind never changes.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the fields of ContactDetails, unchecked")]
pub struct RawContactChange {
    pub value: Option<String>,
    pub name: Option<Option<String>>,
    pub relation: Option<Option<String>>,
}

impl ContactDetails {
    /// Checks the fields of a body.
    pub fn check(raw: RawContact) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let kind: Option<ContactKind> =
            faults.take(crate::details::given("kind", raw.kind, read_code));
        let given = raw.value.ok_or_else(|| FieldFault::required("value"));
        let value = match (kind, given) {
            (Some(kind), Ok(text)) => faults.take(contact_value(kind, &text)),
            (None, Ok(_)) => None,
            (_, Err(fault)) => faults.take(Err(fault)),
        };
        let name = faults.take(optional_text("name", raw.name.as_deref(), 120));
        let relation = faults.take(optional_text("relation", raw.relation.as_deref(), 60));
        if kind == Some(ContactKind::Heir) {
            let blank = |given: &Option<Option<String>>| *given == Some(None);
            faults.require(!blank(&name), "name", "required", "an heir has a name");
            faults.require(!blank(&relation), "relation", "required", "an heir has a relation");
        }
        let details =
            || Some(Self { kind: kind?, value: value?, name: name?, relation: relation? });
        faults.finish(details())
    }

    /// These details with a change applied, checked as a whole.
    pub fn changed(&self, change: RawContactChange) -> Result<Self, Faults> {
        let present = self.clone();
        Self::check(RawContact {
            kind: Some(present.kind.code().to_owned()),
            value: change.value.or(Some(present.value)),
            name: change.name.unwrap_or(present.name),
            relation: change.relation.unwrap_or(present.relation),
        })
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        AuditValue::new()
            .with("kind", self.kind.code())
            .personal("value", self.value.as_str())
            .personal("name", self.name.clone())
            .with("relation", self.relation.clone())
    }
}

fn contact_value(kind: ContactKind, text: &str) -> Result<String, FieldFault> {
    let phone = |text| PhoneNumber::read("value", text).map(|phone| phone.as_str().to_owned());
    match kind {
        ContactKind::Phone => phone(text),
        ContactKind::Email => email_address("value", text),
        ContactKind::Address => line::<300>("value", text),
        ContactKind::Heir => phone(text).or_else(|_| line::<300>("value", text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &str, value: &str) -> Result<String, &'static str> {
        let raw = RawContact {
            kind: Some(kind.into()),
            value: Some(value.into()),
            name: Some("Hartini".into()),
            relation: Some("istri".into()),
        };
        ContactDetails::check(raw)
            .map(|details| details.value)
            .map_err(|faults| faults.list()[0].code)
    }

    #[test]
    fn values_take_the_form_of_their_kind() {
        assert_eq!(check("phone", "0812 3456 7890").as_deref(), Ok("+6281234567890"));
        assert_eq!(check("heir", "0812 3456 7890").as_deref(), Ok("+6281234567890"));
        assert_eq!(check("heir", "Jl. Kenanga 2").as_deref(), Ok("Jl. Kenanga 2"));
        assert_eq!(check("email", "siti@mail.example.id").as_deref(), Ok("siti@mail.example.id"));
        assert_eq!(check("phone", "Jl. Kenanga 2"), Err("invalid_phone"));
        assert_eq!(check("fax", "1"), Err("unknown_value"));
        assert_eq!(check("email", "siti"), Err("invalid_email"));
    }

    #[test]
    fn an_heir_has_a_name_and_a_relation() {
        let raw = RawContact {
            kind: Some("heir".into()),
            value: Some("081234567890".into()),
            ..RawContact::default()
        };
        let faults = ContactDetails::check(raw).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["name", "relation"]);
        assert_eq!(ContactDetails::check(RawContact::default()).unwrap_err().list().len(), 2);
    }
}
