//! The configuration as it is stored: keys with values that people change while the system runs.

use pensipro_kernel::{
    ConfigurationId, Faults, FieldFault, Position, Version, optional_text, read_code,
};

use crate::{code::new_code, settings::Declared};

pensipro_kernel::codes! {
    /// How a value is written.
    pub enum ValueType {
        /// Any text.
        Text = "string",
        /// A whole number.
        Integer = "integer",
        /// A decimal number: an amount or a percentage.
        Decimal = "decimal",
        /// `true` or `false`.
        Boolean = "boolean",
        /// JSON.
        Json = "json",
    }
}

/// The most bytes of a value.
const MAX_BYTES: usize = 10_000;

impl ValueType {
    /// Takes a text that is written so, without the blanks around it.
    pub(crate) fn check(self, field: &str, text: &str) -> Result<String, FieldFault> {
        let fault = |code, message| Err(FieldFault::new(field, code, message));
        let text = text.trim();
        if text.len() > MAX_BYTES {
            return fault("too_long", "has at most 10000 bytes");
        }
        let (is_written_so, code, message) = match self {
            Self::Text => (!text.contains('\0'), "control_character", "holds a NUL character"),
            Self::Integer => (text.parse::<i64>().is_ok(), "invalid_integer", "is a whole number"),
            Self::Decimal => (is_decimal(text), "invalid_decimal", "is a number such as 12.5"),
            Self::Boolean => {
                (matches!(text, "true" | "false"), "invalid_boolean", "is true or false")
            }
            Self::Json => (is_json(text), "invalid_json", "is a JSON value"),
        };
        if is_written_so { Ok(text.to_owned()) } else { fault(code, message) }
    }
}

/// Up to 15 digits, and up to 4 after the point.
fn is_decimal(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    digits(whole, 15) && digits(part, 4)
}

/// JSON that both databases keep: PostgreSQL takes no NUL, not even an escaped one.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text).is_ok() && !text.contains("\\u0000")
}

/// A key with its value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Id.
    pub id: ConfigurationId,
    /// Unique: `DSR_DEFAULT`.
    pub key: String,
    /// The value as text.
    pub value: String,
    /// How the value is written.
    pub value_type: ValueType,
    /// What it does.
    pub description: Option<String>,
    /// Optimistic lock.
    pub version: Version,
}

impl Configuration {
    /// The value of the first start, of a key that rules read.
    pub fn default_value(&self) -> Option<&'static str> {
        Declared::of(&self.key).map(|declared| declared.default)
    }

    /// Where it stands in a list by key.
    pub(crate) fn position(&self) -> Position {
        Position { key: self.key.clone(), id: self.id.get() }
    }
}

/// A key to be added, unchecked.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "each field is the body's")]
pub struct RawConfiguration {
    pub key: String,
    pub value: Option<String>,
    pub value_type: String,
    pub description: Option<String>,
}

/// A key to be added. One that no rule reads is kept for programs beside this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConfiguration {
    /// Unique.
    pub key: String,
    /// The value as text.
    pub value: String,
    /// How the value is written.
    pub value_type: ValueType,
    /// What it does.
    pub description: Option<String>,
}

impl NewConfiguration {
    /// Reads a key with its value, with all faults at once.
    pub fn check(raw: &RawConfiguration) -> Result<Self, Faults> {
        let RawConfiguration { key, value, value_type, description } = raw;
        let mut faults = Faults::new();
        let key = faults.take(new_code("config_key", key));
        let value_type = faults.take(read_code::<ValueType>("value_type", value_type));
        let value = match (value, value_type) {
            (None, _) => faults.take(Err(FieldFault::required("config_value"))),
            (Some(value), Some(kind)) => faults.take(kind.check("config_value", value)),
            (Some(_), None) => None,
        };
        let description = faults.take(optional_text("description", description.as_deref(), 500));
        let new = key.zip(value).zip(value_type.zip(description));
        let new = new.map(|((key, value), (value_type, description))| Self {
            key,
            value,
            value_type,
            description,
        });
        faults.finish(new)
    }
}

impl From<&Declared> for NewConfiguration {
    fn from(declared: &Declared) -> Self {
        Self {
            key: declared.key.to_owned(),
            value: declared.default.to_owned(),
            value_type: declared.value_type,
            description: Some(declared.effect.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_as_its_type_says() {
        let codes = |kind: ValueType, texts: &[&str]| -> Vec<&str> {
            let code = |text: &&str| kind.check("v", text).map_or_else(|fault| fault.code, |_| "");
            texts.iter().map(code).collect()
        };
        let bad = "invalid_integer";
        assert_eq!(
            codes(ValueType::Integer, &[" 5 ", "-1", "1.0", "1e3", ""]),
            ["", "", bad, bad, bad]
        );
        let bad = "invalid_decimal";
        assert_eq!(
            codes(ValueType::Decimal, &["24", "-0.5", "1.23456", "1e3", ".5", "1_0", "NaN"]),
            ["", "", bad, bad, bad, bad, bad]
        );
        assert_eq!(codes(ValueType::Boolean, &["true", "TRUE"]), ["", "invalid_boolean"]);
        let bad = "invalid_json";
        assert_eq!(
            codes(ValueType::Json, &["[1]", "\"a\"", "a", "\"\\u0000\""]),
            ["", "", bad, bad]
        );
        let long = "x".repeat(MAX_BYTES + 1);
        assert_eq!(
            codes(ValueType::Text, &["", "a\0b", &long]),
            ["", "control_character", "too_long"]
        );
    }

    #[test]
    fn all_faults_of_a_new_key_come_at_once() {
        let raw = RawConfiguration {
            key: "no key".into(),
            value: Some("x".into()),
            value_type: "integer".into(),
            description: Some("x".repeat(501)),
        };
        let faults = NewConfiguration::check(&raw).unwrap_err();
        let fields: Vec<&str> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["config_key", "config_value", "description"]);
        let raw = RawConfiguration { value: None, value_type: "number".into(), ..raw };
        let faults = NewConfiguration::check(&raw).unwrap_err();
        let codes: Vec<&str> = faults.list().iter().map(|fault| fault.code).collect();
        assert_eq!(codes, ["invalid_code", "unknown_value", "required", "too_long"]);
    }
}
