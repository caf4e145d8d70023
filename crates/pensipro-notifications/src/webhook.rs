//! Other systems that are told of events.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use pensipro_kernel::{AuditValue, Faults, FieldFault, Version, WebhookId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{EventKind, PendingEvent};

/// Stands for every event.
pub const ALL_EVENTS: &str = "*";

/// How a secret begins.
pub const SECRET_PREFIX: &str = "whsec_";

/// How long a secret that was renewed goes on signing beside the new one, so that the other system can
/// come to know it.
pub const SECRETS_OVERLAP: TimeDelta = TimeDelta::hours(24);

/// The most secrets that sign at once.
pub const MOST_SECRETS: usize = 5;

/// A secret that was renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousSecret {
    /// The secret.
    pub secret: String,
    /// When it signs no longer.
    pub until: DateTime<Utc>,
}

/// What goes on signing beside a new secret: those that were renewed lately, and the one before it. An answer
/// that was lost is so no reason that the other system is told of nothing: whichever it knows, one fits.
pub fn previous_secrets(
    mut earlier: Vec<PreviousSecret>,
    present: String,
    now: DateTime<Utc>,
) -> Vec<PreviousSecret> {
    earlier.retain(|previous| previous.until > now);
    earlier.insert(0, PreviousSecret { secret: present, until: now + SECRETS_OVERLAP });
    earlier
}

/// The longest URL, in bytes.
const MAX_URL: usize = 2_000;

/// A subscription as stored. Its secret is shown once, when it is made or renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// What it says.
    pub details: WebhookDetails,
    /// The row's version.
    pub version: Version,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a subscription says, checked. Whether the URL leads outside is proved where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDetails {
    /// Where the other system listens.
    pub url: String,
    /// The events that it is told of, in order, or [`ALL_EVENTS`] alone.
    pub events: Vec<String>,
    /// One that is switched off is told of nothing.
    pub is_active: bool,
}

/// The fields of a subscription or of its change as they came in: `None` keeps.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of WebhookDetails, unchecked")]
pub struct RawWebhook {
    pub url: Option<String>,
    pub events: Option<Vec<String>>,
    pub is_active: Option<bool>,
}

impl WebhookDetails {
    /// Checks the fields of a new subscription, all at once.
    pub fn check(raw: RawWebhook) -> Result<Self, Faults> {
        let RawWebhook { url, events, is_active } = raw;
        let mut faults = Faults::new();
        let given = url.ok_or_else(|| FieldFault::required("url"));
        let url = faults.take(given.and_then(|url| check_url(&url)));
        let given = events.ok_or_else(|| FieldFault::required("events"));
        let events = faults.take(given.and_then(check_events));
        let is_active = is_active.unwrap_or(true);
        let details = || Some(Self { url: url?, events: events?, is_active });
        faults.finish(details())
    }

    /// These details with a change applied.
    pub fn changed(&self, change: RawWebhook) -> Result<Self, Faults> {
        let RawWebhook { url, events, is_active } = change;
        Self::check(RawWebhook {
            url: url.or_else(|| Some(self.url.clone())),
            events: events.or_else(|| Some(self.events.clone())),
            is_active: is_active.or(Some(self.is_active)),
        })
    }

    /// True if it is told of the event.
    pub fn wants(&self, event: &str) -> bool {
        self.is_active && self.events.iter().any(|name| name == event || name == ALL_EVENTS)
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self { url, events, is_active } = self;
        // Where it listens without what may be secret behind it.
        let place = url.split(['?', '#']).next().unwrap_or_default();
        AuditValue::new()
            .with("url", place)
            .with("events", events.clone())
            .with("is_active", *is_active)
    }
}

fn check_url(text: &str) -> Result<String, FieldFault> {
    let url = text.trim();
    let is_address = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = url.len() <= MAX_URL && url.bytes().all(|byte| byte.is_ascii_graphic());
    match is_address && is_plain {
        true => Ok(url.to_owned()),
        false => Err(FieldFault::new("url", "invalid_url", "is an address such as https://…")),
    }
}

