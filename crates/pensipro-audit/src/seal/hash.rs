//! Hashes of rows and seals.

use std::{fmt, str::FromStr};

/// SHA-256, which the shell brings along: this crate computes nothing secret itself.
pub type Digest = fn(&[u8]) -> SealHash;

/// 32 bytes of SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SealHash([u8; 32]);

impl SealHash {
    /// What stands before the first seal.
    pub const NONE: Self = Self([0; 32]);

    /// These bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for SealHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A text that is no hash of 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 64 hexadecimal digits")]
pub struct NoHash;

impl FromStr for SealHash {
    type Err = NoHash;

    fn from_str(text: &str) -> Result<Self, NoHash> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoHash);
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(place.saturating_mul(2)..).and_then(|rest| rest.get(..2));
            *byte = u8::from_str_radix(digits.ok_or(NoHash)?, 16).map_err(|_| NoHash)?;
        }
        Ok(Self(bytes))
    }
}

/// Bytes of fields, each told apart from its neighbours: absent fields differ from empty ones, and no
/// two lists of fields give the same bytes.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<u8>);

impl Fields {
    pub(super) fn begin(&mut self, what: &str) -> &mut Self {
        self.0.clear();
        self.bytes(Some(what.as_bytes()))
    }

    pub(super) fn bytes(&mut self, value: Option<&[u8]>) -> &mut Self {
        let Some(value) = value else {
            self.0.push(0);
            return self;
        };
        self.0.push(1);
        let length = u64::try_from(value.len()).unwrap_or(u64::MAX);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(value);
        self
    }

    pub(super) fn text(&mut self, value: Option<&str>) -> &mut Self {
        self.bytes(value.map(str::as_bytes))
    }

    pub(super) fn number(&mut self, value: Option<i64>) -> &mut Self {
        let bytes = value.map(i64::to_be_bytes);
        self.bytes(bytes.as_ref().map(<[u8; 8]>::as_slice))
    }

    pub(super) fn hash(&mut self, hash: SealHash) -> &mut Self {
        self.bytes(Some(hash.bytes()))
    }

    pub(super) fn digest(&self, digest: Digest) -> SealHash {
        digest(&self.0)
    }
}

/// Tells bytes apart well enough for tests of chains.
#[cfg(test)]
pub(super) fn mixed(bytes: &[u8]) -> SealHash {
    let mut state = [0x9e37_79b9_7f4a_7c15_u64, 1, 2, 3];
    for (place, byte) in bytes.iter().enumerate() {
        let lane = &mut state[place % 4];
        *lane = (lane.rotate_left(9) ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3_0001);
        *lane ^= *lane >> 29;
        state[(place + 1) % 4] ^= state[place % 4].rotate_left(17);
    }
    state[0] ^= bytes.len() as u64;
    let mut hash = [0; 32];
    for (part, lane) in hash.chunks_mut(8).zip(state) {
        part.copy_from_slice(&lane.to_be_bytes());
    }
    SealHash::new(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_read_back() {
        let hash = mixed(b"x");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(hash.to_string().len(), 64);
        for text in ["", "00", &"g".repeat(64), &"é".repeat(32), &"0".repeat(65)] {
            assert_eq!(text.parse::<SealHash>(), Err(NoHash), "{text}");
        }
    }

    #[test]
    fn neighbours_are_told_apart() {
        let written = |fields: &[Option<&str>]| {
            let mut all = Fields::default();
            all.begin("test");
            fields.iter().for_each(|field| {
                all.text(*field);
            });
            all.0
        };
        let ways: [&[Option<&str>]; 5] = [
            &[Some("ab"), Some("c")],
            &[Some("a"), Some("bc")],
            &[Some("abc"), Some("")],
            &[Some("abc"), None],
            &[None, Some("abc")],
        ];
        for (place, one) in ways.iter().enumerate() {
            for other in ways.iter().skip(place + 1) {
                assert_ne!(written(one), written(other));
            }
        }
    }
}
