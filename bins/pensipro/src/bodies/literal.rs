//! A number as it was written.

use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

/// The text of a JSON string or of a number's digits, for a decimal whose meaning (amount,
/// percentage, count) another field decides. In the document: `#[schema(value_type = String)]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Literal(pub String);

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(D::Error::custom("a number, or a string of its digits, is expected")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_as_they_were_written() {
        let read = |json: &str| serde_json::from_str::<Literal>(json).ok().map(|text| text.0);
        assert_eq!(read("1.50").as_deref(), Some("1.50"));
        assert_eq!(read("\"1500000.00\"").as_deref(), Some("1500000.00"));
        assert_eq!(read("true"), None);
    }
}
