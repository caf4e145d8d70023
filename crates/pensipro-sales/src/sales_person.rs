//! A sales person: who brings members and loans.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    AuditValue, BranchId, Faults, FieldFault, PhoneNumber, Rate, SalesId, Scope, UserId, Version,
    clean_text, email_address,
};

/// A sales person as stored. He is switched off, never erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesPerson {
    /// His id.
    pub id: SalesId,
    /// What was entered.
    pub details: SalesDetails,
    /// The row's version.
    pub version: Version,
    /// When he was added.
    pub created_at: DateTime<Utc>,
    /// When he was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What is stated of a sales person, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SalesDetails {
    /// The branch he works for.
    pub branch_id: BranchId,
    /// Short code; no two share one.
    pub code: String,
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: Option<PhoneNumber>,
    /// E-mail address.
    pub email: Option<String>,
    /// His share of a disbursed plafon, 0 to 100 percent.
    pub commission_pct: Rate,
    /// The user that he signs in as; no two share one.
    pub user_id: Option<UserId>,
    /// Whoever is switched off is named by no new member, application or visit.
    pub is_active: bool,
}

/// The fields of a sales person as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of SalesDetails, unchecked")]
pub struct RawSales {
    pub branch_id: Option<BranchId>,
    pub code: Option<String>,
    pub name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub commission_pct: Option<Rate>,
    pub user_id: Option<UserId>,
}

/// The fields of a change as they came in: `None` keeps, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of SalesDetails, unchecked")]
pub struct RawSalesChange {
    pub branch_id: Option<BranchId>,
    pub code: Option<String>,
    pub name: Option<String>,
    pub phone: Option<Option<String>>,
    pub email: Option<Option<String>>,
    pub commission_pct: Option<Rate>,
    pub user_id: Option<Option<UserId>>,
    pub is_active: Option<bool>,
}

impl SalesDetails {
    /// Checks the fields of a new sales person, all at once. A missing branch is the caller's.
    pub fn check(raw: RawSales, scope: Scope) -> Result<Self, Faults> {
        let RawSales { branch_id, code, name, phone, email, commission_pct, user_id } = raw;
        let mut faults = Faults::new();
        let branch_id = branch_id.or(scope.branch());
        let branch_id = faults.take(branch_id.ok_or_else(|| FieldFault::required("branch_id")));
        let code = faults.take(clean_text("code", &code.unwrap_or_default(), 32));
        let name = faults.take(clean_text("name", &name.unwrap_or_default(), 120));
        let phone = faults.take(optional(phone, |text| PhoneNumber::read("phone", text)));
        let email = faults.take(optional(email, |text| email_address("email", text)));
        let commission_pct = faults.take(share(commission_pct));
        let details = || {
            Some(Self {
                branch_id: branch_id?,
                code: code?,
                name: name?,
                phone: phone?,
                email: email?,
                commission_pct: commission_pct?,
                user_id,
                is_active: true,
            })
        };
        faults.finish(details())
    }

    /// These details with a change applied, checked as a whole.
    pub fn changed(&self, change: RawSalesChange) -> Result<Self, Faults> {
        let RawSalesChange {
            branch_id,
            code,
            name,
            phone,
            email,
            commission_pct,
            user_id,
            is_active,
        } = change;
        let present = self.clone();
        let present_phone = present.phone.map(|phone| phone.as_str().to_owned());
        let raw = RawSales {
            branch_id: branch_id.or(Some(present.branch_id)),
            code: code.or(Some(present.code)),
            name: name.or(Some(present.name)),
            phone: phone.unwrap_or(present_phone),
            email: email.unwrap_or(present.email),
            commission_pct: commission_pct.or(Some(present.commission_pct)),
            user_id: user_id.unwrap_or(present.user_id),
        };
        let details = Self::check(raw, Scope::WholeHouse)?;
        Ok(Self { is_active: is_active.unwrap_or(self.is_active), ..details })
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self { branch_id, code, name, phone, email, commission_pct, user_id, is_active } = self;
        AuditValue::new()
            .with("branch_id", branch_id.get())
            .with("code", code.as_str())
            .with("name", name.as_str())
            .personal("phone", phone.as_ref().map(PhoneNumber::as_str))
            .personal("email", email.clone())
            .text("commission_pct", commission_pct)
            .with("user_id", user_id.map(UserId::get))
            .with("is_active", *is_active)
    }
}

/// A blank text counts as absent.
fn optional<T>(
    text: Option<String>,
    read: impl FnOnce(&str) -> Result<T, FieldFault>,
) -> Result<Option<T>, FieldFault> {
    text.filter(|text| !text.trim().is_empty()).map(|text| read(&text)).transpose()
}

fn share(pct: Option<Rate>) -> Result<Rate, FieldFault> {
    let pct = pct.ok_or_else(|| FieldFault::required("commission_pct"))?;
    if (Rate::ZERO..=Rate::HUNDRED).contains(&pct) {
        Ok(pct)
    } else {
        Err(FieldFault::new("commission_pct", "out_of_range", "is 0 to 100 percent"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::raw_sales;

    #[test]
    fn every_fault_is_told_at_once() {
        let raw = RawSales {
            branch_id: None,
            code: None,
            phone: Some("12".into()),
            email: Some("x".into()),
            commission_pct: Some(Rate::from_units(1_000_001)),
            ..raw_sales()
        };
        let faults = SalesDetails::check(raw, Scope::WholeHouse).unwrap_err();
        let named: Vec<_> =
            faults.list().iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect();
        let expected = [
            "branch_id required",
            "code required",
            "phone invalid_phone",
            "email invalid_email",
            "commission_pct out_of_range",
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn a_missing_branch_is_the_callers() {
        let own = Scope::Branch(BranchId::new(7));
        let raw = RawSales { branch_id: None, ..raw_sales() };
        assert_eq!(SalesDetails::check(raw, own).unwrap().branch_id, BranchId::new(7));
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_clears_what_it_nulls() {
        let details = SalesDetails::check(raw_sales(), Scope::WholeHouse).unwrap();
        assert_eq!(details.changed(RawSalesChange::default()), Ok(details.clone()));
        let change = RawSalesChange {
            phone: Some(None),
            commission_pct: Some(Rate::ZERO),
            is_active: Some(false),
            ..RawSalesChange::default()
        };
        let changed = details.changed(change).unwrap();
        let expected =
            SalesDetails { phone: None, commission_pct: Rate::ZERO, is_active: false, ..details };
        assert_eq!(changed, expected);
    }
}
