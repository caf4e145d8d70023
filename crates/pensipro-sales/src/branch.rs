//! A branch of the cooperative.

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditValue, BranchId, Faults, Version, clean_text, optional_text};

/// A branch as stored. It is switched off, never erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its id.
    pub id: BranchId,
    /// What was entered.
    pub details: BranchDetails,
    /// The row's version.
    pub version: Version,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What is stated of a branch, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchDetails {
    /// Short code; no two branches share one.
    pub code: String,
    /// Name.
    pub name: String,
    /// Where it is.
    pub address: Option<String>,
    /// A branch that is switched off takes no new sales people.
    pub is_active: bool,
}

/// The fields of a branch as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of BranchDetails, unchecked")]
pub struct RawBranch {
    pub code: Option<String>,
    pub name: Option<String>,
    pub address: Option<String>,
}

/// The fields of a change as they came in: `None` keeps, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of BranchDetails, unchecked")]
pub struct RawBranchChange {
    pub code: Option<String>,
    pub name: Option<String>,
    pub address: Option<Option<String>>,
    pub is_active: Option<bool>,
}

impl BranchDetails {
    /// Checks the fields of a new branch, all at once.
    pub fn check(raw: RawBranch) -> Result<Self, Faults> {
        let RawBranch { code, name, address } = raw;
        let mut faults = Faults::new();
        let code = faults.take(clean_text("code", &code.unwrap_or_default(), 32));
        let name = faults.take(clean_text("name", &name.unwrap_or_default(), 120));
        let address = faults.take(optional_text("address", address.as_deref(), 300));
        let details =
            || Some(Self { code: code?, name: name?, address: address?, is_active: true });
        faults.finish(details())
    }

    /// These details with a change applied, checked as a whole.
    pub fn changed(&self, change: RawBranchChange) -> Result<Self, Faults> {
        let RawBranchChange { code, name, address, is_active } = change;
        let present = self.clone();
        let details = Self::check(RawBranch {
            code: code.or(Some(present.code)),
            name: name.or(Some(present.name)),
            address: address.unwrap_or(present.address),
        })?;
        Ok(Self { is_active: is_active.unwrap_or(self.is_active), ..details })
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self { code, name, address, is_active } = self;
        AuditValue::new()
            .with("code", code.as_str())
            .with("name", name.as_str())
            .with("address", address.clone())
            .with("is_active", *is_active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let raw = RawBranch {
            code: Some(" JKT ".into()),
            name: Some("Jakarta".into()),
            address: Some("Jl. Melati 4".into()),
        };
        let details = BranchDetails::check(raw).unwrap();
        assert_eq!((details.code.as_str(), details.is_active), ("JKT", true));
        assert_eq!(details.changed(RawBranchChange::default()), Ok(details.clone()));
        let change = RawBranchChange {
            address: Some(None),
            is_active: Some(false),
            ..RawBranchChange::default()
        };
        let changed = details.changed(change).unwrap();
        assert_eq!(changed, BranchDetails { address: None, is_active: false, ..details });
        assert_eq!(BranchDetails::check(RawBranch::default()).unwrap_err().list().len(), 2);
    }
}
