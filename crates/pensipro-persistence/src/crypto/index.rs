//! The keyed index: equal values have equal index entries, which tell nothing without the key.

use std::fmt;

use aws_lc_rs::hmac;

use super::sealing::KEY_LEN;

/// What kind of identifier is looked up; equal texts of two kinds have different entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupKey {
    /// A NIK.
    Nik,
    /// A pension number.
    NoPensiun,
    /// A bank account's number.
    Account,
    /// The number of a request's advisory lock.
    Request,
}

/// An entry of the keyed index: 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lookup([u8; 16]);

impl Lookup {
    /// The bytes that the column holds.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The entry that a column holds.
    pub(crate) fn from_stored(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    pub(crate) fn to_vec(self) -> Vec<u8> {
        self.0.to_vec()
    }

    /// The first eight bytes as a number.
    pub(crate) fn number(self) -> i64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        i64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup(…)")
    }
}

pub(crate) struct IndexKey(hmac::Key);

impl IndexKey {
    pub(crate) fn new(bytes: &[u8; KEY_LEN]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// HMAC-SHA-256 of kind and value, cut to 16 bytes. Letters count as capitals, and what is
    /// neither letter nor digit not at all, so that one identifier has one entry.
    pub(crate) fn entry(&self, kind: LookupKey, value: &str) -> Lookup {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(kind.name().as_bytes());
        context.update(&[0]);
        context.update(normalised(kind, value).as_bytes());
        let tag = context.sign();
        let mut entry = [0; 16];
        entry.copy_from_slice(&tag.as_ref()[..16]);
        Lookup(entry)
    }
}

impl IndexKey {
    /// 32 bytes that follow from the key, for another purpose than an index.
    pub(crate) fn derived(&self, label: &str) -> [u8; KEY_LEN] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(b"derived\0");
        context.update(label.as_bytes());
        let mut bytes = [0; KEY_LEN];
        bytes.copy_from_slice(context.sign().as_ref());
        bytes
    }
}

impl LookupKey {
    fn name(self) -> &'static str {
        match self {
            Self::Nik => "nik",
            Self::NoPensiun => "no_pensiun",
            Self::Account => "account",
            Self::Request => "request",
        }
    }
}

fn normalised(kind: LookupKey, value: &str) -> String {
    match kind {
        LookupKey::Request => value.to_owned(),
        LookupKey::Nik | LookupKey::NoPensiun | LookupKey::Account => value
            .chars()
            .filter(|character| character.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_identifier_has_one_entry_under_one_key() {
        let key = IndexKey::new(&[1; KEY_LEN]);
        let entry = key.entry(LookupKey::NoPensiun, "ab-123 4");
        assert_eq!(entry, key.entry(LookupKey::NoPensiun, "AB1234"));
        assert_ne!(entry, key.entry(LookupKey::NoPensiun, "AB1235"));
        assert_ne!(entry, key.entry(LookupKey::Account, "AB1234"));
        assert_ne!(entry, IndexKey::new(&[2; KEY_LEN]).entry(LookupKey::NoPensiun, "AB1234"));
    }
}
