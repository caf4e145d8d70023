//! Cursors: a position in a list, sealed, so that it can neither be read nor altered nor used with
//! another list.

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use pensipro_kernel::{Entropy, Position};

use super::{Problem, codes};

/// Seals and opens cursors.
pub struct CursorKey(LessSafeKey);

impl fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CursorKey(…)")
    }
}

impl CursorKey {
    /// The key that follows from a secret all instances share.
    pub fn derive(secret: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let derived = hmac::sign(&key, b"pensipro cursor 1");
        let key =
            UnboundKey::new(&AES_256_GCM, derived.as_ref()).expect("HMAC-SHA256 gives 32 bytes");
        Self(LessSafeKey::new(key))
    }

    /// The cursor of a position in the list that `context` names.
    pub fn seal(&self, entropy: &dyn Entropy, context: &str, position: &Position) -> String {
        let mut nonce = [0_u8; NONCE_LEN];
        entropy.fill(&mut nonce);
        let mut text = format!("{}:{}", position.id, position.key).into_bytes();
        let sealed = self.0.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context),
            &mut text,
        );
        sealed.expect("a cursor is far below what the cipher takes");
        BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &text].concat())
    }

    /// The position that a cursor of this list holds.
    pub fn open(&self, context: &str, cursor: &str) -> Result<Position, Problem> {
        self.read(context, cursor).ok_or_else(|| {
            Problem::new(codes::INVALID_CURSOR, "take next_cursor from this very list, unaltered")
        })
    }

    fn read(&self, context: &str, cursor: &str) -> Option<Position> {
        let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.0.open_in_place(nonce, Aad::from(context), sealed).ok()?;
        let (id, key) = std::str::from_utf8(text).ok()?.split_once(':')?;
        Some(Position { key: key.to_owned(), id: id.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn opens_only_unaltered_and_only_in_its_list() {
        let key = CursorKey::derive(b"secret");
        let position = Position { key: "Siti: Aminah".into(), id: 42 };
        let cursor = key.seal(&SystemEntropy, "/users?sort=name", &position);
        assert_eq!(key.open("/users?sort=name", &cursor).ok(), Some(position));
        assert!(key.open("/users", &cursor).is_err());
        assert!(CursorKey::derive(b"other").open("/users?sort=name", &cursor).is_err());
        for at in [0, cursor.len() / 2, cursor.len() - 2] {
            let mut altered = cursor.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert!(key.open("/users?sort=name", &altered).is_err());
        }
        for junk in ["", "x", "====", "AAAA"] {
            assert!(key.open("/users?sort=name", junk).is_err());
        }
    }
}
