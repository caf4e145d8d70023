//! The pension number.

use std::{fmt, str::FromStr};

use pensipro_kernel::{FieldFault, last_four};

/// A pensioner's number at the payer (`no_pensiun`): 6 to 20 letters or digits, held in capitals.
/// TASPEN's NOTAS has 15 digits; other payers differ. Leading zeros count.
///
/// `Debug` shows the last four characters alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoPensiun(String);

/// A text that is no pension number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a pension number has 6 to 20 letters or digits")]
pub struct NoPensiunError;

impl NoPensiun {
    /// Reads the field of a body.
    pub fn read(field: &str, text: &str) -> Result<Self, FieldFault> {
        text.trim().parse().map_err(|error: NoPensiunError| {
            FieldFault::new(field, "invalid_no_pensiun", error.to_string())
        })
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NoPensiun {
    type Err = NoPensiunError;

    fn from_str(text: &str) -> Result<Self, NoPensiunError> {
        let fits = (6..=20).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(text.to_ascii_uppercase()))
        } else {
            Err(NoPensiunError)
        }
    }
}

impl fmt::Debug for NoPensiun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&last_four(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_and_digits_in_capitals() {
        let number: NoPensiun = "00123abc".parse().unwrap();
        assert_eq!(number.as_str(), "00123ABC");
        assert_eq!(format!("{number:?}"), "****3ABC");
        for text in
            ["12345", "123456789012345678901", "12 3456", "12-3456", "'123456", "１２３４５６"]
        {
            assert_eq!(text.parse::<NoPensiun>(), Err(NoPensiunError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
            let _ = NoPensiun::read("no_pensiun", &text);
        }
    }
}
