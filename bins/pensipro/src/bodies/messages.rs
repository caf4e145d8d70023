//! Bodies of messages on their way, of other systems, and of what members want to be told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use pensipro_notifications::{
    DeliveredTo, Delivery, DeliveryChannel, DeliveryFilter, DeliveryStatus, EventGroup,
    MEMBER_CHANNELS, MemberPreferences, RawPreferences, RawWebhook, Webhook, WebhookDetails,
    usecases::Before,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::bodies::change::given;

/// Filters of the list of messages.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DeliveryQuery {
    /// `email`, `whatsapp`, `sms` or `webhook`
    #[param(value_type = Option<String>)]
    channel: Option<DeliveryChannel>,
    /// `pending`, `sent`, `dead` or `cancelled`
    #[param(value_type = Option<String>)]
    status: Option<DeliveryStatus>,
}

impl From<DeliveryQuery> for DeliveryFilter {
    fn from(DeliveryQuery { channel, status }: DeliveryQuery) -> Self {
        Self { channel, status }
    }
}

/// A message that leaves the house.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct DeliveryBody {
    pub id: i64,
    /// `email`, `whatsapp`, `sms` or `webhook`
    pub channel: &'static str,
    /// What happened: `loan.disbursed`; `manual` for a notice by hand.
    pub event: String,
    pub user_id: Option<i64>,
    pub member_id: Option<i64>,
    pub sales_id: Option<i64>,
    pub funder_id: Option<i64>,
    pub webhook_id: Option<i64>,
    /// `pending`, `sent`, `dead` (given up) or `cancelled` (there is nobody left to send it to)
    pub status: &'static str,
    pub tries: u32,
    /// When it may go; `null` once it does not wait any more.
    pub next_try_at: Option<DateTime<Utc>>,
    /// Why the last try failed: a short code.
    pub last_error: Option<String>,
    pub sent_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl From<Delivery> for DeliveryBody {
    fn from(delivery: Delivery) -> Self {
        let Delivery {
            id,
            channel,
            to,
            event,
            status,
            tries,
            available_at,
            last_error,
            sent_at,
            created_at,
        } = delivery;
        let mut body = Self {
            id: id.get(),
            channel: channel.code(),
            event,
            user_id: None,
            member_id: None,
            sales_id: None,
            funder_id: None,
            webhook_id: None,
            status: status.code(),
            tries,
            next_try_at: (status == DeliveryStatus::Pending).then_some(available_at),
            last_error,
            sent_at,
            created_at,
        };
        match to {
            DeliveredTo::User(id) => body.user_id = Some(id.get()),
            DeliveredTo::Member(id) => body.member_id = Some(id.get()),
            DeliveredTo::Sales(id) => body.sales_id = Some(id.get()),
            DeliveredTo::Funder(id) => body.funder_id = Some(id.get()),
            DeliveredTo::Webhook(id) => body.webhook_id = Some(id.get()),
        }
        body
    }
}

/// Another system that is to be told of events.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhookBody {
    /// Where it listens; it must be a public address, by HTTPS, unless the installation allows others.
    #[schema(value_type = String, example = "https://erp.example.id/pensipro")]
    url: Option<String>,
    /// The events, or `*` for all.
    #[schema(value_type = Vec<String>, example = json!(["loan.disbursed", "payment.received"]))]
    events: Option<Vec<String>>,
    /// `true` if absent.
    is_active: Option<bool>,
}

impl From<NewWebhookBody> for RawWebhook {
    fn from(NewWebhookBody { url, events, is_active }: NewWebhookBody) -> Self {
        Self { url, events, is_active }
    }
}

/// What is to change of another system.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChangeBody {
    /// Where it listens.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    url: Option<String>,
    /// The events, or `*` for all; in place of those before.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    events: Option<Vec<String>>,
    /// `false` switches it off: what happens meanwhile it is never told of.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
}

impl From<WebhookChangeBody> for RawWebhook {
    fn from(WebhookChangeBody { url, events, is_active }: WebhookChangeBody) -> Self {
        Self { url, events, is_active }
    }
}

/// Another system that is told of events.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct WebhookBody {
    pub id: i64,
    pub url: String,
    /// Their names, or `*`.
    pub events: Vec<String>,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Webhook> for WebhookBody {
    fn from(webhook: Webhook) -> Self {
        let Webhook { id, details, version: _, created_at, updated_at } = webhook;
        let WebhookDetails { url, events, is_active } = details;
        Self { id: id.get(), url, events, is_active, created_at, updated_at }
    }
}

/// What becomes of the secrets before a new one.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RenewSecretBody {
    /// `true`: they sign no longer, since one came to be known to others; else they sign beside it for a day.
    drop_previous: bool,
}

impl From<RenewSecretBody> for Before {
    fn from(RenewSecretBody { drop_previous }: RenewSecretBody) -> Self {
        if drop_previous { Self::Dropped } else { Self::SignsOn }
    }
}

/// The same with the secret that signs what it is told, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretWebhookBody {
    /// The system.
    #[serde(flatten)]
    pub webhook: WebhookBody,
    /// `whsec_` and Base64, as Standard Webhooks write it.
    pub secret: String,
}

/// Which channels may tell a member of what. In the application he is told of everything: that is the
/// house's own record.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreferencesBody {
    /// Whose these are.
    pub member_id: i64,
    /// By group of events (`application`, `loan`, `payment`, `reminder`, `refund`, `restructure`,
    /// `manual`): whether he is told by `email`, `whatsapp` and `sms`.
    pub groups: BTreeMap<&'static str, BTreeMap<&'static str, bool>>,
    /// `null` where nothing was ever chosen.
    pub updated_at: Option<DateTime<Utc>>,
}

impl From<MemberPreferences> for PreferencesBody {
    fn from(chosen: MemberPreferences) -> Self {
        let MemberPreferences { member_id, preferences, version: _, updated_at } = chosen;
        let channels = |group: EventGroup| {
            let wants = MEMBER_CHANNELS.iter();
            wants.map(|channel| (channel.code(), preferences.wants(group, *channel))).collect()
        };
        let groups = EventGroup::ALL.iter().map(|group| (group.code(), channels(*group)));
        Self { member_id: member_id.get(), groups: groups.collect(), updated_at }
    }
}

/// What is to change; groups and channels that are not named stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferencesChangeBody {
    /// By group and channel: `true` or `false`.
    #[serde(default)]
    #[schema(example = json!({"payment": {"sms": false}}))]
    groups: BTreeMap<String, BTreeMap<String, bool>>,
}

impl From<PreferencesChangeBody> for RawPreferences {
    fn from(PreferencesChangeBody { groups }: PreferencesChangeBody) -> Self {
        groups
    }
}