fn check_events(mut events: Vec<String>) -> Result<Vec<String>, FieldFault> {
    events.sort_unstable();
    events.dedup();
    if events.is_empty() {
        return Err(FieldFault::new("events", "required", "names at least one event, or *"));
    }
    let is_known = |name: &&String| *name != ALL_EVENTS && EventKind::named(name).is_none();
    if let Some(name) = events.iter().find(is_known) {
        let message = format!("{name} is no event that others are told of");
        return Err(FieldFault::new("events", "unknown", message));
    }
    match events.iter().any(|name| name == ALL_EVENTS) {
        true => Ok(vec![ALL_EVENTS.to_owned()]),
        false => Ok(events),
    }
}

/// What another system is told of an event: `event`, `created_at` and `data`, which holds what a
/// template may name and the number of the thing, and nothing else of anybody. Its `id` is added when
/// it is sent.
pub fn payload(event: &PendingEvent, kind: &EventKind) -> String {
    let named = kind.placeholders.iter();
    let values = named.filter_map(|(name, _)| event.params.get_key_value(*name));
    let mut data: Map<String, Value> =
        values.map(|(name, value)| (name.clone(), value.clone())).collect();
    data.insert("ref_table".to_owned(), event.ref_table.as_str().into());
    data.insert("ref_id".to_owned(), event.ref_id.into());
    let at = event.happened_at.to_rfc3339_opts(SecondsFormat::Micros, true);
    json!({ "event": event.name, "created_at": at, "data": data }).to_string()
}

/// The same with its id, as it is sent.
pub fn with_id(payload: &str, id: &str) -> String {
    let mut object = match serde_json::from_str(payload) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    };
    object.insert("id".to_owned(), id.into());
    Value::Object(object).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pensipro_kernel::MemberId;

    fn raw(url: &str, events: &[&str]) -> RawWebhook {
        let events = Some(events.iter().map(|name| (*name).to_owned()).collect());
        RawWebhook { url: Some(url.into()), events, is_active: None }
    }

    #[test]
    fn a_subscription_names_a_url_and_events_that_there_are() {
        let check = |url: &str, events: &[&str]| {
            let faults = WebhookDetails::check(raw(url, events)).unwrap_err();
            faults.list().iter().map(|fault| (fault.field.clone(), fault.code)).collect::<Vec<_>>()
        };
        let url = "https://erp.example.id/hook";
        assert_eq!(check("ftp://x", &[url]).len(), 2);
        assert_eq!(check("https://a b", &["*"]), [("url".to_owned(), "invalid_url")]);
        assert_eq!(check(url, &[]), [("events".to_owned(), "required")]);
        assert_eq!(check(url, &["loan.sold"]), [("events".to_owned(), "unknown")]);
        let details = WebhookDetails::check(raw(url, &["loan.settled", "*"])).unwrap();
        assert_eq!(details.events, ["*"]);
        assert!(details.wants("loan.disbursed"));
        let off = RawWebhook { is_active: Some(false), ..RawWebhook::default() };
        assert!(!details.changed(off).unwrap().wants("loan.disbursed"));
        assert_eq!(WebhookDetails::check(RawWebhook::default()).unwrap_err().list().len(), 2);
    }

    #[test]
    fn others_are_told_what_a_template_may_name_and_no_more() {
        let params = json!({"loan_number": "LN-1", "amount": "1.00", "paid_on": "2026-06-15",
            "loan_id": 7, "note": "rahasia"});
        let event = PendingEvent {
            id: Some(1),
            name: "payment.received".into(),
            ref_table: "loan_payments".into(),
            ref_id: 9,
            member_id: Some(MemberId::new(4)),
            params: params.as_object().unwrap().clone(),
            happened_at: DateTime::UNIX_EPOCH,
        };
        let payload = payload(&event, EventKind::named("payment.received").unwrap());
        let sent: Value = serde_json::from_str(&with_id(&payload, "k-1")).unwrap();
        let data = json!({"loan_number": "LN-1", "amount": "1.00", "paid_on": "2026-06-15",
            "ref_table": "loan_payments", "ref_id": 9});
        let expected = json!({"id": "k-1", "event": "payment.received",
            "created_at": "1970-01-01T00:00:00.000000Z", "data": data});
        assert_eq!(sent, expected);
    }
}
