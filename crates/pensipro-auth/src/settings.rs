//! The configuration as rules read it: every key once, with its type, default, bounds and effect.

use std::str::FromStr;

use chrono::{NaiveTime, TimeDelta};
use pensipro_kernel::{FourEyes, Money, NotificationChannel, Rate};

use serde_json::Value;

use crate::{Configuration, SessionLife, ValueType};

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
    /// The key that rules read by this name.
    pub fn of(key: &str) -> Option<&'static Self> {
        CONFIGURATION.iter().find(|declared| declared.key == key)
    }

    /// The settings that state this value beside all others' defaults.
    pub fn stated(&self, value: &str) -> Result<Settings, String> {
        let mut settings = Settings::default();
        self.apply(&mut settings, value)?;
        Ok(settings)
    }

    fn apply(&self, settings: &mut Settings, value: &str) -> Result<(), String> {
        (self.read)(settings, value)
            .ok_or_else(|| format!("{} cannot be {value:?}: {}", self.key, self.effect))
    }
}

macro_rules! settings {
    ($(
        $key:literal $kind:ident = $default:literal,
        $field:ident: $type:ty = $read:expr,
        $effect:literal;
    )*) => {
        /// Every configured value, typed.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            $(#[doc = $effect] pub $field: $type,)*
        }

        /// Every key that rules read.
        pub const CONFIGURATION: &[Declared] = &[$(Declared {
            key: $key,
            value_type: ValueType::$kind,
            default: $default,
            effect: $effect,
            read: |settings, text| {
                let read: fn(&str) -> Option<$type> = $read;
                settings.$field = read(text)?;
                Some(())
            },
        }),*];

        impl Default for Settings {
            /// The declared defaults. One that its own declaration refuses is caught by a test.
            fn default() -> Self {
                Self {$(
                    $field: {
                        let read: fn(&str) -> Option<$type> = $read;
                        read($default).unwrap_or_default()
                    },
                )*}
            }
        }
    };
}

