//! A user of the system.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    AuditValue, BranchId, FieldFault, FunderId, PhoneNumber, Scope, UserId, Version, clean_text,
};

use crate::{Lockout, PasswordHash};

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
    /// What is stated of him.
    pub details: UserDetails,
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

impl Account {
    /// True while its password opens it: it is switched on and not locked.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.user.is_active && !self.lockout.is_locked(now)
    }
}

/// What is stated of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserDetails {
    /// Unique.
    pub username: Username,
    /// Unique, in lower case.
    pub email: String,
    /// The person's name.
    pub full_name: String,
    /// A way to reach him.
    pub phone: Option<PhoneNumber>,
    /// What he may see and change.
    pub scope: Scope,
}

/// A user to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// What is stated of him.
    pub details: UserDetails,
    /// His password's hash.
    pub password_hash: PasswordHash,
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
    /// What the audit trail keeps of a user; it holds in clear the name he signs in with, and no
    /// other personal data.
    pub fn audit_view(&self) -> AuditValue {
        let UserDetails { username, email, full_name, phone, scope } = &self.details;
        AuditValue::new()
            .with("username", username.as_str())
            .with("branch_id", scope.branch().map(BranchId::get))
            .with("funder_id", scope.funder().map(FunderId::get))
            .with("is_active", self.is_active)
            .with("authz_version", self.authz_version)
            .personal("email", email.as_str())
            .personal("full_name", full_name.as_str())
            .personal("phone", phone.as_ref().map(PhoneNumber::as_str))
    }
}
