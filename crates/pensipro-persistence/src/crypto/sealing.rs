//! AES-256-GCM under one key.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use pensipro_kernel::{Entropy, StorageError};
use zeroize::Zeroizing;

/// Bytes of a key.
pub(crate) const KEY_LEN: usize = 32;

/// Bytes of the cipher's tag.
const TAG_LEN: usize = 16;

/// The first byte of what is sealed: a later format gets another.
const FORMAT: u8 = 1;

/// A key that seals and opens.
pub(crate) struct SealingKey(LessSafeKey);

impl SealingKey {
    /// Bytes that a sealed value is longer than the plain one: format, nonce, tag.
    pub(crate) const OVERHEAD: usize = 1 + NONCE_LEN + TAG_LEN;

    pub(crate) fn new(bytes: &[u8; KEY_LEN]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM, bytes).expect("a key of the right length");
        Self(LessSafeKey::new(key))
    }

    /// A fresh random key's bytes.
    pub(crate) fn random(entropy: &dyn Entropy) -> Zeroizing<[u8; KEY_LEN]> {
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        entropy.fill(bytes.as_mut_slice());
        bytes
    }

    /// Format, nonce, ciphertext, tag. `place` (`members.nik`) is bound to it, so that a value moved
    /// to another column does not open.
    pub(crate) fn seal(&self, entropy: &dyn Entropy, place: &str, plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut text = plain.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place.as_bytes()),
                &mut text,
            )
            .expect("a value far below the cipher's limit");
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + text.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&text);
        sealed
    }

    /// What was sealed for this place; an error when it was altered, or sealed with another key.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, StorageError> {
        let unreadable = || StorageError::Failed(format!("{place} does not open with its key"));
        let (&FORMAT, rest) = sealed.split_first().ok_or_else(unreadable)? else {
            return Err(unreadable());
        };
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(unreadable)?;
        let mut text = text.to_vec();
        let plain = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(place.as_bytes()),
                &mut text,
            )
            .map_err(|_| unreadable())?
            .len();
        text.truncate(plain);
        Ok(text)
    }

    pub(crate) fn seal_text(&self, entropy: &dyn Entropy, place: &str, plain: &str) -> Vec<u8> {
        self.seal(entropy, place, plain.as_bytes())
    }

    pub(crate) fn open_text(&self, place: &str, sealed: &[u8]) -> Result<String, StorageError> {
        String::from_utf8(self.open(place, sealed)?)
            .map_err(|_| StorageError::Failed(format!("{place} holds no text")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SystemEntropy;

    fn key(byte: u8) -> SealingKey {
        SealingKey::new(&[byte; KEY_LEN])
    }

    #[test]
    fn opens_in_its_place_with_its_key_alone() {
        let sealed = key(1).seal_text(&SystemEntropy, "members.nik", "3173051201500001");
        assert_eq!(key(1).open_text("members.nik", &sealed).unwrap(), "3173051201500001");
        assert!(key(2).open_text("members.nik", &sealed).is_err());
        assert!(key(1).open_text("members.name", &sealed).is_err());
        for position in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[position] ^= 1;
            assert!(key(1).open("members.nik", &altered).is_err(), "{position}");
        }
        for length in 0..sealed.len() {
            assert!(key(1).open("members.nik", &sealed[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let seal = || key(1).seal_text(&SystemEntropy, "members.nik", "3173051201500001");
        assert_ne!(seal(), seal());
    }
}