// A new key is a new row here; what rules take of it is said in the shell's `policy.rs`. The page
// docs/configuration.md follows (`make openapi`).
settings! {
    "MAX_LOGIN_ATTEMPTS" Integer = "5", max_login_attempts: u16 = |text| within(text, 1, 100),
        "wrong passwords in a row, 1 to 100, before an account is locked for 15 minutes";
    "ACCESS_TOKEN_MINUTES" Integer = "15", access_token_minutes: u16 = |text| within(text, 1, 120),
        "minutes that an access token lives, 1 to 120";
    "SESSION_IDLE_HOURS" Integer = "16", session_idle_hours: u16 = |text| within(text, 1, 720),
        "hours without a refresh, 1 to 720, after which a session ends";
    "SESSION_MAX_HOURS" Integer = "24", session_max_hours: u16 = |text| within(text, 1, 720),
        "hours, 1 to 720, after which a session ends in any case";
    "DEFAULT_NOTIFICATION_CHANNEL" Text = "inapp",
        default_notification_channel: NotificationChannel = parsed,
        "inapp, email, whatsapp or sms: how notices go out that name no channel";
    "INTEREST_CAP" Decimal = "24", interest_cap: Rate = |text| percent(text, 1_000),
        "the highest nominal effective yearly rate of a product, percent, 0 to 1000";
    "DSR_DEFAULT" Decimal = "90", dsr_default: Rate = |text| percent(text, 100),
        "debt-service ratio of products that state none, percent of the monthly benefit, 0 to 100";
    "BILLING_TOLERANCE" Decimal = "0", billing_tolerance: Money = amount,
        "rupiah by which a pension cut may differ from what was billed and still match";
    "BILLING_ARREARS" Boolean = "false", billing_arrears: bool = parsed,
        "true: an export that does not say bills unpaid instalments of earlier months too";
    "BILLING_CUT_OFF_DAY" Integer = "0", billing_cut_off_day: u32 = |text| within(text, 0, 31),
        "day of the month before, 1 to 31, after which an export needs a reason, since payers take no deductions any more; 0 for none";
    "BILLING_EXPORT_DAY" Integer = "0", billing_export_day: u32 = |text| within(text, 0, 31),
        "day of the month, 1 to 31, from which the next month's exports are made by themselves, one for each payer who has loans; 0 for none";
    "DEFAULT_DPD_DAYS" Integer = "90", default_dpd_days: u32 = |text| within(text, 1, 3_650),
        "days past due, 1 to 3650, after which an active loan is in default";
    "KOLEKTIBILITAS_BOUNDS" Json = "[0,90,120,180]", kolektibilitas_bounds: [u32; 4] = bounds,
        "the last day past due of levels 1 to 4, four rising whole numbers; beyond them is level 5";
    "PROVISION_PERCENT" Json = r#"["1","5","15","50","100"]"#, provision_percent: [Rate; 5] = provisions,
        "what is set aside for loans of levels 1 to 5, percent of their unpaid principal, five of 0 to 100";
    "DPD_REMINDER_DAYS" Json = "[-3,1,7,30]", dpd_reminder_days: Vec<i32> = reminders,
        "days past due, rising, at most 12, from which a member is reminded, once each for an oldest unpaid instalment; below 0 days before it is due (-30 to -1), for loans that are not late; [] reminds nobody";
    "QUIET_HOURS" Text = "21:00-07:00", quiet_hours: Option<(NaiveTime, NaiveTime)> = quiet,
        "hours of the day, in the house's time zone, within which nothing is sent to members by e-mail, WhatsApp or SMS: what is ready then goes at their end; off for none";
    "NOTIFY_FILE_PAYMENTS" Boolean = "true", notify_file_payments: bool = parsed,
        "true: members are told of payments that came in a payer's file too, once a channel to them is set up or a webhook wants them";
    "DELIVERY_MAX_TRIES" Integer = "10", delivery_max_tries: u32 = |text| within(text, 1, 50),
        "tries, 1 to 50, after which a message is given up: ten take some three hours";
    "MESSAGE_RETENTION_DAYS" Integer = "90", message_retention_days: u32 = |text| within(text, 1, 3_650),
        "days, 1 to 3650, for which messages that left the house are kept, and events of which everybody was told; notices themselves stay";
    "EMAIL_PER_MINUTE" Integer = "600", email_per_minute: u32 = |text| within(text, 1, 1_000_000),
        "e-mails that an instance sends in a minute, 1 to 1000000";
    "WHATSAPP_PER_MINUTE" Integer = "1200", whatsapp_per_minute: u32 = |text| within(text, 1, 1_000_000),
        "WhatsApp messages that an instance sends in a minute, 1 to 1000000";
    "SMS_PER_MINUTE" Integer = "600", sms_per_minute: u32 = |text| within(text, 1, 1_000_000),
        "text messages that an instance sends in a minute, 1 to 1000000";
    "WEBHOOK_PER_MINUTE" Integer = "60000", webhook_per_minute: u32 = |text| within(text, 1, 1_000_000),
        "events that an instance sends to each other system in a minute, 1 to 1000000";
    "COMMITTEE_LEVELS" Json = r#"[["SPV","KOMITE"],["MANAGER","KOMITE"],["DIREKSI"]]"#,
        committee_levels: Vec<Vec<String>> = levels,
        "the roles that may sit on each level of the committee, at least two levels";
    "COMMITTEE_THIRD_LEVEL_FROM" Decimal = "100000000.00",
        committee_third_level_from: Money = amount,
        "the plafon, rupiah, from which every level decides; below it the first two";
    "COMMITTEE_BANDS" Json = "[]", committee_bands: Value = json_list,
        "applications with levels of their own, the first that fits tells: plafon_from, plafon_below, products, branches (ids), levels; absent is any";
    "COMMITTEE_DEADLINE_HOURS" Json = "[]", committee_deadline_hours: Vec<u16> = deadlines,
        "hours that each level of the committee may take before its deadline is told of, 0 for any time; the last stands for all levels after it";
    "SCORECARD" Json = r#"[{"factor":"dsr","weight":30,"bands":[{"to":"30","points":100},{"to":"50","points":70},{"to":"70","points":40},{"points":0}]},{"factor":"income_ratio","weight":20,"bands":[{"to":"30","points":100},{"to":"50","points":70},{"to":"70","points":40},{"points":0}]},{"factor":"age_at_end","weight":20,"bands":[{"to":"65","points":100},{"to":"70","points":70},{"to":"75","points":40},{"points":0}]},{"factor":"benefit_share","weight":10,"bands":[{"to":"40","points":100},{"to":"70","points":60},{"points":20}]},{"factor":"tenor","weight":10,"bands":[{"to":"36","points":100},{"to":"60","points":80},{"to":"96","points":50},{"points":20}]},{"factor":"open_loans","weight":10,"bands":[{"to":"0","points":100},{"to":"1","points":60},{"points":0}]}]"#,
        scorecard: Value = json_list,
        "factors of the scorecard beside the analyst's score: dsr, income_ratio, age_at_end, benefit_share, tenor, open_loans, each with weight 1 to 1000 and rising bands (to, points 0 to 100), the last without to; [] makes no score";
    "LETTERHEAD" Json = r#"["Koperasi"]"#, letterhead: Vec<String> = lines,
        "the lines above offer letters and agreements, the cooperative's name first, at most 6";
    "FOUR_EYES" Text = "strict", four_eyes: FourEyes = parsed,
        "strict, or small: in cooperatives of three the analyst may sit at level 1";
    "REQUIRED_DOCUMENTS" Json = r#"["KTP","KK","SK_PENSIUN"]"#,
        required_documents: Vec<String> = |text| serde_json::from_str(text).ok(),
        "kinds of member documents that must be verified before an application is submitted";
    "DOCUMENT_FOUR_EYES" Boolean = "false", document_four_eyes: bool = parsed,
        "true: who uploaded a member's document does not verify it";
    "FUNDER_FEE_PPN" Decimal = "0", funder_fee_ppn: Rate = |text| percent(text, 100),
        "value added tax (PPN) on what funders pay for bringing and serving loans, percent, 0 to 100";
    "FUNDER_FEE_PPH23" Decimal = "0", funder_fee_pph23: Rate = |text| percent(text, 100),
        "income tax (PPh 23) that funders withhold from these fees, percent, 0 to 100";
    "OFFER_VALID_DAYS" Integer = "30", offer_valid_days: u32 = |text| within(text, 1, 3_650),
        "days, 1 to 3650, after which an approved loan that was not disbursed is cancelled";
    "RESTRUCTURE_VALID_DAYS" Integer = "30",
        restructure_valid_days: u32 = |text| within(text, 1, 3_650),
        "days, 1 to 3650, after which a request to restructure that nobody decided lapses";
    "FIRST_DUE_MIN_DAYS" Integer = "15", first_due_min_days: u32 = |text| within(text, 0, 92),
        "days, 0 to 92, that lie at least between disbursement and first due date";
    "UPLOAD_MAX_BYTES" Integer = "10485760",
        upload_max_bytes: u64 = |text| within(text, 1_024, 104_857_600),
        "the size of a document, bytes, 1 KiB to 100 MiB";
    "RETENTION_YEARS" Integer = "10", retention_years: u16 = |text| within(text, 5, 100),
        "whole years, 5 to 100, after the end of the business year of the last event, for which a \
         member's papers are kept: ten are what UU 8/1997, article 11, wants of financial papers; \
         before that nobody is anonymised";
    "IMPORT_MAX_BYTES" Integer = "268435456",
        import_max_bytes: u64 = |text| within(text, 1_024, 4_294_967_296),
        "the size of a realisation file, bytes, 1 KiB to 4 GiB";
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}

