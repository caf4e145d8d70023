//! Passwords: what is taken, and the seam to the slow hash.

use std::fmt;

use pensipro_kernel::FieldFault;

/// A password that may be set: at least 8 characters, at most 72 bytes (bcrypt reads no more, and
/// a tail that does not count would be a lie).
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

    /// A new hash.
    fn hash(&self, password: &Password) -> Result<PasswordHash, Self::Error>;

    /// True if the text is the hash's password. With no hash it does the same work for nothing, so
    /// that time does not tell which accounts exist.
    fn matches(&self, text: &str, hash: Option<&PasswordHash>) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_bounded_below_in_characters_and_above_in_bytes() {
        let code = |text: &str| Password::parse("password", text).map_err(|fault| fault.code);
        assert!(code("12345678").is_ok());
        assert_eq!(code("1234567"), Err("password_too_short"));
        assert!(code(&"x".repeat(72)).is_ok());
        assert_eq!(code(&"x".repeat(73)), Err("password_too_long"));
        assert_eq!(code(&"é".repeat(37)), Err("password_too_long"));
        assert_eq!(code("1234\u{0}5678"), Err("control_character"));
    }

    #[test]
    fn neither_password_nor_hash_is_ever_printed() {
        let password = Password::parse("password", "rahasia-123").unwrap();
        let hash = PasswordHash::new("$2b$12$abc".into());
        assert_eq!(format!("{password:?}{hash:?}"), "Password(…)PasswordHash(…)");
    }
}
