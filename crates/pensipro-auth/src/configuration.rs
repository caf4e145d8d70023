//! Configuration: values that people change while the system runs, each declared once with its
//! type, default and effect.

use pensipro_kernel::{ConfigurationId, Money, Rate, Version};

use crate::settings::Settings;

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A decimal number: an amount or a percentage.
    Decimal,
    /// `true` or `false`.
    Boolean,
    /// JSON.
    Json,
}

impl ValueType {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Boolean => "boolean",
            Self::Json => "json",
        }
    }

    /// The type with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Text, Self::Integer, Self::Decimal, Self::Boolean, Self::Json]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A key with its value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Id.
    pub id: ConfigurationId,
    /// Unique: `DSR_DEFAULT`.
    pub config_key: String,
    /// The value as text.
    pub config_value: String,
    /// How the value is written.
    pub value_type: ValueType,
    /// What it does.
    pub description: Option<String>,
    /// Optimistic lock.
    pub version: Version,
}

/// A key that rules read.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// The key.
    pub key: &'static str,
    /// How its value is written.
    pub value_type: ValueType,
    /// The value of the first start.
    pub default: &'static str,
    /// What it does, with its unit and bounds.
    pub effect: &'static str,
    /// Reads the value into the settings; `None` if it cannot be taken.
    read: fn(&mut Settings, &str) -> Option<()>,
}

impl Declared {
    /// Reads a value into the settings, or tells that it cannot be taken.
    pub(crate) fn apply(&self, settings: &mut Settings, value: &str) -> Result<(), String> {
        (self.read)(settings, value)
            .ok_or_else(|| format!("{} cannot be {value:?}: {}", self.key, self.effect))
    }
}

fn within<T: std::str::FromStr + PartialOrd>(text: &str, least: T, most: T) -> Option<T> {
    text.trim().parse().ok().filter(|value| *value >= least && *value <= most)
}

fn percent(text: &str, most: i32) -> Option<Rate> {
    within(text, Rate::ZERO, Rate::percent(most))
}

fn amount(text: &str) -> Option<Money> {
    within(text, Money::ZERO, Money::MAX_INPUT)
}

/// Levels of the committee, at least two, each with at least one role.
fn levels(text: &str) -> Option<Vec<Vec<String>>> {
    let levels: Vec<Vec<String>> = serde_json::from_str(text).ok()?;
    (levels.len() >= 2 && levels.iter().all(|roles| !roles.is_empty())).then_some(levels)
}

/// The last day of each of the first four levels, rising.
fn bounds(text: &str) -> Option<[u32; 4]> {
    let bounds: [u32; 4] = serde_json::from_str(text).ok()?;
    bounds.is_sorted_by(|one, next| one < next).then_some(bounds)
}

macro_rules! declared {
    ($($key:literal $kind:ident = $default:literal, $field:ident: $read:expr, $effect:literal;)*) => {
        /// Every key that rules read.
        pub const CONFIGURATION: &[Declared] = &[$(Declared {
            key: $key,
            value_type: ValueType::$kind,
            default: $default,
            effect: $effect,
            read: |settings, text| {
                let read: fn(&str) -> Option<_> = $read;
                settings.$field = read(text)?;
                Some(())
            },
        }),*];
    };
}