fn within<T: FromStr + PartialOrd>(text: &str, least: T, most: T) -> Option<T> {
    parsed(text).filter(|value| *value >= least && *value <= most)
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

/// A JSON list whose elements another module reads.
fn json_list(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(Value::is_array)
}

/// Days past due, rising, below zero days ahead; never the day itself.
fn reminders(text: &str) -> Option<Vec<i32>> {
    let days: Vec<i32> = serde_json::from_str(text).ok()?;
    let rise = days.windows(2).all(|pair| pair.first() < pair.last());
    let are_days = days.iter().all(|day| (-30..=3_650).contains(day) && *day != 0);
    (days.len() <= 12 && rise && are_days).then_some(days)
}

/// Two times of the day, or `off`.
fn quiet(text: &str) -> Option<Option<(NaiveTime, NaiveTime)>> {
    let text = text.trim();
    if text == "off" {
        return Some(None);
    }
    let (from, until) = text.split_once('-')?;
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let (from, until) = (time(from)?, time(until)?);
    (from != until).then_some(Some((from, until)))
}

/// What is set aside for the five levels, each a part of the whole.
fn provisions(text: &str) -> Option<[Rate; 5]> {
    let provisions: [Rate; 5] = serde_json::from_str(text).ok()?;
    let are_parts = provisions.iter().all(|pct| (Rate::ZERO..=Rate::HUNDRED).contains(pct));
    are_parts.then_some(provisions)
}

/// Hours of up to nine levels.
fn deadlines(text: &str) -> Option<Vec<u16>> {
    serde_json::from_str(text).ok().filter(|hours: &Vec<u16>| hours.len() <= 9)
}

/// Up to six lines of print.
fn lines(text: &str) -> Option<Vec<String>> {
    let lines: Vec<String> = serde_json::from_str(text).ok()?;
    let fits = |line: &String| line.chars().count() <= 120 && !line.contains(char::is_control);
    (lines.len() <= 6 && lines.iter().all(fits)).then_some(lines)
}

/// The last day of each of the first four levels, rising.
fn bounds(text: &str) -> Option<[u32; 4]> {
    let bounds: [u32; 4] = serde_json::from_str(text).ok()?;
    bounds.is_sorted_by(|one, next| one < next).then_some(bounds)
}

impl Settings {
    /// The settings that these rows give. Keys that no rule reads are passed over; a key without a
    /// row keeps its default; a value that cannot be taken is an error that names its key.
    pub fn read(rows: &[Configuration]) -> Result<Self, String> {
        let mut settings = Self::default();
        for declared in CONFIGURATION {
            if let Some(row) = rows.iter().find(|row| row.key == declared.key) {
                declared.apply(&mut settings, &row.value)?;
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
}

#[cfg(test)]
mod tests {
    use pensipro_kernel::{ConfigurationId, Version};

    use super::*;

    fn row(key: &str, value: &str) -> Configuration {
        Configuration {
            id: ConfigurationId::new(1),
            key: key.into(),
            value: value.into(),
            value_type: ValueType::Integer,
            description: None,
            version: Version::FIRST,
        }
    }

    #[test]
    fn keys_are_declared_once_and_take_their_defaults() {
        let mut keys: Vec<&str> = CONFIGURATION.iter().map(|declared| declared.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), CONFIGURATION.len());
        for declared in CONFIGURATION {
            assert_eq!(
                declared.stated(declared.default),
                Ok(Settings::default()),
                "{}",
                declared.key
            );
            let written = declared.value_type.check("", declared.default);
            assert_eq!(written.as_deref(), Ok(declared.default), "{}", declared.key);
        }
    }

    #[test]
    fn values_out_of_bounds_are_refused() {
        for (key, value) in [
            ("MAX_LOGIN_ATTEMPTS", "0"),
            ("ACCESS_TOKEN_MINUTES", "121"),
            ("DEFAULT_NOTIFICATION_CHANNEL", "pigeon"),
            ("INTEREST_CAP", "-1"),
            ("DSR_DEFAULT", "100.1"),
            ("PROVISION_PERCENT", r#"["1","5","15","50","101"]"#),
            ("PROVISION_PERCENT", r#"["1","5","15","50"]"#),
            ("DPD_REMINDER_DAYS", "[0]"),
            ("DPD_REMINDER_DAYS", "[-31]"),
            ("DPD_REMINDER_DAYS", "[1,1]"),
            ("QUIET_HOURS", "21:00"),
            ("QUIET_HOURS", "07:00-07:00"),
            ("QUIET_HOURS", "21:00-24:30"),
            ("DELIVERY_MAX_TRIES", "0"),
            ("MESSAGE_RETENTION_DAYS", "0"),
            ("SMS_PER_MINUTE", "0"),
            ("BILLING_TOLERANCE", "1.005"),
            ("KOLEKTIBILITAS_BOUNDS", "[0,90,90,180]"),
            ("COMMITTEE_LEVELS", r#"[["KOMITE"]]"#),
            ("COMMITTEE_BANDS", "{}"),
            ("LETTERHEAD", "[\"a\\nb\"]"),
            ("SCORECARD", "1"),
            ("COMMITTEE_DEADLINE_HOURS", "[-1]"),
            ("FOUR_EYES", "none"),
            ("REQUIRED_DOCUMENTS", "KTP"),
            ("DOCUMENT_FOUR_EYES", "yes"),
        ] {
            let why = Declared::of(key).unwrap().stated(value).unwrap_err();
            assert!(why.starts_with(key), "{why}");
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
