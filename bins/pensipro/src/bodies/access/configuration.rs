//! Bodies of the configuration.

use pensipro_auth::{Configuration, RawConfiguration};
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::Value;
use utoipa::ToSchema;

/// A key to be added. Those that rules read are there already.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewConfigurationBody {
    /// Unique: 2 to 50 capital letters, digits and underscores.
    #[schema(required, example = "COUNTER_CLOSES_AT")]
    config_key: String,
    /// A text of the type, or the value itself.
    #[schema(required, value_type = String, example = "15")]
    config_value: Option<AnyValue>,
    /// `string`, `integer`, `decimal`, `boolean` or `json`.
    #[schema(required, example = "integer")]
    value_type: String,
    /// What it does.
    description: Option<String>,
}

/// Another value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationValueBody {
    /// A text of the key's type, or the value itself.
    #[schema(value_type = String, example = "7")]
    pub config_value: AnyValue,
}

/// A value by its text; one that is no string, by its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnyValue(pub String);

impl<'de> Deserialize<'de> for AnyValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::Null => Err(D::Error::custom("a value is expected")),
            Value::String(text) => Ok(Self(text)),
            value => Ok(Self(value.to_string())),
        }
    }
}

impl From<NewConfigurationBody> for RawConfiguration {
    fn from(body: NewConfigurationBody) -> Self {
        let NewConfigurationBody { config_key, config_value, value_type, description } = body;
        let value = config_value.map(|AnyValue(text)| text);
        Self { key: config_key, value, value_type, description }
    }
}

/// A key with its value.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ConfigurationBody {
    pub id: i64,
    #[schema(example = "MAX_LOGIN_ATTEMPTS")]
    pub config_key: String,
    /// As text, whatever its type.
    #[schema(example = "5")]
    pub config_value: String,
    /// `string`, `integer`, `decimal`, `boolean` or `json`.
    pub value_type: &'static str,
    /// What it does.
    pub description: Option<String>,
    /// The value of the first start, of keys that rules read.
    pub default_value: Option<&'static str>,
}

impl From<Configuration> for ConfigurationBody {
    fn from(configuration: Configuration) -> Self {
        let default_value = configuration.default_value();
        let Configuration { id, key, value, value_type, description, version: _ } = configuration;
        Self {
            id: id.get(),
            config_key: key,
            config_value: value,
            value_type: value_type.code(),
            description,
            default_value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_its_text_however_it_was_sent() {
        let read = |json: &str| serde_json::from_str::<AnyValue>(json).ok().map(|value| value.0);
        for (json, text) in [("7", "7"), ("\"7\"", "7"), ("1.50", "1.50"), ("[0, 90]", "[0,90]")] {
            assert_eq!(read(json).as_deref(), Some(text));
        }
        assert_eq!(read("null"), None);
    }
}