declared! {
    "MAX_LOGIN_ATTEMPTS" Integer = "5", max_login_attempts: |text| within(text, 1, 100),
        "wrong passwords in a row, 1 to 100, before an account is locked for 15 minutes";
    "ACCESS_TOKEN_MINUTES" Integer = "15", access_token_minutes: |text| within(text, 1, 120),
        "minutes that an access token lives, 1 to 120";
    "SESSION_IDLE_HOURS" Integer = "16", session_idle_hours: |text| within(text, 1, 720),
        "hours without a refresh, 1 to 720, after which a session ends";
    "SESSION_MAX_HOURS" Integer = "24", session_max_hours: |text| within(text, 1, 720),
        "hours, 1 to 720, after which a session ends in any case";
    "INTEREST_CAP" Decimal = "24", interest_cap: |text| percent(text, 1_000),
        "the highest nominal effective yearly rate of a product, percent";
    "DSR_DEFAULT" Decimal = "90", dsr_default: |text| percent(text, 100),
        "debt-service ratio of products that state none, percent of the monthly benefit, 0 to 100";
    "BILLING_TOLERANCE" Decimal = "0", billing_tolerance: amount,
        "rupiah by which a pension cut may differ from what was billed and still match";
    "DEFAULT_DPD_DAYS" Integer = "90", default_dpd_days: |text| within(text, 1, 3_650),
        "days past due, 1 to 3650, after which an active loan is in default";
    "KOLEKTIBILITAS_BOUNDS" Json = "[0,90,120,180]", kolektibilitas_bounds: bounds,
        "the last day past due of levels 1 to 4, four rising whole numbers; beyond them is level 5";
    "COMMITTEE_LEVELS" Json = r#"[["SPV","KOMITE"],["MANAGER","KOMITE"],["DIREKSI"]]"#,
        committee_levels: levels,
        "the roles that may sit on each level of the committee, at least two levels";
    "COMMITTEE_THIRD_LEVEL_FROM" Decimal = "100000000.00", committee_third_level_from: amount,
        "the plafon, rupiah, from which every level decides; below it the first two";
    "FOUR_EYES" Text = "strict", four_eyes: |text| text.parse().ok(),
        "strict, or small: in cooperatives of three the analyst may sit at level 1";
    "REQUIRED_DOCUMENTS" Json = r#"["KTP","KK","SK_PENSIUN"]"#,
        required_documents: |text| serde_json::from_str(text).ok(),
        "kinds of member documents that must be verified before an application is submitted";
    "DOCUMENT_FOUR_EYES" Boolean = "false", document_four_eyes: |text| text.trim().parse().ok(),
        "true: who uploaded a member's document does not verify it";
    "OFFER_VALID_DAYS" Integer = "30", offer_valid_days: |text| within(text, 1, 3_650),
        "days, 1 to 3650, after which an approved loan that was not disbursed is cancelled";
    "FIRST_DUE_MIN_DAYS" Integer = "15", first_due_min_days: |text| within(text, 0, 92),
        "days, 0 to 92, that lie at least between disbursement and first due date";
    "UPLOAD_MAX_BYTES" Integer = "10485760",
        upload_max_bytes: |text| within(text, 1_024, 104_857_600),
        "the size of a document, bytes, 1 KiB to 100 MiB";
    "IMPORT_MAX_BYTES" Integer = "268435456",
        import_max_bytes: |text| within(text, 1_024, 4_294_967_296),
        "the size of a realisation file, bytes, 1 KiB to 4 GiB";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_declared_once_and_take_their_defaults() {
        let mut keys: Vec<&str> = CONFIGURATION.iter().map(|declared| declared.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), CONFIGURATION.len());
        for declared in CONFIGURATION {
            let mut settings = Settings::default();
            assert_eq!(declared.apply(&mut settings, declared.default), Ok(()));
            assert_eq!(settings, Settings::default(), "{}", declared.key);
        }
    }

    #[test]
    fn values_out_of_bounds_are_refused() {
        for (key, value) in [
            ("MAX_LOGIN_ATTEMPTS", "0"),
            ("ACCESS_TOKEN_MINUTES", "121"),
            ("INTEREST_CAP", "-1"),
            ("DSR_DEFAULT", "100.1"),
            ("BILLING_TOLERANCE", "1.005"),
            ("KOLEKTIBILITAS_BOUNDS", "[0,90,90,180]"),
            ("COMMITTEE_LEVELS", r#"[["KOMITE"]]"#),
            ("FOUR_EYES", "none"),
            ("REQUIRED_DOCUMENTS", "KTP"),
            ("DOCUMENT_FOUR_EYES", "yes"),
        ] {
            let declared = CONFIGURATION.iter().find(|declared| declared.key == key).unwrap();
            assert!(declared.apply(&mut Settings::default(), value).is_err(), "{key} {value}");
        }
    }
}
