//! Users as they come from outside: what is taken of them, with all faults at once.

use pensipro_kernel::{
    BranchId, Faults, FieldFault, FunderId, PhoneNumber, RoleId, Scope, clean_text, email_address,
};

use crate::{Password, User, UserDetails, Username};

/// The most roles that one request gives.
const MAX_ROLES: usize = 50;

/// What is stated of a user, unchecked.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each field is the body's")]
pub struct RawDetails {
    pub username: String,
    pub email: String,
    pub full_name: String,
    pub phone: Option<String>,
    pub branch_id: Option<i64>,
    pub funder_id: Option<i64>,
}

/// A user to be added, unchecked.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each field is the body's")]
pub struct RawUser {
    pub details: RawDetails,
    pub password: String,
    pub role_ids: Vec<i64>,
}

/// The checked command to add a user.
#[derive(Debug, Clone)]
pub struct CreateUser {
    pub(crate) details: UserDetails,
    pub(crate) roles: Vec<RoleId>,
    password: Password,
}

/// What is to change of a user: absent fields stay, an inner `None` clears.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each field is the body's")]
pub struct UserChange {
    pub username: Option<String>,
    pub email: Option<String>,
    pub full_name: Option<String>,
    pub phone: Option<Option<String>>,
    pub branch_id: Option<Option<i64>>,
    pub funder_id: Option<Option<i64>>,
    pub is_active: Option<bool>,
    /// All his roles, in place of those he holds.
    pub role_ids: Option<Vec<i64>>,
}

impl UserDetails {
    fn check(raw: &RawDetails, faults: &mut Faults) -> Option<Self> {
        let RawDetails { username, email, full_name, phone, branch_id, funder_id } = raw;
        let username = faults.take(Username::parse("username", username));
        let email = faults.take(address("email", email));
        let full_name = faults.take(clean_text("full_name", full_name, 150));
        let phone = faults.take(number("phone", phone.as_deref()));
        let scope = faults.take(scope(*branch_id, *funder_id));
        Self::of(username, email, full_name, phone, scope)
    }

    /// The whole, if no part is missing.
    fn of(
        username: Option<Username>,
        email: Option<String>,
        full_name: Option<String>,
        phone: Option<Option<PhoneNumber>>,
        scope: Option<Scope>,
    ) -> Option<Self> {
        Some(Self {
            username: username?,
            email: email?,
            full_name: full_name?,
            phone: phone?,
            scope: scope?,
        })
    }
}

impl CreateUser {
    /// Reads a command, with all faults at once.
    pub fn check(raw: RawUser) -> Result<Self, Faults> {
        let RawUser { details, password, role_ids } = raw;
        let mut faults = Faults::new();
        let details = UserDetails::check(&details, &mut faults);
        let password = faults.take(Password::parse("password", &password));
        let roles = faults.take(distinct(role_ids));
        let checked = details.zip(password).zip(roles);
        let checked = checked.map(|((details, password), roles)| Self { details, roles, password });
        faults.finish(checked)
    }

    /// The password, to be hashed outside the transaction.
    pub fn password(&self) -> &Password {
        &self.password
    }
}

impl UserChange {
    /// The roles that he is to hold, if they change.
    pub(crate) fn roles(&self) -> Result<Option<Vec<RoleId>>, Faults> {
        let mut faults = Faults::new();
        let roles = faults.take(self.role_ids.clone().map(distinct).transpose());
        faults.finish(roles)
    }

    /// The user after the change; only what is given is judged.
    pub(crate) fn over(self, before: &User) -> Result<User, Faults> {
        let Self {
            username,
            email,
            full_name,
            phone,
            branch_id,
            funder_id,
            is_active,
            role_ids: _,
        } = self;
        let old = &before.details;
        let mut faults = Faults::new();
        let username = faults
            .take(changed(username, &old.username, |text| Username::parse("username", &text)));
        let email = faults.take(changed(email, &old.email, |text| address("email", &text)));
        let full_name = faults
            .take(changed(full_name, &old.full_name, |text| clean_text("full_name", &text, 150)));
        let phone =
            faults.take(changed(phone, &old.phone, |text| number("phone", text.as_deref())));
        let scope = faults.take(scope(
            branch_id.unwrap_or(old.scope.branch().map(BranchId::get)),
            funder_id.unwrap_or(old.scope.funder().map(FunderId::get)),
        ));
        let details = UserDetails::of(username, email, full_name, phone, scope);
        let details = faults.finish(details)?;
        let is_active = is_active.unwrap_or(before.is_active);
        Ok(User { details, is_active, ..before.clone() })
    }
}

/// The new value, checked, or the old one as it stands.
fn changed<T: Clone, U>(
    given: Option<U>,
    old: &T,
    check: impl FnOnce(U) -> Result<T, FieldFault>,
) -> Result<T, FieldFault> {
    given.map_or_else(|| Ok(old.clone()), check)
}

fn distinct(ids: Vec<i64>) -> Result<Vec<RoleId>, FieldFault> {
    if ids.len() > MAX_ROLES {
        let message = format!("has at most {MAX_ROLES} roles");
        return Err(FieldFault::new("role_ids", "too_many", message));
    }
    let mut roles: Vec<RoleId> = ids.into_iter().map(RoleId::new).collect();
    roles.sort_unstable();
    roles.dedup();
    Ok(roles)
}

fn scope(branch: Option<i64>, funder: Option<i64>) -> Result<Scope, FieldFault> {
    Scope::of(branch.map(BranchId::new), funder.map(FunderId::new)).ok_or_else(|| {
        let message = "a user is tied to a branch or to a funder, not to both";
        FieldFault::new("funder_id", "two_scopes", message)
    })
}

/// An address, in lower case: two that differ in case alone are one.
fn address(field: &str, text: &str) -> Result<String, FieldFault> {
    Ok(email_address(field, text)?.to_lowercase())
}

/// A number; blank is none.
fn number(field: &str, text: Option<&str>) -> Result<Option<PhoneNumber>, FieldFault> {
    let given = text.filter(|text| !text.trim().is_empty());
    given.map(|text| PhoneNumber::read(field, text)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawUser {
        let details = RawDetails {
            username: "Budi".into(),
            email: "Budi@Example.com".into(),
            full_name: "Budi Santoso".into(),
            phone: Some("0812 3456 7890".into()),
            ..RawDetails::default()
        };
        RawUser { details, password: "rahasia-123".into(), role_ids: vec![3, 2, 3] }
    }

    #[test]
    fn names_and_addresses_are_compared_in_lower_case() {
        let user = CreateUser::check(raw()).unwrap();
        assert_eq!(user.details.username.as_str(), "budi");
        assert_eq!(user.details.email, "budi@example.com");
        assert_eq!(user.details.phone.unwrap().as_str(), "+6281234567890");
        assert_eq!(user.roles, [RoleId::new(2), RoleId::new(3)]);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let details = RawDetails {
            username: "a b".into(),
            email: "nobody".into(),
            full_name: " ".into(),
            phone: Some("none".into()),
            branch_id: Some(1),
            funder_id: Some(1),
        };
        let raw = RawUser { details, password: "short".into(), role_ids: vec![1; 51] };
        let faults = CreateUser::check(raw).unwrap_err();
        let fields: Vec<&str> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        let all = ["username", "email", "full_name", "phone", "funder_id", "password", "role_ids"];
        assert_eq!(fields, all);
    }
}
