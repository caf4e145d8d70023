//! The configuration as rules read it.

use chrono::TimeDelta;
use pensipro_kernel::{FourEyes, Money, Rate};

use crate::{CONFIGURATION, Configuration, SessionLife};

/// Every configured value, typed. [`CONFIGURATION`] tells units, bounds and effects.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is its key, which the table describes")]
pub struct Settings {
    pub max_login_attempts: u16,
    pub access_token_minutes: u16,
    pub session_idle_hours: u16,
    pub session_max_hours: u16,
    pub interest_cap: Rate,
    pub dsr_default: Rate,
    pub billing_tolerance: Money,
    pub default_dpd_days: u32,
    pub kolektibilitas_bounds: [u32; 4],
    pub committee_levels: Vec<Vec<String>>,
    pub committee_third_level_from: Money,
    pub four_eyes: FourEyes,
    pub required_documents: Vec<String>,
    pub document_four_eyes: bool,
    pub offer_valid_days: u32,
    pub first_due_min_days: u32,
    pub upload_max_bytes: u64,
    pub import_max_bytes: u64,
}

impl Default for Settings {
    /// The declared defaults.
    fn default() -> Self {
        let mut settings = Self::blank();
        for declared in CONFIGURATION {
            // A default that its own declaration refuses is caught by a test.
            let _ = declared.apply(&mut settings, declared.default);
        }
        settings
    }
}

impl Settings {
    /// The settings that these rows give. Keys that no rule reads are passed over; a key without a
    /// row keeps its default; a value that cannot be taken is an error that names its key.
    pub fn read(rows: &[Configuration]) -> Result<Self, String> {
        let mut settings = Self::default();
        for declared in CONFIGURATION {
            if let Some(row) = rows.iter().find(|row| row.config_key == declared.key) {
                declared.apply(&mut settings, &row.config_value)?;
            }
        }
        Ok(settings)
    }

    /// How long sessions live.
    pub fn session_life(&self) -> SessionLife {
        SessionLife {
            idle: TimeDelta::hours(self.session_idle_hours.into()),
            max: TimeDelta::hours(self.session_max_hours.into()),
        }
    }

    /// How long access tokens live.
    pub fn access_token_life(&self) -> TimeDelta {
        TimeDelta::minutes(self.access_token_minutes.into())
    }

    /// Zeros, for the defaults to be read into.
    fn blank() -> Self {
        Self {
            max_login_attempts: 0,
            access_token_minutes: 0,
            session_idle_hours: 0,
            session_max_hours: 0,
            interest_cap: Rate::ZERO,
            dsr_default: Rate::ZERO,
            billing_tolerance: Money::ZERO,
            default_dpd_days: 0,
            kolektibilitas_bounds: [0; 4],
            committee_levels: Vec::new(),
            committee_third_level_from: Money::ZERO,
            four_eyes: FourEyes::Strict,
            required_documents: Vec::new(),
            document_four_eyes: false,
            offer_valid_days: 0,
            first_due_min_days: 0,
            upload_max_bytes: 0,
            import_max_bytes: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use pensipro_kernel::{ConfigurationId, Version};

    use super::*;
    use crate::ValueType;

    fn row(key: &str, value: &str) -> Configuration {
        Configuration {
            id: ConfigurationId::new(1),
            config_key: key.into(),
            config_value: value.into(),
            value_type: ValueType::Integer,
            description: None,
            version: Version::FIRST,
        }
    }

    #[test]
    fn defaults_are_what_is_declared() {
        let settings = Settings::default();
        assert_eq!(settings.interest_cap, Rate::percent(24));
        assert_eq!(settings.committee_third_level_from.to_string(), "100000000.00");
        assert_eq!(settings.kolektibilitas_bounds, [0, 90, 120, 180]);
        assert_eq!(settings.access_token_life(), TimeDelta::minutes(15));
    }

    #[test]
    fn rows_replace_defaults_and_unknown_keys_pass() {
        let rows = [row("MAX_LOGIN_ATTEMPTS", "3"), row("SOMETHING_ELSE", "x")];
        assert_eq!(Settings::read(&rows).unwrap().max_login_attempts, 3);
        let refused = Settings::read(&[row("DSR_DEFAULT", "many")]).unwrap_err();
        assert!(refused.starts_with("DSR_DEFAULT"), "{refused}");
    }
}
