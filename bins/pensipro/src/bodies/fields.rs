//! Fields of a change, where absent, `null` and a value say three different things.

use serde::{Deserialize, Deserializer};

/// A field that is absent (stays as it is) or has a value; `null` is of the wrong type.
pub(super) fn given<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(from).map(Some)
}

/// A field that is absent (stays as it is), `null` (is cleared) or has a value.
pub(super) fn nullable<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Change {
        #[serde(deserialize_with = "given")]
        name: Option<String>,
        #[serde(deserialize_with = "nullable")]
        rank: Option<Option<String>>,
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let read = |json: &str| serde_json::from_str::<Change>(json).ok();
        assert_eq!(read("{}"), Some(Change::default()));
        let cleared = Change { name: None, rank: Some(None) };
        assert_eq!(read(r#"{"rank": null}"#), Some(cleared));
        let both = Change { name: Some("Siti".into()), rank: Some(Some("III/c".into())) };
        assert_eq!(read(r#"{"name": "Siti", "rank": "III/c"}"#), Some(both));
        assert_eq!(read(r#"{"name": null}"#), None);
    }
}
