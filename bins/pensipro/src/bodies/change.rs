//! A field of a `PUT`: absent leaves it, `null` clears it, a value sets it.

use serde::{Deserialize, Deserializer};

/// What a `PUT` says of an optional field. The field needs `#[serde(default)]`, and
/// `#[schema(value_type = Option<…>)]` for the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It was absent: the field stays.
    #[default]
    Keep,
    /// It was `null`: the field is cleared.
    Clear,
    /// The field becomes this.
    Set(T),
}

impl<T> Change<T> {
    /// The field after the change.
    pub fn apply(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// Absent, or present with a value or `null`.
    pub fn into_option(self) -> Option<Option<T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(|value| value.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        rank: Change<String>,
    }

    #[test]
    fn absent_null_and_value_are_three_things() {
        let read = |json: &str| serde_json::from_str::<Body>(json).unwrap().rank;
        assert_eq!(read("{}"), Change::Keep);
        assert_eq!(read(r#"{"rank": null}"#), Change::Clear);
        assert_eq!(read(r#"{"rank": "III/a"}"#).apply(None), Some("III/a".to_owned()));
        assert_eq!(read("{}").apply(Some("II/b".to_owned())), Some("II/b".to_owned()));
    }
}
