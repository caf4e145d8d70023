//! A funder: a bank or another house whose money is lent.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    AuditValue, Faults, FieldFault, FunderId, Version, clean_text, optional_text, read_code,
};

pensipro_kernel::codes! {
    /// What kind of house it is.
    pub enum FunderKind {
        /// A bank.
        Bank = "bank",
        /// Another cooperative.
        Cooperative = "koperasi",
        /// A finance company.
        Multifinance = "multifinance",
    }
}

/// A funder as stored. It is switched off, never erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funder {
    /// Its id.
    pub id: FunderId,
    /// What was entered.
    pub details: FunderDetails,
    /// The row's version.
    pub version: Version,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What is stated of a funder, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunderDetails {
    /// Short code; no two funders share one.
    pub code: String,
    /// Name.
    pub name: String,
    /// What kind of house it is.
    pub kind: FunderKind,
    /// Whom to reach, and how.
    pub contact: Option<String>,
    /// One that is switched off gets no new contract.
    pub is_active: bool,
}

/// The fields of a funder as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of FunderDetails, unchecked")]
pub struct RawFunder {
    pub code: Option<String>,
    pub name: Option<String>,
    pub kind: Option<String>,
    pub contact: Option<String>,
    pub is_active: Option<bool>,
}

/// The fields of a change as they came in: `None` keeps, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of FunderDetails, unchecked")]
pub struct RawFunderChange {
    pub code: Option<String>,
    pub name: Option<String>,
    pub kind: Option<String>,
    pub contact: Option<Option<String>>,
    pub is_active: Option<bool>,
}

impl FunderDetails {
    /// Checks the fields of a new funder, all at once.
    pub fn check(raw: RawFunder) -> Result<Self, Faults> {
        let RawFunder { code, name, kind, contact, is_active } = raw;
        let mut faults = Faults::new();
        let code = faults.take(clean_text("code", &code.unwrap_or_default(), 32));
        let name = faults.take(clean_text("name", &name.unwrap_or_default(), 120));
        let kind = kind.ok_or_else(|| FieldFault::required("kind"));
        let kind = faults.take(kind.and_then(|code| read_code("kind", &code)));
        let contact = faults.take(optional_text("contact", contact.as_deref(), 300));
        let is_active = is_active.unwrap_or(true);
        let details =
            || Some(Self { code: code?, name: name?, kind: kind?, contact: contact?, is_active });
        faults.finish(details())
    }

    /// These details with a change applied, checked as a whole.
    pub fn changed(&self, change: RawFunderChange) -> Result<Self, Faults> {
        let RawFunderChange { code, name, kind, contact, is_active } = change;
        let present = self.clone();
        Self::check(RawFunder {
            code: code.or(Some(present.code)),
            name: name.or(Some(present.name)),
            kind: kind.or(Some(present.kind.code().to_owned())),
            contact: contact.unwrap_or(present.contact),
            is_active: is_active.or(Some(present.is_active)),
        })
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self { code, name, kind, contact, is_active } = self;
        AuditValue::new()
            .with("code", code.as_str())
            .with("name", name.as_str())
            .with("kind", kind.code())
            .with("contact", contact.clone())
            .with("is_active", *is_active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_every_fault_is_told() {
        let raw = RawFunder {
            code: Some(" BBM ".into()),
            name: Some("Bank Bina Mitra".into()),
            kind: Some("bank".into()),
            contact: Some("Ibu Ratna".into()),
            is_active: None,
        };
        let details = FunderDetails::check(raw).unwrap();
        assert_eq!((details.code.as_str(), details.is_active), ("BBM", true));
        assert_eq!(details.changed(RawFunderChange::default()), Ok(details.clone()));
        let change = RawFunderChange {
            contact: Some(None),
            is_active: Some(false),
            ..RawFunderChange::default()
        };
        let changed = details.changed(change).unwrap();
        assert_eq!(changed, FunderDetails { contact: None, is_active: false, ..details });
        assert_eq!(FunderDetails::check(RawFunder::default()).unwrap_err().list().len(), 3);
        let odd = RawFunder { kind: Some("arisan".into()), ..RawFunder::default() };
        let faults = FunderDetails::check(odd).unwrap_err();
        assert_eq!(
            (faults.list()[2].field.as_str(), faults.list()[2].code),
            ("kind", "unknown_value")
        );
    }
}
