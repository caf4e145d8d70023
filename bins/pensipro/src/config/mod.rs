//! Settings: from the environment, else from a TOML file, else their defaults; checked before
//! anything starts.

mod messages;
mod secrets;
mod source;
mod table;

use std::{net::IpAddr, path::PathBuf, str::FromStr, time::Duration};

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use pensipro_adapters::{BucketSettings, MessengerSettings};
use pensipro_persistence::DatabaseUrl;

use crate::logging::LogFormat;
pub use secrets::{MasterKeys, SigningSecret};
pub use source::Source;
pub use table::{SETTINGS, Setting};

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value cannot be taken.
    #[error("{setting} {fault}")]
    Invalid {
        /// The setting, as the environment names it.
        setting: String,
        /// What is wrong; never the value of a secret.
        fault: String,
    },
    /// The file cannot be read or holds what is no setting.
    #[error("the configuration file {path}: {fault}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        fault: String,
    },
    /// A secret could not be made or kept.
    #[error("the data folder {path}: {fault}")]
    DataFolder {
        /// The folder or file.
        path: String,
        /// What is wrong.
        fault: String,
    },
}

/// The settings, checked. The table [`SETTINGS`] tells what each does.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each field is the setting of its name")]
pub struct Config {
    pub database_url: DatabaseUrl,
    pub bind: String,
    pub data_dir: PathBuf,
    pub bucket: Option<BucketSettings>,
    pub migrate: bool,
    pub admin_password: Option<Secret>,
    pub jwt_secret: Option<Secret>,
    pub jwt_private_key: Option<PathBuf>,
    pub jwt_verify_keys: Vec<PathBuf>,
    pub master_key: Option<Secret>,
    pub master_key_next: Option<Secret>,
    pub business_date: Option<NaiveDate>,
    pub timezone: Tz,
    pub end_of_day_at: Option<NaiveTime>,
    pub workers: usize,
    pub connections: u32,
    pub queue_timeout: Duration,
    pub request_timeout: Duration,
    pub body_timeout: Duration,
    pub shutdown_timeout: Duration,
    pub json_max_bytes: usize,
    pub trusted_proxies: Vec<IpAddr>,
    pub cors_origins: Vec<String>,
    pub bcrypt_cost: u32,
    pub hash_threads: usize,
    pub login_failures_per_minute: u32,
    pub access_log_buffer: usize,
    pub messages: MessengerSettings,
    pub slow_query: Option<Duration>,
    pub log_format: LogFormat,
    pub log: String,
}

/// A text that is never printed.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// A text that will not be printed.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Config {
    /// Reads and checks every setting.
    pub fn read(source: &Source) -> Result<Self, ConfigError> {
        let seconds = |key| source.within(key, 1, 3_600).map(Duration::from_secs);
        let config = Self {
            database_url: source.parsed("database_url")?,
            bind: source.text("bind"),
            data_dir: source.text("data_dir").into(),
            bucket: bucket(source)?,
            migrate: source.parsed("migrate")?,
            admin_password: source.secret("admin_password"),
            jwt_secret: source.secret("jwt_secret"),
            jwt_private_key: source.optional("jwt_private_key").map(PathBuf::from),
            jwt_verify_keys: source.list("jwt_verify_keys")?,
            master_key: source.secret("master_key"),
            master_key_next: source.secret("master_key_next"),
            business_date: source.optional_parsed("business_date")?,
            timezone: source.parsed("timezone")?,
            end_of_day_at: time_of_day(source, "end_of_day_at")?,
            workers: source.within("workers", 1, 256)?,
            connections: source.within("connections", 1, 1_000)?,
            queue_timeout: source
                .within("queue_timeout_ms", 10, 2_000)
                .map(Duration::from_millis)?,
            request_timeout: seconds("request_timeout_seconds")?,
            body_timeout: seconds("body_timeout_seconds")?,
            shutdown_timeout: seconds("shutdown_timeout_seconds")?,
            json_max_bytes: source.within("json_max_bytes", 1_024, 104_857_600)?,
            trusted_proxies: source.list("trusted_proxies")?,
            cors_origins: source.list("cors_origins")?,
            bcrypt_cost: source.within("bcrypt_cost", 4, 16)?,
            hash_threads: source.within("hash_threads", 1, 64)?,
            login_failures_per_minute: source.within("login_failures_per_minute", 1, 1_000_000)?,
            access_log_buffer: source.within("access_log_buffer", 1, 1_000_000)?,
            messages: messages::read(source)?,
            slow_query: Some(source.within("slow_query_ms", 0, 600_000)?)
                .filter(|ms| *ms > 0)
                .map(Duration::from_millis),
            log_format: source.parsed("log_format")?,
            log: source.text("log"),
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if self.jwt_secret.is_some() && self.jwt_private_key.is_some() {
            let fault = "cannot be given together with PENSIPRO_JWT_SECRET";
            return Err(invalid("jwt_private_key", fault));
        }
        if self.jwt_private_key.is_none() && !self.jwt_verify_keys.is_empty() {
            return Err(invalid("jwt_verify_keys", "needs PENSIPRO_JWT_PRIVATE_KEY beside it"));
        }
        if let Some(password) = &self.admin_password {
            pensipro_auth::Password::parse("admin_password", password.reveal())
                .map_err(|fault| invalid("admin_password", fault.message))?;
        }
        Ok(())
    }
}

