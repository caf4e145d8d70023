//! Bodies of notices and their templates.

use chrono::{DateTime, Utc};
use pensipro_kernel::{BranchId, MemberId, UserId};
use pensipro_notifications::{
    Broadcast, DeliveryStatus, NewNotification, Notification, NotificationFilter, RawManual,
    RawTemplate, RawTemplateChange, Recipient, Template, TemplateDetails, usecases::Sent,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::bodies::change::given;

/// A notice to be sent: to a user, a member, or many users.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendBody {
    /// To this user.
    #[schema(value_type = Option<i64>)]
    user_id: Option<UserId>,
    /// To this member.
    #[schema(value_type = Option<i64>)]
    member_id: Option<MemberId>,
    /// To many users.
    broadcast: Option<BroadcastBody>,
    /// `inapp`, `email`, `whatsapp` or `sms`; absent: `DEFAULT_NOTIFICATION_CHANNEL`.
    channel: Option<String>,
    /// A template for notices by hand, in place of title and body.
    template_code: Option<String>,
    /// The template's values.
    #[schema(value_type = Option<Object>)]
    params: Option<Map<String, Value>>,
    /// On one line.
    title: Option<String>,
    /// What it says.
    body: Option<String>,
}

/// Who is told at once: users of whom all that is given holds, or the members of a list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BroadcastBody {
    /// Who holds this role.
    role: Option<String>,
    /// Who belongs to this branch.
    #[schema(value_type = Option<i64>)]
    branch_id: Option<BranchId>,
    /// Everybody.
    all: Option<bool>,
    /// These users, at most 1000.
    #[schema(value_type = Option<Vec<i64>>)]
    user_ids: Option<Vec<UserId>>,
    /// These members, at most 1000, and no users.
    #[schema(value_type = Option<Vec<i64>>)]
    member_ids: Option<Vec<MemberId>>,
}

impl From<SendBody> for RawManual {
    fn from(body: SendBody) -> Self {
        let SendBody { user_id, member_id, broadcast, channel, template_code, params, title, body } =
            body;
        let broadcast =
            broadcast.map(|BroadcastBody { role, branch_id, all, user_ids, member_ids }| {
                Broadcast {
                    role,
                    branch_id,
                    all: all.unwrap_or(false),
                    user_ids: user_ids.unwrap_or_default(),
                    member_ids: member_ids.unwrap_or_default(),
                }
            });
        let params = params.unwrap_or_default();
        Self { user_id, member_id, broadcast, channel, template_code, params, title, body }
    }
}

/// How many people a notice went to.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticesSentBody {
    /// Each finds it in his list, or is sent it by the channel.
    pub recipients: usize,
    /// Of many, those whom the channel does not reach, or who have switched it off.
    pub left_out: usize,
}

impl From<Sent> for NoticesSentBody {
    fn from(Sent { recipients, left_out }: Sent) -> Self {
        Self { recipients, left_out }
    }
}

/// How many notices somebody has not read.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnreadBody {
    /// Those in the list with `is_read=false`.
    pub unread: i64,
}

/// A notice.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct NotificationBody {
    pub id: i64,
    pub user_id: Option<i64>,
    pub member_id: Option<i64>,
    /// What happened: `loan.disbursed`; `manual` for a notice by hand.
    pub event: String,
    /// `inapp`, `email`, `whatsapp` or `sms`
    pub channel: &'static str,
    pub title: String,
    pub body: String,
    /// `sent`: it stands in the recipient's list, or was taken by the mail server or gateway; else
    /// `pending`, `dead` or `cancelled`.
    pub status: &'static str,
    pub is_read: bool,
    pub read_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    /// Who wrote it; `null` for what follows from an event.
    pub created_by: Option<i64>,
}

impl From<Notification> for NotificationBody {
    fn from(notification: Notification) -> Self {
        let Notification { id, content, delivery, read_at, created_at, created_by } = notification;
        let NewNotification { to, event, channel, text, outbox_id: _ } = content;
        let (user, member) = match to {
            Recipient::User(user) => (Some(user), None),
            Recipient::Member(member) => (None, Some(member)),
        };
        Self {
            id: id.get(),
            user_id: user.map(UserId::get),
            member_id: member.map(MemberId::get),
            event,
            channel: channel.code(),
            title: text.title,
            body: text.body,
            status: delivery.unwrap_or(DeliveryStatus::Sent).code(),
            is_read: read_at.is_some(),
            read_at,
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}

/// Filters of the list of notices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct NotificationQuery {
    /// To this user; another than oneself needs `SEND_NOTIFICATION`.
    user_id: Option<i64>,
    /// To this member; needs `SEND_NOTIFICATION`.
    member_id: Option<i64>,
    /// Read or not.
    is_read: Option<bool>,
    /// Of this event.
    event: Option<String>,
}

impl From<NotificationQuery> for NotificationFilter {
    fn from(query: NotificationQuery) -> Self {
        let NotificationQuery { user_id, member_id, is_read, event } = query;
        let (user_id, member_id) = (user_id.map(UserId::new), member_id.map(MemberId::new));
        Self { user_id, member_id, is_read, event }
    }
}

/// A template to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplateBody {
    /// Short code; no two templates share one.
    #[schema(value_type = String, example = "PINJAMAN_CAIR")]
    template_code: Option<String>,
    /// What it tells of, or `manual`.
    #[schema(value_type = String, example = "loan.disbursed")]
    event: Option<String>,
    /// `inapp`, `email`, `whatsapp` or `sms`
    #[schema(value_type = String, example = "inapp")]
    channel: Option<String>,
    /// On one line.
    #[schema(value_type = String, example = "Pinjaman {loan_number} cair")]
    title: Option<String>,
    /// With the event's values in braces.
    #[schema(value_type = String, example = "Pinjaman {loan_number} sebesar {amount} cair.")]
    body: Option<String>,
    /// `true` if absent.
    is_active: Option<bool>,
}

impl From<NewTemplateBody> for RawTemplate {
    fn from(body: NewTemplateBody) -> Self {
        let NewTemplateBody { template_code, event, channel, title, body, is_active } = body;
        Self { code: template_code, event, channel, title, body, is_active }
    }
}

/// What is to change of a template; code, event and channel stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateChangeBody {
    /// On one line.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    title: Option<String>,
    /// With the event's values in braces.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    body: Option<String>,
    /// `false` switches it off.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
}

impl From<TemplateChangeBody> for RawTemplateChange {
    fn from(body: TemplateChangeBody) -> Self {
        let TemplateChangeBody { title, body, is_active } = body;
        Self { title, body, is_active }
    }
}

/// A template.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct TemplateBody {
    pub id: i64,
    pub template_code: String,
    pub event: String,
    /// `inapp`, `email`, `whatsapp` or `sms`
    pub channel: &'static str,
    pub title: String,
    pub body: String,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Template> for TemplateBody {
    fn from(template: Template) -> Self {
        let Template { id, details, version: _, created_at, updated_at } = template;
        let TemplateDetails { code, channel, wording, is_active } = details;
        Self {
            id: id.get(),
            template_code: code,
            event: wording.event().to_owned(),
            channel: channel.code(),
            title: wording.text().title.clone(),
            body: wording.text().body.clone(),
            is_active,
            created_at,
            updated_at,
        }
    }
}

/// Filters of the list of templates.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TemplateQuery {
    /// Those in use, or those switched off; in use if absent.
    pub is_active: Option<bool>,
}
