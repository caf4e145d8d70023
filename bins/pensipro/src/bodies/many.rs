//! Several values of one query parameter.

use std::{fmt::Display, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error};

/// Values parted by commas: `12,24,36`. In the document: `#[param(value_type = Option<String>)]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Many<T>(pub Vec<T>);

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let values = text.split(',').map(|value| value.trim().parse::<T>());
        values.collect::<Result<_, _>>().map(Self).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_parted_by_commas_and_each_is_read() {
        let read = |json: &str| serde_json::from_str::<Many<u16>>(json).ok().map(|many| many.0);
        assert_eq!(read("\"12, 24,36\""), Some(vec![12, 24, 36]));
        for broken in ["\"\"", "\"12,\"", "\"12,x\"", "\"-1\"", "12"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
