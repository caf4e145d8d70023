//! From an event to those who are told of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use pensipro_kernel::{FunderId, MemberId, NotificationChannel, SalesId, UserId};
use serde_json::{Map, Value};

use crate::{
    Addressed, Audience, DeliveryChannel, EventKind, NewDelivery, NewNotification, Posting, Reach,
    Recipient, Template, Ways, Webhook, payload,
};

/// The event of a chunk of a payer's file, which tells nobody itself: its payments are told of.
const FILE_CHUNK: &str = "billing.import.chunk";

/// An entry of the outbox that was not told of yet.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingEvent {
    /// Its number there; `None` for a payment that came in a file, many of which share an entry.
    pub id: Option<i64>,
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
    /// When it happened.
    pub happened_at: DateTime<Utc>,
}

impl PendingEvent {
    /// The roles that are told, where the event names them.
    pub fn roles(&self) -> Vec<String> {
        let listed = self.params.get("roles").and_then(Value::as_str).unwrap_or_default();
        listed.split(',').map(str::trim).filter(|role| !role.is_empty()).map(Into::into).collect()
    }

    /// The lines of a payer's file that it stands for, first and last; `None` for any other event.
    pub fn file_lines(&self) -> Option<(i64, i64)> {
        let line = |name: &str| self.params.get(name)?.as_str()?.parse().ok();
        let is_chunk = self.name == FILE_CHUNK;
        is_chunk.then(|| Some((line("first_line")?, line("last_line")?))).flatten()
    }

    /// How many it tells of at most.
    pub fn weight(&self) -> u64 {
        let lines = self.file_lines().map(|(first, last)| last.saturating_sub(first));
        lines.and_then(|lines| u64::try_from(lines).ok()).map_or(1, |lines| lines.saturating_add(1))
    }

    /// The funder whose users are told, where the event names one.
    pub fn funder(&self) -> Option<FunderId> {
        self.params.get("funder_id").and_then(Value::as_str)?.parse().ok()
    }
}

/// The sales person of an application or loan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalesContact {
    /// He signs in as this user.
    User(UserId),
    /// He does not sign in, and is reached so.
    Person(SalesId, Ways),
}

/// Who an event's audience comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipients {
    /// The responsible sales person.
    pub sales: Option<SalesContact>,
    /// Who holds the roles that the event names.
    pub role_holders: Vec<UserId>,
    /// The users of the funder that the event names.
    pub funder_users: Vec<UserId>,
    /// That funder's contact.
    pub funder_contact: Option<(FunderId, Ways)>,
}

/// What is told of an event.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    /// Notices to users and members.
    pub notices: Vec<NewNotification>,
    /// Messages to those who have no list of notices, and to other systems.
    pub messages: Vec<NewDelivery>,
}

/// What is told of an event: each of its audience once, by each active template of a channel that is
/// open, reaches him and is wanted by him. What a member is told in the application, staff see.
pub fn fan_out(
    event: &PendingEvent,
    kind: &EventKind,
    recipients: &Recipients,
    templates: &[Template],
    (reach, posting): (&Reach, &Posting<'_>),
) -> Told {
    let of_event = |template: &&Template| {
        let details = &template.details;
        let is_open = posting.open.contains(&details.channel);
        details.is_active && is_open && details.wording.event() == event.name
    };
    let audience = audience(event, kind, recipients);
    let mut told = Told::default();
    for template in templates.iter().filter(of_event) {
        let channel = template.details.channel;
        let text = template.details.wording.fill(&event.params);
        let reached = audience.iter().filter(|to| reach.takes(**to, kind.group, channel));
        told.notices.extend(reached.map(|to| NewNotification {
            to: *to,
            event: event.name.clone(),
            channel,
            text: text.clone(),
            outbox_id: event.id,
        }));
        let message = |to: Addressed| message(event, channel, to, posting.now);
        told.messages.extend(contacts(kind, recipients, channel).filter_map(|contact| {
            let text = text.clone();
            message(match contact {
                Contact::Sales(sales) => Addressed::Sales(sales, text),
                Contact::Funder(funder) => Addressed::Funder(funder, text),
            })
        }));
    }
    told
}

/// What other systems are told of an event.
pub fn tell_systems<'a>(
    event: &'a PendingEvent,
    kind: &'a EventKind,
    webhooks: &'a [Webhook],
    now: DateTime<Utc>,
) -> impl Iterator<Item = NewDelivery> + 'a {
    let wanting = webhooks.iter().filter(|webhook| webhook.details.wants(&event.name));
    wanting.map(move |webhook| NewDelivery {
        channel: DeliveryChannel::Webhook,
        to: Addressed::Webhook(webhook.id, payload(event, kind)),
        event: event.name.clone(),
        outbox_id: event.id,
        available_at: now,
    })
}

fn message(
    event: &PendingEvent,
    channel: NotificationChannel,
    to: Addressed,
    now: DateTime<Utc>,
) -> Option<NewDelivery> {
    Some(NewDelivery {
        channel: DeliveryChannel::of(channel)?,
        to,
        event: event.name.clone(),
        outbox_id: event.id,
        available_at: now,
    })
}

/// Who is no user, and is told by a message alone.
enum Contact {
    Sales(SalesId),
    Funder(FunderId),
}