/// A time of the day; `off` is none.
fn time_of_day(source: &Source, key: &str) -> Result<Option<NaiveTime>, ConfigError> {
    let text = source.text(key);
    if text.trim() == "off" {
        return Ok(None);
    }
    let time = NaiveTime::parse_from_str(text.trim(), "%H:%M");
    time.map(Some).map_err(|_| invalid(key, "must be a time of the day such as 00:30, or off"))
}

/// The bucket of files, if one is named; then its key must be.
fn bucket(source: &Source) -> Result<Option<BucketSettings>, ConfigError> {
    let Some(bucket) = source.optional("s3_bucket") else { return Ok(None) };
    let needed = |key: &str, value: Option<String>| {
        value.ok_or_else(|| invalid(key, "is needed beside PENSIPRO_S3_BUCKET"))
    };
    let endpoint = source.optional("s3_endpoint");
    let is_address = |text: &String| text.starts_with("https://") || text.starts_with("http://");
    if !endpoint.iter().all(is_address) {
        return Err(invalid("s3_endpoint", "must begin with https:// or http://"));
    }
    let secret = source.secret("s3_secret_key").map(|secret| secret.reveal().to_owned());
    Ok(Some(BucketSettings {
        bucket,
        endpoint,
        region: source.text("s3_region"),
        access_key: needed("s3_access_key", source.optional("s3_access_key"))?,
        secret_key: needed("s3_secret_key", secret)?,
    }))
}

/// A fault of a setting, named as the environment names it.
fn invalid(key: &str, fault: impl Into<String>) -> ConfigError {
    ConfigError::Invalid { setting: table::variable(key), fault: fault.into() }
}

fn parse<T: FromStr>(key: &str, text: &str) -> Result<T, ConfigError>
where
    T::Err: std::fmt::Display,
{
    text.trim().parse().map_err(|error: T::Err| invalid(key, format!("cannot be taken: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(&Source::of(pairs.iter().copied()))
    }

    #[test]
    fn defaults_are_enough() {
        let config = read(&[]).unwrap();
        assert_eq!(config.bind, "127.0.0.1:8008");
        assert_eq!(config.database_url.to_string(), "sqlite://data/pensipro.db");
        assert_eq!(config.timezone, Tz::Asia__Jakarta);
        assert!(config.cors_origins.is_empty() && config.trusted_proxies.is_empty());
    }

    #[test]
    fn what_cannot_be_taken_is_named() {
        for (key, value) in [
            ("database_url", "mysql://x"),
            ("business_date", "31-10-2026"),
            ("timezone", "Asia/Atlantis"),
            ("end_of_day_at", "midnight"),
            ("bcrypt_cost", "3"),
            ("log_format", "xml"),
            ("slow_query_ms", "-1"),
            ("connections", "many"),
            ("trusted_proxies", "10.0.0.1,everyone"),
            ("admin_password", "short"),
            ("admin_password", "Password123"),
            ("jwt_verify_keys", "old.pem"),
            ("delivery_timeout_seconds", "0"),
            ("private_receivers", "perhaps"),
            ("gateway_url", "gateway.example.id"),
        ] {
            let error = read(&[(key, value)]).unwrap_err().to_string();
            assert!(error.starts_with(&table::variable(key)), "{error}");
        }
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = read(&[("jwt_secret", "0123456789012345678901234567890123456789")]).unwrap();
        assert!(!format!("{config:?}").contains("0123"));
    }
}
