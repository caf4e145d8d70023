//! Telephone numbers.

use std::{fmt, str::FromStr};

use crate::{FieldFault, text::last_four};

/// A telephone number in E.164 form: `+` and 8 to 15 digits. National Indonesian forms are read
/// too (`0812…`, `812…`, `62812…` all become `+62812…`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

/// A text that is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is such as 081234567890 or +6281234567890")]
pub struct PhoneNumberError;

impl PhoneNumber {
    /// Reads the field of a body.
    pub fn read(field: &str, text: &str) -> Result<Self, FieldFault> {
        text.parse().map_err(|error: PhoneNumberError| {
            FieldFault::new(field, "invalid_phone", error.to_string())
        })
    }

    /// The number: `+6281234567890`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    fn from_str(text: &str) -> Result<Self, PhoneNumberError> {
        let separator = |c: &char| matches!(c, ' ' | '-' | '.' | '(' | ')');
        let bare: String = text.trim().chars().filter(|c| !separator(c)).collect();
        let digits = match (bare.strip_prefix('+'), bare.strip_prefix("00")) {
            (Some(international), _) | (None, Some(international)) => international.to_owned(),
            (None, None) => match (bare.strip_prefix('0'), bare.starts_with('8')) {
                (Some(national), _) => format!("62{national}"),
                (None, true) => format!("62{bare}"),
                (None, false) => bare,
            },
        };
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain && (8..=15).contains(&digits.len()) && !digits.starts_with('0') {
            Ok(Self(format!("+{digits}")))
        } else {
            Err(PhoneNumberError)
        }
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&last_four(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn national_forms_become_international() {
        for text in [
            "0812-3456-7890",
            "812 3456 7890",
            "+62 812 3456 7890",
            "62812.3456.7890",
            "0062 (812) 34567890",
        ] {
            let number = text.parse::<PhoneNumber>().unwrap();
            assert_eq!(number.as_str(), "+6281234567890", "{text}");
        }
        assert_eq!("(021) 555-1234".parse::<PhoneNumber>().unwrap().as_str(), "+62215551234");
        assert_eq!("+65 6123 4567".parse::<PhoneNumber>().unwrap().as_str(), "+6561234567");
        for text in
            ["", "+", "12345", "0812x4567890", "+00 81234567", "0812345678901234", "++62812345678"]
        {
            assert_eq!(text.parse::<PhoneNumber>(), Err(PhoneNumberError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_reads_as_itself(text in "\\PC{0,20}") {
            if let Ok(number) = text.parse::<PhoneNumber>() {
                prop_assert_eq!(number.as_str().parse::<PhoneNumber>(), Ok(number.clone()));
            }
        }
    }
}
