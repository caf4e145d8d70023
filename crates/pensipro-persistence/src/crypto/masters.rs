//! The master key, and the one that is to follow it.
//!
//! While a key follows another, instances hold both: whatever either wrapped opens. The
//! installation's own check value tells which of the two wraps what is new: once the next key has
//! wrapped it, that one does.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

use pensipro_kernel::{Entropy, StorageError};
use zeroize::Zeroizing;

use super::sealing::{KEY_LEN, SealingKey};

/// The key that wraps all others, with the one that is to follow it, if any. The caller makes and
/// keeps them.
#[derive(Clone)]
pub struct MasterKey {
    present: Zeroizing<[u8; KEY_LEN]>,
    next: Option<Zeroizing<[u8; KEY_LEN]>>,
}

impl MasterKey {
    /// The key of these 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self { present: Zeroizing::new(bytes), next: None }
    }

    /// With the key that is to follow it.
    #[must_use]
    pub fn followed_by(self, next: [u8; 32]) -> Self {
        Self { next: Some(Zeroizing::new(next)), ..self }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// Both keys at work.
pub(super) struct Masters {
    present: SealingKey,
    next: Option<SealingKey>,
    /// Whether the next one wraps what is new.
    next_wraps: AtomicBool,
}

impl Masters {
    pub(super) fn new(key: &MasterKey) -> Self {
        Self {
            present: SealingKey::new(&key.present),
            next: key.next.as_ref().map(|next| SealingKey::new(next)),
            next_wraps: AtomicBool::new(false),
        }
    }

    pub(super) fn has_next(&self) -> bool {
        self.next.is_some()
    }

    /// True while a next key is there and the present one still wraps.
    pub(super) fn awaits_next(&self) -> bool {
        self.has_next() && !self.next_wraps.load(Ordering::Relaxed)
    }

    /// Lets the next key wrap from now on, if it wrapped this.
    pub(super) fn follow(&self, place: &str, wrapped: &[u8]) {
        if self.next.as_ref().is_some_and(|next| next.open(place, wrapped).is_ok()) {
            self.next_wraps.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn seal(&self, entropy: &dyn Entropy, place: &str, plain: &[u8]) -> Vec<u8> {
        match &self.next {
            Some(next) if self.next_wraps.load(Ordering::Relaxed) => {
                next.seal(entropy, place, plain)
            }
            _ => self.present.seal(entropy, place, plain),
        }
    }

    pub(super) fn open(&self, place: &str, wrapped: &[u8]) -> Result<Vec<u8>, StorageError> {
        let opened = self.present.open(place, wrapped);
        match &self.next {
            Some(next) => opened.or_else(|_| next.open(place, wrapped)),
            None => opened,
        }
    }

    /// The same, wrapped by the next key; `None` if it is, or if no key is to follow.
    pub(super) fn rewrapped(
        &self,
        entropy: &dyn Entropy,
        place: &str,
        wrapped: &[u8],
    ) -> Result<Option<Vec<u8>>, StorageError> {
        let Some(next) = &self.next else { return Ok(None) };
        if next.open(place, wrapped).is_ok() {
            return Ok(None);
        }
        let bytes = Zeroizing::new(self.present.open(place, wrapped)?);
        Ok(Some(next.seal(entropy, place, &bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SystemEntropy;

    fn masters(present: u8, next: Option<u8>) -> Masters {
        let key = MasterKey::new([present; KEY_LEN]);
        Masters::new(&match next {
            Some(next) => key.followed_by([next; KEY_LEN]),
            None => key,
        })
    }

    #[test]
    fn both_keys_open_and_the_next_one_wraps_once_it_has_the_check_value() {
        let (old, both, new) = (masters(1, None), masters(1, Some(2)), masters(2, None));
        let seal = |masters: &Masters| masters.seal(&SystemEntropy, "x", b"key");
        let opens = |masters: &Masters, wrapped: &[u8]| masters.open("x", wrapped).is_ok();
        let first = seal(&both);
        assert!(opens(&old, &first) && opens(&both, &first) && !opens(&new, &first));
        both.follow("x", &first);
        assert!(both.awaits_next(), "the present key wrapped that");
        let rewrapped = both.rewrapped(&SystemEntropy, "x", &first).unwrap().unwrap();
        assert!(opens(&new, &rewrapped) && opens(&both, &rewrapped) && !opens(&old, &rewrapped));
        assert_eq!(both.rewrapped(&SystemEntropy, "x", &rewrapped).unwrap(), None);
        both.follow("x", &rewrapped);
        let second = seal(&both);
        assert!(!both.awaits_next() && opens(&new, &second) && !opens(&old, &second));
        assert!(both.rewrapped(&SystemEntropy, "x", &seal(&masters(3, None))).is_err());
    }
}