fn contacts(
    kind: &EventKind,
    recipients: &Recipients,
    channel: NotificationChannel,
) -> impl Iterator<Item = Contact> {
    let of = |audience: Audience| kind.audience.contains(&audience);
    let sales = match recipients.sales {
        Some(SalesContact::Person(sales, ways)) if of(Audience::Sales) => {
            ways.reach_by(channel).then_some(Contact::Sales(sales))
        }
        _ => None,
    };
    let funder = recipients.funder_contact.filter(|_| of(Audience::Funder));
    let funder = funder.filter(|(_, ways)| ways.reach_by(channel));
    sales.into_iter().chain(funder.map(|(funder, _)| Contact::Funder(funder)))
}

/// The users and members whom an event concerns.
pub(crate) fn audience(
    event: &PendingEvent,
    kind: &EventKind,
    recipients: &Recipients,
) -> BTreeSet<Recipient> {
    let mut told = BTreeSet::new();
    for part in kind.audience {
        match part {
            Audience::Sales => {
                if let Some(SalesContact::User(user)) = recipients.sales {
                    told.insert(Recipient::User(user));
                }
            }
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
            id: Some(9),
            name: "loan.disbursed".into(),
            ref_table: "loans".into(),
            ref_id: 7,
            member_id: Some(MemberId::new(3)),
            params: params.as_object().unwrap().clone(),
            happened_at: DateTime::UNIX_EPOCH,
        }
    }

    const IN_APP: &[NotificationChannel] = &[NotificationChannel::InApp];

    fn posting(open: &[NotificationChannel]) -> Posting<'_> {
        let now = DateTime::UNIX_EPOCH;
        let file_payments = crate::FilePayments::Told;
        Posting { open, now, members_from: now, file_payments }
    }

    #[test]
    fn sales_and_member_are_told_once_by_each_open_channel() {
        let (event, kind) = (disbursed(), EventKind::named("loan.disbursed").unwrap());
        let sales = Some(SalesContact::User(UserId::new(5)));
        let recipients = Recipients { sales, ..Recipients::default() };
        let templates = [
            template("loan.disbursed", "inapp", true),
            template("loan.disbursed", "email", true),
            template("loan.disbursed", "inapp", false),
            template("loan.settled", "inapp", true),
        ];
        let nobody = Reach::default();
        let told =
            fan_out(&event, kind, &recipients, &templates, (&nobody, &posting(IN_APP))).notices;
        let to: Vec<_> = told.iter().map(|notice| notice.to).collect();
        assert_eq!(to, [Recipient::User(UserId::new(5)), Recipient::Member(MemberId::new(3))]);
        assert_eq!(
            (told[0].text.body.as_str(), told[0].outbox_id),
            ("Pinjaman LN-2026-000007", Some(9))
        );
        let none = Recipients::default();
        let event = PendingEvent { member_id: None, ..event };
        let alone = fan_out(&event, kind, &none, &templates, (&nobody, &posting(IN_APP)));
        assert_eq!(alone, Told::default());
    }

    #[test]
    fn a_channel_tells_whom_it_reaches_and_who_wants_it() {
        let (event, kind) = (disbursed(), EventKind::named("loan.disbursed").unwrap());
        let (email, sms) = (NotificationChannel::Email, NotificationChannel::Sms);
        let templates =
            [template("loan.disbursed", "email", true), template("loan.disbursed", "sms", true)];
        let mail = Ways { email: true, phone: false };
        let both = Ways { email: true, phone: true };
        let sales = Some(SalesContact::Person(SalesId::new(8), mail));
        let recipients = Recipients { sales, ..Recipients::default() };
        let member = MemberId::new(3);
        let mut reach = Reach::default();
        reach.members.insert(member, both);
        let open = [email, sms];
        let told = |reach: &Reach| {
            fan_out(&event, kind, &recipients, &templates, (reach, &posting(&open)))
        };
        let first = told(&reach);
        let channels: Vec<_> = first.notices.iter().map(|notice| notice.channel).collect();
        assert_eq!(channels, [email, sms]);
        let [message] = &first.messages[..] else { panic!("one message: {first:?}") };
        assert_eq!(message.channel, DeliveryChannel::Email);
        assert!(matches!(&message.to, Addressed::Sales(id, _) if id.get() == 8));
        let off = crate::Preferences::without([(kind.group, email)]);
        reach.preferences.insert(member, off);
        let channels: Vec<_> = told(&reach).notices.iter().map(|notice| notice.channel).collect();
        assert_eq!(channels, [sms]);
    }

    #[test]
    fn a_chunk_of_a_file_weighs_its_lines() {
        let chunk = json!({"first_line": "2501", "last_line": "5000"});
        let params = chunk.as_object().unwrap().clone();
        let event = PendingEvent { name: FILE_CHUNK.into(), params, ..disbursed() };
        assert_eq!((event.file_lines(), event.weight()), (Some((2_501, 5_000)), 2_500));
        assert_eq!((disbursed().file_lines(), disbursed().weight()), (None, 1));
    }

    #[test]
    fn a_deadline_is_told_to_the_roles_that_it_names() {
        let event = disbursed();
        assert_eq!(event.roles(), ["SPV", "KOMITE"]);
        let kind = EventKind::named("application.deadline_passed").unwrap();
        let recipients = Recipients {
            sales: Some(SalesContact::User(UserId::new(5))),
            role_holders: vec![UserId::new(8), UserId::new(6), UserId::new(8)],
            funder_users: vec![UserId::new(4)],
            funder_contact: None,
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
