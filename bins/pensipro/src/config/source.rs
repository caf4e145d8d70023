//! Where settings come from.

use std::{collections::HashMap, fmt::Display, path::Path, str::FromStr};

use super::{ConfigError, SETTINGS, Secret, invalid, parse, table::variable};

/// The values given, by key.
#[derive(Clone, Default)]
pub struct Source(HashMap<String, String>);

impl Source {
    /// The environment over the file.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        let mut source = match file {
            Some(path) => Self::from_file(path)?,
            None => Self::default(),
        };
        for setting in SETTINGS {
            if let Ok(value) = std::env::var(variable(setting.key)) {
                source.0.insert(setting.key.to_owned(), value);
            }
        }
        Ok(source)
    }

    /// These values alone.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }

    fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let fault = |fault: String| ConfigError::File { path: path.display().to_string(), fault };
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| fault(error.message().to_owned()))?;
        let mut values = HashMap::new();
        for (key, value) in table {
            if !SETTINGS.iter().any(|setting| setting.key == key) {
                return Err(fault(format!("{key} is no setting")));
            }
            let text =
                plain(&value).ok_or_else(|| fault(format!("{key} must be a plain value")))?;
            values.insert(key, text);
        }
        Ok(Self(values))
    }

    /// Every setting with its value, secrets masked, for the log.
    pub fn masked(&self) -> Vec<(&'static str, String)> {
        let shown = |key: &str, value: String| match key {
            "database_url" => value
                .parse::<pensipro_persistence::DatabaseUrl>()
                .map_or_else(|_| "***".to_owned(), |url| url.to_string()),
            _ => value,
        };
        SETTINGS
            .iter()
            .map(|setting| match self.optional(setting.key) {
                Some(_) if setting.is_secret => (setting.key, "***".to_owned()),
                Some(value) => (setting.key, shown(setting.key, value)),
                None => (setting.key, String::new()),
            })
            .collect()
    }

    pub(super) fn text(&self, key: &str) -> String {
        self.optional(key).unwrap_or_default()
    }

    /// The value, else the default; blank counts as absent.
    pub(super) fn optional(&self, key: &str) -> Option<String> {
        let default = SETTINGS.iter().find(|setting| setting.key == key).map(|found| found.default);
        let given = self.0.get(key).map(String::as_str).filter(|value| !value.trim().is_empty());
        given.or(default.filter(|value| !value.is_empty())).map(str::to_owned)
    }

    pub(super) fn secret(&self, key: &str) -> Option<Secret> {
        self.optional(key).map(Secret)
    }

    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, key: &str) -> Result<T, ConfigError> {
        parse(key, &self.text(key))
    }

    pub(super) fn optional_parsed<T: FromStr<Err: Display>>(
        &self,
        key: &str,
    ) -> Result<Option<T>, ConfigError> {
        self.optional(key).map(|text| parse(key, &text)).transpose()
    }

    pub(super) fn within<T>(&self, key: &str, least: T, most: T) -> Result<T, ConfigError>
    where
        T: FromStr<Err: Display> + PartialOrd + Display,
    {
        let value: T = self.parsed(key)?;
        if value < least || value > most {
            return Err(invalid(key, format!("must be between {least} and {most}")));
        }
        Ok(value)
    }

    pub(super) fn list<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Vec<T>, ConfigError> {
        let text = self.text(key);
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| parse(key, item)).collect()
    }
}

/// A TOML value as the environment would write it; a list is joined by commas.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Datetime(date) => Some(date.to_string()),
        toml::Value::Array(items) => {
            items.iter().map(plain).collect::<Option<Vec<_>>>().map(|items| items.join(","))
        }
        toml::Value::Float(_) | toml::Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_plain_values_of_known_settings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pensipro.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Source::from_file(&path)
        };
        let source =
            read("bind = \"0.0.0.0:80\"\nbusiness_date = 2026-10-01\nworkers = 4\n").unwrap();
        assert_eq!(source.text("bind"), "0.0.0.0:80");
        assert_eq!(source.text("business_date"), "2026-10-01");
        assert_eq!(source.text("workers"), "4");
        assert!(read("wrokers = 4").is_err_and(|error| error.to_string().contains("wrokers")));
        assert!(read("workers = ").is_err());
    }

    #[test]
    fn secrets_and_passwords_in_urls_are_masked() {
        let source = Source::of([
            ("jwt_secret", "very-secret"),
            ("database_url", "postgres://u:hidden@h/d"),
        ]);
        let printed = format!("{:?}", source.masked());
        assert!(!printed.contains("very-secret") && !printed.contains("hidden"), "{printed}");
    }
}
