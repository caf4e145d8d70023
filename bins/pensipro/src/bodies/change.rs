//! A field of a `PUT`: absent leaves it, `null` clears it, a value sets it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// For the document, which shows a body's defaults: a field that stays has none.
impl<T: Serialize> Serialize for Change<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => to.serialize_none(),
            Self::Set(value) => to.serialize_some(value),
        }
    }
}

/// A field that a change may leave out, but not clear: `null` is of the wrong type. For
/// `#[serde(deserialize_with = "given")]`, with `default`.
pub(super) fn given<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        rank: Change<String>,
        #[serde(default, deserialize_with = "given")]
        name: Option<String>,
    }

    #[test]
    fn absent_null_and_value_are_three_things() {
        let read = |json: &str| serde_json::from_str::<Body>(json).unwrap().rank;
        assert_eq!(read("{}"), Change::Keep);
        assert_eq!(read(r#"{"rank": null}"#), Change::Clear);
        let set = read(r#"{"rank": "III/a"}"#);
        assert_eq!(set.into_option(), Some(Some("III/a".to_owned())));
    }

    #[test]
    fn what_cannot_be_cleared_takes_no_null() {
        let read = |json: &str| serde_json::from_str::<Body>(json).map(|body| body.name).ok();
        assert_eq!(read("{}"), Some(None));
        assert_eq!(read(r#"{"name": "Siti"}"#), Some(Some("Siti".to_owned())));
        assert_eq!(read(r#"{"name": null}"#), None);
    }
}
