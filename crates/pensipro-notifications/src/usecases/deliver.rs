//! From the outbox to the people's lists.

use pensipro_kernel::NotificationChannel;

use crate::{
    Audience, EventKind, NotificationError, NotificationRepository, OutboxQueue, PendingEvent,
    RecipientDirectory, Recipients, TemplateRepository, fan_out,
};

/// Tells of the oldest events that nobody was told of, at most `limit`; gives how many it took. What is
/// told and that it was told are one transaction, so that a crash in between tells nothing twice;
/// several instances share the work.
pub fn deliver_events<Tx>(
    tx: &mut Tx,
    limit: u32,
    open: &[NotificationChannel],
) -> Result<usize, NotificationError>
where
    Tx: OutboxQueue + NotificationRepository + RecipientDirectory + TemplateRepository,
{
    let events = tx.take_events(limit)?;
    if events.is_empty() {
        return Ok(0);
    }
    let names: Vec<String> = events.iter().map(|event| event.name.clone()).collect();
    let templates = tx.templates_of(&names)?;
    let mut notices = Vec::new();
    for event in &events {
        // An event that nobody is told of is done with.
        let Some(kind) = EventKind::named(&event.name) else { continue };
        let recipients = recipients(tx, event, kind)?;
        notices.extend(fan_out(event, kind, &recipients, &templates, open));
    }
    tx.add_notifications(&notices, None)?;
    let told: Vec<i64> = events.iter().map(|event| event.id).collect();
    tx.mark_told(&told)?;
    Ok(events.len())
}

fn recipients<Tx: RecipientDirectory>(
    tx: &mut Tx,
    event: &PendingEvent,
    kind: &EventKind,
) -> Result<Recipients, NotificationError> {
    let mut recipients = Recipients::default();
    if kind.audience.contains(&Audience::Sales) {
        recipients.sales = tx.sales_user_of(&event.ref_table, event.ref_id)?;
    }
    if kind.audience.contains(&Audience::Roles) {
        let of = (event.ref_table.as_str(), event.ref_id);
        recipients.role_holders = tx.role_holders_of(&event.roles(), of)?;
    }
    if kind.audience.contains(&Audience::Funder)
        && let Some(funder) = event.funder()
    {
        recipients.funder_users = tx.funder_users_of(funder)?;
    }
    Ok(recipients)
}
