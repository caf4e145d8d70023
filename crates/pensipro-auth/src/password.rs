//! Passwords: what is taken, and the seam to the slow hash.

use std::{collections::HashSet, fmt, sync::LazyLock};

use pensipro_kernel::{Faults, FieldFault};

/// Passwords that everybody tries first, in lower case, one a line.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// A password that may be set: at least 8 characters, at most 72 bytes (bcrypt reads no more, and
/// a tail that does not count would be a lie), and none of the common ones, whatever its case.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The fewest characters.
    pub const MIN_CHARS: usize = 8;
    /// The most bytes.
    pub const MAX_BYTES: usize = 72;

    /// Reads a new password.
    pub fn parse(field: &str, text: &str) -> Result<Self, FieldFault> {
        if text.chars().count() < Self::MIN_CHARS {
            return Err(FieldFault::new(field, "password_too_short", "has at least 8 characters"));
        }
        if text.len() > Self::MAX_BYTES {
            return Err(FieldFault::new(field, "password_too_long", "has at most 72 bytes"));
        }
        if text.contains('\0') {
            return Err(FieldFault::new(field, "control_character", "holds a NUL character"));
        }
        if COMMON.contains(text.to_lowercase().as_str()) {
            return Err(FieldFault::new(
                field,
                "password_common",
                "is one of the most common ones",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text, for the hash alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A new password of one's own, with the present one, which proves who asks.
#[derive(Clone)]
pub struct ChangePassword {
    /// As it was typed.
    pub current: String,
    /// Another one.
    pub new: Password,
}

impl ChangePassword {
    /// Reads what is needed to change a password.
    pub fn check(current: String, new: &str) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let new = faults.take(Password::parse("new_password", new));
        let is_another = new.as_ref().is_none_or(|new| new.reveal() != current);
        faults.require(is_another, "new_password", "unchanged", "is the present one");
        faults.finish(new.map(|new| Self { current, new }))
    }
}

impl fmt::Debug for ChangePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChangePassword(…)")
    }
}

/// A password's hash in its own text form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash as the hasher made it or storage holds it.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// The slow hash. It is called outside transactions: it takes a good part of a second by design.
pub trait PasswordHasher {
    /// Why a password could not be hashed.
    type Error;

    /// A new hash, at the hasher's present cost.
    fn hash(&self, password: &Password) -> Result<PasswordHash, Self::Error>;

    /// True if the text is the hash's password. With no hash it does the same work for nothing, so
    /// that time does not tell which accounts exist.
    fn matches(&self, text: &str, hash: Option<&PasswordHash>) -> bool;

    /// A new hash of a password that was proved right, if its own was made at another cost.
    fn renewed(&self, text: &str, hash: &PasswordHash) -> Option<PasswordHash>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_bounded_below_in_characters_and_above_in_bytes() {
        let code = |text: &str| Password::parse("password", text).map_err(|fault| fault.code);
        assert!(code("wahyu-42").is_ok());
        assert_eq!(code("1234567"), Err("password_too_short"));
        assert!(code(&"x".repeat(72)).is_ok());
        assert_eq!(code(&"x".repeat(73)), Err("password_too_long"));
        assert_eq!(code(&"é".repeat(37)), Err("password_too_long"));
        assert_eq!(code("1234\u{0}5678"), Err("control_character"));
    }

    #[test]
    fn common_ones_are_refused_whatever_their_case() {
        for text in ["password", "PassWord123", "Koperasi123", "12345678", "bismillah"] {
            let refused = Password::parse("password", text).unwrap_err();
            assert_eq!(refused.code, "password_common", "{text}");
        }
        assert!(Password::parse("password", "password-kakak").is_ok());
    }

    #[test]
    fn the_list_holds_what_could_be_set_otherwise_once_each() {
        let lines: Vec<&str> = include_str!("common_passwords.txt").lines().collect();
        assert!(lines.is_sorted_by(|one, next| one < next));
        for line in lines {
            assert!(line.len() >= Password::MIN_CHARS && line == line.to_lowercase(), "{line}");
        }
    }

    #[test]
    fn a_new_password_is_another_one() {
        let check = |new: &str| ChangePassword::check("rahasia-123".to_owned(), new);
        assert!(check("rahasia-124").is_ok());
        let codes = |new| check(new).unwrap_err().list().iter().map(|f| f.code).collect::<Vec<_>>();
        assert_eq!(
            (codes("rahasia-123"), codes("x")),
            (vec!["unchanged"], vec!["password_too_short"])
        );
    }

    #[test]
    fn neither_password_nor_hash_is_ever_printed() {
        let password = Password::parse("password", "rahasia-123").unwrap();
        let hash = PasswordHash::new("$2b$12$abc".into());
        assert_eq!(format!("{password:?}{hash:?}"), "Password(…)PasswordHash(…)");
    }
}
