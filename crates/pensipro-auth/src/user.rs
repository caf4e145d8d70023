//! A user of the system.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    AuditValue, BranchId, Faults, FieldFault, FunderId, RoleId, Scope, UserId, Version, clean_text,
    optional_text,
};

use crate::{Lockout, Password, PasswordHash};

/// A name to sign in with: 3 to 50 of `a-z`, `0-9`, `.`, `_`, `-`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Username(String);

impl Username {
    /// Reads a name, whatever its case.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldFault> {
        let name = clean_text(field, text, 50)?.to_lowercase();
        let printable = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if name.len() < 3 || !name.bytes().all(printable) {
            let message = "has 3 to 50 letters, digits, dots, dashes or underscores";
            return Err(FieldFault::new(field, "invalid_username", message));
        }
        Ok(Self(name))
    }

    /// A name that storage holds.
    pub fn from_stored(name: String) -> Self {
        Self(name)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A person with an account. Users are switched off, never erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Unique.
    pub username: Username,
    /// Unique, in lower case.
    pub email: String,
    /// The person's name.
    pub full_name: String,
    /// Free text; a way to reach him.
    pub phone: Option<String>,
    /// What he may see and change.
    pub scope: Scope,
    /// Switched-off users cannot sign in.
    pub is_active: bool,
    /// Raised whenever something is taken away from him.
    pub authz_version: i64,
    /// His last success.
    pub last_login_at: Option<DateTime<Utc>>,
    /// When he was added.
    pub created_at: DateTime<Utc>,
    /// When he was changed last.
    pub updated_at: DateTime<Utc>,
    /// Optimistic lock.
    pub version: Version,
}

/// A user with what a sign-in needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The user.
    pub user: User,
    /// His password's hash.
    pub password_hash: PasswordHash,
    /// His failed tries.
    pub lockout: Lockout,
}

/// A user to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Unique.
    pub username: Username,
    /// Unique, in lower case.
    pub email: String,
    /// The person's name.
    pub full_name: String,
    /// A way to reach him.
    pub phone: Option<String>,
    /// His password's hash.
    pub password_hash: PasswordHash,
    /// What he may see and change.
    pub scope: Scope,
}

/// A user as it comes from outside.
#[derive(Debug, Clone, Default)]
pub struct RawUser {
    /// `username`
    pub username: String,
    /// `email`
    pub email: String,
    /// `full_name`
    pub full_name: String,
    /// `phone`
    pub phone: Option<String>,
    /// `password`
    pub password: String,
    /// `branch_id`
    pub branch_id: Option<i64>,
    /// `funder_id`
    pub funder_id: Option<i64>,
    /// `role_ids`
    pub role_ids: Vec<i64>,
}

/// The checked command to add a user.
#[derive(Debug, Clone)]
pub struct CreateUser {
    pub(crate) username: Username,
    pub(crate) email: String,
    pub(crate) full_name: String,
    pub(crate) phone: Option<String>,
    pub(crate) scope: Scope,
    pub(crate) roles: Vec<RoleId>,
    password: Password,
}

impl CreateUser {
    /// Reads a command, with all faults at once.
    pub fn check(raw: RawUser) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let username = faults.take(Username::parse("username", &raw.username));
        let email = faults.take(email("email", &raw.email));
        let full_name = faults.take(clean_text("full_name", &raw.full_name, 150));
        let phone = faults.take(optional_text("phone", raw.phone.as_deref(), 30));
        let password = faults.take(Password::parse("password", &raw.password));
        let scope = faults.take(scope(raw.branch_id, raw.funder_id));
        let mut roles: Vec<RoleId> = raw.role_ids.into_iter().map(RoleId::new).collect();
        roles.sort_unstable();
        roles.dedup();
        let checked = username.zip(email).zip(full_name).zip(phone).zip(scope).zip(password).map(
            |(((((username, email), full_name), phone), scope), password)| Self {
                username,
                email,
                full_name,
                phone,
                scope,
                roles,
                password,
            },
        );
        faults.finish(checked)
    }

    /// The password, to be hashed outside the transaction.
    pub fn password(&self) -> &Password {
        &self.password
    }
}

fn scope(branch: Option<i64>, funder: Option<i64>) -> Result<Scope, FieldFault> {
    Scope::of(branch.map(BranchId::new), funder.map(FunderId::new)).ok_or_else(|| {
        let message = "a user is tied to a branch or to a funder, not to both";
        FieldFault::new("funder_id", "two_scopes", message)
    })
}

/// An address of the form `name@host.tld`, in lower case; whether it exists, mail will tell.
fn email(field: &str, text: &str) -> Result<String, FieldFault> {
    let email = clean_text(field, text, 254)?.to_lowercase();
    let parts = email.split_once('@');
    let plausible = parts.is_some_and(|(name, host)| {
        !name.is_empty()
            && !host.contains('@')
            && host.split('.').count() > 1
            && host.split('.').all(|label| !label.is_empty())
            && !email.contains(char::is_whitespace)
    });
    if plausible {
        Ok(email)
    } else {
        Err(FieldFault::new(field, "invalid_email", "is no e-mail address"))
    }
}

/// Which users a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFilter {
    /// Active ones, or switched-off ones.
    pub is_active: Option<bool>,
    /// Holders of the role of this name.
    pub role: Option<String>,
    /// Part of the username or the full name, whatever its case.
    pub q: Option<String>,
    /// In which order.
    pub sort: UserSort,
}

/// The orders of a list of users; the id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserSort {
    /// By id.
    #[default]
    Id,
    /// By username.
    Username,
    /// Newest first.
    CreatedAtDesc,
}

impl User {
    /// What the audit trail keeps of a user: no personal data but the name he signs in with.
    pub fn audit_view(&self) -> AuditValue {
        AuditValue::new()
            .with("username", self.username.as_str())
            .with("branch_id", self.scope.branch().map(BranchId::get))
            .with("funder_id", self.scope.funder().map(FunderId::get))
            .with("is_active", self.is_active)
            .with("authz_version", self.authz_version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawUser {
        RawUser {
            username: "Budi".into(),
            email: "Budi@Example.com".into(),
            full_name: "Budi Santoso".into(),
            password: "rahasia-123".into(),
            role_ids: vec![3, 2, 3],
            ..RawUser::default()
        }
    }

    #[test]
    fn names_and_addresses_are_compared_in_lower_case() {
        let user = CreateUser::check(raw()).unwrap();
        assert_eq!((user.username.as_str(), user.email.as_str()), ("budi", "budi@example.com"));
        assert_eq!(user.roles, [RoleId::new(2), RoleId::new(3)]);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let raw = RawUser {
            username: "a b".into(),
            email: "nobody".into(),
            full_name: " ".into(),
            password: "short".into(),
            branch_id: Some(1),
            funder_id: Some(1),
            ..RawUser::default()
        };
        let faults = CreateUser::check(raw).unwrap_err();
        let fields: Vec<&str> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["username", "email", "full_name", "password", "funder_id"]);
    }

    #[test]
    fn addresses_have_a_name_and_a_host() {
        for text in ["a@b.id", "a.b+c@mail.example.co.id"] {
            assert!(email("email", text).is_ok(), "{text}");
        }
        for text in ["a@b", "@b.id", "a@b..id", "a@b@c.id", "a b@c.id", "a@.id"] {
            assert!(email("email", text).is_err(), "{text}");
        }
    }
}
