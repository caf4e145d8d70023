//! From the outbox to the people's lists, and on their way.

use std::collections::BTreeSet;

use pensipro_kernel::{MemberId, UserId};

use crate::{
    Addressed, Audience, DeliveryChannel, DeliveryQueue, EventKind, FilePayments, NewDelivery,
    NewNotification, NotificationError, NotificationRepository, OutboxQueue, PendingEvent, Posting,
    PreferenceRepository, Reach, Recipient, RecipientDirectory, Recipients, TemplateRepository,
    Told, Webhook, WebhookRepository, fan_out, fan_out::audience, tell_systems,
};

/// What a payment that came in a file is told of as.
const PAYMENT_RECEIVED: &str = "payment.received";

/// What one turn of telling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Delivered {
    /// Events that were told of.
    pub events: usize,
    /// Messages that are on their way now.
    pub messages: usize,
}

/// Tells of the oldest events that nobody was told of, at most `limit`, or one that tells of many. What
/// is told, what is sent and that it was told are one transaction, so that a crash in between tells
/// nothing twice; several instances share the work.
///
/// Cost: a fixed number of statements for all events, and one or two for each that concerns staff.
pub fn deliver_events<Tx>(
    tx: &mut Tx,
    limit: u32,
    posting: &Posting<'_>,
) -> Result<Delivered, NotificationError>
where
    Tx: OutboxQueue
        + NotificationRepository
        + RecipientDirectory
        + TemplateRepository
        + PreferenceRepository
        + WebhookRepository
        + DeliveryQueue,
{
    let taken = within(limit, tx.take_events(limit)?);
    if taken.is_empty() {
        return Ok(Delivered::default());
    }
    let ids: Vec<i64> = taken.iter().filter_map(|event| event.id).collect();
    let webhooks = tx.active_webhooks()?;
    let events = with_payments_of_files(tx, taken, &webhooks, posting)?;
    let told = told(tx, &events, &webhooks, posting)?;
    let messages = post(tx, &told.notices, told.messages, None, posting)?;
    tx.mark_told(&ids)?;
    Ok(Delivered { events: ids.len(), messages })
}

/// The first of them that tell of so many together, at least one.
fn within(limit: u32, events: Vec<PendingEvent>) -> Vec<PendingEvent> {
    let mut weight = 0_u64;
    let fits = |(place, event): &(usize, PendingEvent)| {
        weight = weight.saturating_add(event.weight());
        *place == 0 || weight <= u64::from(limit)
    };
    events.into_iter().enumerate().take_while(fits).map(|(_, event)| event).collect()
}

/// Chunks of files become their payments, where anybody outside is told of those.
fn with_payments_of_files<Tx: OutboxQueue>(
    tx: &mut Tx,
    taken: Vec<PendingEvent>,
    webhooks: &[Webhook],
    posting: &Posting<'_>,
) -> Result<Vec<PendingEvent>, NotificationError> {
    let is_heard = posting.leaves_the_house()
        || webhooks.iter().any(|webhook| webhook.details.wants(PAYMENT_RECEIVED));
    let are_told = is_heard && posting.file_payments == FilePayments::Told;
    let mut events = Vec::with_capacity(taken.len());
    for event in taken {
        match event.file_lines() {
            Some(_) if are_told => events.extend(tx.payments_of_file(&event)?),
            _ => events.push(event),
        }
    }
    Ok(events)
}

fn told<Tx>(
    tx: &mut Tx,
    events: &[PendingEvent],
    webhooks: &[Webhook],
    posting: &Posting<'_>,
) -> Result<Told, NotificationError>
where
    Tx: RecipientDirectory + TemplateRepository + PreferenceRepository,
{
    let names: BTreeSet<&str> = events.iter().map(|event| event.name.as_str()).collect();
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let templates = tx.templates_of(&names)?;
    // An event that nobody is told of is done with.
    let mut known = Vec::with_capacity(events.len());
    for event in events {
        if let Some(kind) = EventKind::named(&event.name) {
            known.push((event, kind, recipients(tx, event, kind)?));
        }
    }
    let everybody = known.iter().flat_map(|(event, kind, to)| audience(event, kind, to));
    let reach = reach_of(tx, everybody, posting)?;
    let mut told = Told::default();
    for (event, kind, recipients) in &known {
        let of_event = fan_out(event, kind, recipients, &templates, (&reach, posting));
        told.notices.extend(of_event.notices);
        told.messages.extend(of_event.messages);
        told.messages.extend(tell_systems(event, kind, webhooks, posting.now));
    }
    Ok(told)
}

/// Stores notices, with a message on its way for each that leaves the house, and further messages;
/// gives how many messages those are.
pub(super) fn post<Tx>(
    tx: &mut Tx,
    notices: &[NewNotification],
    mut messages: Vec<NewDelivery>,
    by: Option<UserId>,
    posting: &Posting<'_>,
) -> Result<usize, NotificationError>
where
    Tx: NotificationRepository + DeliveryQueue,
{
    let ids = tx.add_notifications(notices, by)?;
    messages.extend(notices.iter().zip(ids).filter_map(|(notice, id)| {
        Some(NewDelivery {
            channel: DeliveryChannel::of(notice.channel)?,
            to: Addressed::Notice(id),
            event: notice.event.clone(),
            outbox_id: notice.outbox_id,
            available_at: posting.time_for(notice.to),
        })
    }));
    tx.add_deliveries(&messages)?;
    Ok(messages.len())
}

/// How people are reached, in a fixed number of statements; none where nothing leaves the house.
pub(super) fn reach_of<Tx>(
    tx: &mut Tx,
    people: impl Iterator<Item = Recipient>,
    posting: &Posting<'_>,
) -> Result<Reach, NotificationError>
where
    Tx: RecipientDirectory + PreferenceRepository,
{
    if !posting.leaves_the_house() {
        return Ok(Reach::default());
    }
    let (mut users, mut members) = (BTreeSet::new(), BTreeSet::new());
    for to in people {
        match to {
            Recipient::User(user) => users.insert(user),
            Recipient::Member(member) => members.insert(member),
        };
    }
    let users: Vec<UserId> = users.into_iter().collect();
    let members: Vec<MemberId> = members.into_iter().collect();
    let chosen = tx.preferences_of(&members)?.into_iter();
    Ok(Reach {
        users: tx.user_ways(&users)?,
        members: tx.member_ways(&members)?,
        preferences: chosen.map(|(member, chosen)| (member, chosen.preferences)).collect(),
    })
}

fn recipients<Tx: RecipientDirectory>(
    tx: &mut Tx,
    event: &PendingEvent,
    kind: &EventKind,
) -> Result<Recipients, NotificationError> {
    let mut recipients = Recipients::default();
    if kind.audience.contains(&Audience::Sales) {
        recipients.sales = tx.sales_of(&event.ref_table, event.ref_id)?;
    }
    if kind.audience.contains(&Audience::Roles) {
        let of = (event.ref_table.as_str(), event.ref_id);
        recipients.role_holders = tx.role_holders_of(&event.roles(), of)?;
    }
    if kind.audience.contains(&Audience::Funder)
        && let Some(funder) = event.funder()
    {
        recipients.funder_users = tx.funder_users_of(funder)?;
        recipients.funder_contact = tx.funder_contact(funder)?.map(|ways| (funder, ways));
    }
    Ok(recipients)
}
