//! Optimistic locks: a change names the version it was made from.

use crate::StorageError;

/// How often a row was changed; starts at 1. The interface shows it as an `ETag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(i64);

/// The version that a caller believes in (`If-Match`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Whatever stands there.
    Any,
    /// Exactly this one, otherwise the change is refused as stale.
    Exactly(Version),
}

impl Version {
    /// A new row's.
    pub const FIRST: Self = Self(1);

    /// The version with this number.
    pub const fn new(version: i64) -> Self {
        Self(version)
    }

    /// The number.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Expected {
    /// Refuses a change made from another version than the present one.
    pub fn check(self, thing: &'static str, present: Version) -> Result<(), StorageError> {
        match self {
            Self::Exactly(version) if version != present => Err(StorageError::Stale { thing }),
            Self::Any | Self::Exactly(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_stale() {
        assert!(Expected::Any.check("member", Version::new(7)).is_ok());
        assert!(Expected::Exactly(Version::FIRST).check("member", Version::FIRST).is_ok());
        assert!(Expected::Exactly(Version::FIRST).check("member", Version::FIRST.next()).is_err());
    }
}
