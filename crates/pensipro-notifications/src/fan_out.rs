//! From an event to the notices that tell of it.

use std::collections::BTreeSet;

use pensipro_kernel::{FunderId, MemberId, NotificationChannel, UserId};
use serde_json::{Map, Value};

use crate::{Audience, EventKind, NewNotification, Recipient, Template};

/// An entry of the outbox that was not told of yet.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingEvent {
    /// Its number there.
    pub id: i64,
    /// The event's name.
    pub name: String,
    /// The table of the thing.
    pub ref_table: String,
    /// The thing's id.
    pub ref_id: i64,
    /// The member it concerns.
    pub member_id: Option<MemberId>,
    /// Named values.
    pub params: Map<String, Value>,
}

impl PendingEvent {
    /// The roles that are told, where the event names them.
    pub fn roles(&self) -> Vec<String> {
        let listed = self.params.get("roles").and_then(Value::as_str).unwrap_or_default();
        listed.split(',').map(str::trim).filter(|role| !role.is_empty()).map(Into::into).collect()
    }

    /// The funder whose users are told, where the event names one.
    pub fn funder(&self) -> Option<FunderId> {
        self.params.get("funder_id").and_then(Value::as_str)?.parse().ok()
    }
}

/// The users that an event's audience comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// The user as whom the responsible sales person signs in.
    pub sales: Option<UserId>,
    /// Who holds the roles that the event names.
    pub role_holders: Vec<UserId>,
    /// The users of the funder that the event names.
    pub funder_users: Vec<UserId>,
}

/// The notices of an event: each of its audience is told once, by each active template of a channel
/// that is open. What a member is told in the application, staff see.
pub fn fan_out(
    event: &PendingEvent,
    kind: &EventKind,
    recipients: &Recipients,
    templates: &[Template],
    open: &[NotificationChannel],
) -> Vec<NewNotification> {
    let of_event = |template: &&Template| {
        let details = &template.details;
        let is_open = open.contains(&details.channel);
        details.is_active && is_open && details.wording.event() == event.name
    };
    let told = audience(event, kind, recipients);
    let mut notices = Vec::new();
    for template in templates.iter().filter(of_event) {
        let text = template.details.wording.fill(&event.params);
        notices.extend(told.iter().map(|to| NewNotification {
            to: *to,
            event: event.name.clone(),
            channel: template.details.channel,
            text: text.clone(),
            outbox_id: Some(event.id),
        }));
    }
    notices
}

fn audience(
    event: &PendingEvent,
    kind: &EventKind,
    recipients: &Recipients,
) -> BTreeSet<Recipient> {
    let mut told = BTreeSet::new();
    for part in kind.audience {
        match part {
            Audience::Sales => told.extend(recipients.sales.map(Recipient::User)),
            Audience::Member => told.extend(event.member_id.map(Recipient::Member)),
            Audience::Roles => {
                told.extend(recipients.role_holders.iter().copied().map(Recipient::User));
            }
            Audience::Funder => {
                told.extend(recipients.funder_users.iter().copied().map(Recipient::User));
            }
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RawTemplate, TemplateDetails};
    use pensipro_kernel::{TemplateId, Version};
    use serde_json::json;

    fn template(event: &str, channel: &str, is_active: bool) -> Template {
        let raw = RawTemplate {
            code: Some("T".into()),
            event: Some(event.into()),
            channel: Some(channel.into()),
            title: Some("Judul".into()),
            body: Some("Pinjaman {loan_number}".into()),
            is_active: Some(is_active),
        };
        Template {
            id: TemplateId::new(1),
            details: TemplateDetails::check(raw).unwrap(),
            version: Version::FIRST,
            created_at: chrono::DateTime::UNIX_EPOCH,
            updated_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn disbursed() -> PendingEvent {
        let params = json!({"loan_number": "LN-2026-000007", "roles": "SPV, KOMITE,"});
        PendingEvent {
            id: 9,
            name: "loan.disbursed".into(),
            ref_table: "loans".into(),
            ref_id: 7,
            member_id: Some(MemberId::new(3)),
            params: params.as_object().unwrap().clone(),
        }
    }

    const OPEN: &[NotificationChannel] = &[NotificationChannel::InApp];

    #[test]
    fn sales_and_member_are_told_once_by_each_open_channel() {
        let (event, kind) = (disbursed(), EventKind::named("loan.disbursed").unwrap());
        let recipients = Recipients { sales: Some(UserId::new(5)), ..Recipients::default() };
        let templates = [
            template("loan.disbursed", "inapp", true),
            template("loan.disbursed", "email", true),
            template("loan.disbursed", "inapp", false),
            template("loan.settled", "inapp", true),
        ];
        let told = fan_out(&event, kind, &recipients, &templates, OPEN);
        let to: Vec<_> = told.iter().map(|notice| notice.to).collect();
        assert_eq!(to, [Recipient::User(UserId::new(5)), Recipient::Member(MemberId::new(3))]);
        assert_eq!(
            (told[0].text.body.as_str(), told[0].outbox_id),
            ("Pinjaman LN-2026-000007", Some(9))
        );
        let none = Recipients::default();
        let alone =
            fan_out(&PendingEvent { member_id: None, ..event }, kind, &none, &templates, OPEN);
        assert_eq!(alone, []);
    }

    #[test]
    fn a_deadline_is_told_to_the_roles_that_it_names() {
        let event = disbursed();
        assert_eq!(event.roles(), ["SPV", "KOMITE"]);
        let kind = EventKind::named("application.deadline_passed").unwrap();
        let recipients = Recipients {
            sales: Some(UserId::new(5)),
            role_holders: vec![UserId::new(8), UserId::new(6), UserId::new(8)],
            funder_users: vec![UserId::new(4)],
        };
        let told = audience(&event, kind, &recipients);
        assert_eq!(
            told.into_iter().collect::<Vec<_>>(),
            [6, 8].map(|id| Recipient::User(UserId::new(id)))
        );
        let kind = EventKind::named("funder.settlement_generated").unwrap();
        let told = audience(&event, kind, &recipients);
        assert_eq!(
            told.into_iter().collect::<Vec<_>>(),
            [4, 6, 8].map(|id| Recipient::User(UserId::new(id)))
        );
    }
}
