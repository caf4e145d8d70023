//! The keys by which a payer's file names a person: short texts, held in place and cheap to compare.

use std::{fmt, hash::Hash};

/// Letters and digits of a fixed greatest length, padded with zero bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Short<const N: usize>([u8; N]);

impl<const N: usize> Short<N> {
    fn new(text: &str) -> Option<Self> {
        let mut bytes = [0; N];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        bytes.make_ascii_uppercase();
        text.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(Self(bytes))
    }

    fn as_str(&self) -> &str {
        let text = self.0.split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// The last four characters: enough to tell two apart, too little to know a person.
    fn masked(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.as_str();
        write!(f, "…{}", text.get(text.len().saturating_sub(4)..).unwrap_or_default())
    }
}

/// A pension number: 6 to 20 capital letters or digits (Taspen's NOTAS has 15 digits). `Debug` masks
/// it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoPensiun(Short<20>);

/// A citizen's number: 16 digits. `Debug` masks it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nik(Short<16>);

/// What a line without a reference names its person by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// By pension number.
    NoPensiun(NoPensiun),
    /// By citizen's number, where the pension number is missing.
    Nik(Nik),
}

impl NoPensiun {
    /// The number in a cleaned text (see [`unwrap_cell`](crate::unwrap_cell)); `None` if it cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() < 6 { None } else { Short::new(text).map(Self) }
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Nik {
    /// The number in a cleaned text (see [`unwrap_cell`](crate::unwrap_cell)); `None` if it cannot be one.
    pub fn read(text: &str) -> Option<Self> {
        let digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { Short::new(text).map(Self) } else { None }
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Identifier {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::NoPensiun(number) => number.as_str(),
            Self::Nik(number) => number.as_str(),
        }
    }
}

impl fmt::Debug for NoPensiun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.masked(f)
    }
}

impl fmt::Debug for Nik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.masked(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_leading_zeros() {
        let number = NoPensiun::read("003575843547995").unwrap();
        assert_eq!(number.as_str(), "003575843547995");
        assert_eq!(format!("{number:?}"), "…7995");
        assert_eq!(NoPensiun::read("ab123456").unwrap().as_str(), "AB123456");
        for text in ["", "12345", "4.45206E+14", "123456789012345678901", "12345é"] {
            assert_eq!(NoPensiun::read(text), None, "{text}");
        }
        assert_eq!(Nik::read("7371105901683028").unwrap().as_str(), "7371105901683028");
        for text in ["737110590168302", "7371105901683O28", "73711059016830281"] {
            assert_eq!(Nik::read(text), None, "{text}");
        }
    }
}
