//! Other systems that are told of events.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Expected, Moment, Page, PageRequest, WebhookId,
};

use crate::{
    MOST_SECRETS, NotificationError, RawWebhook, Webhook, WebhookDetails, WebhookRepository,
    previous_secrets,
};

/// Makes a subscription that signs by this secret; for users bound to no branch.
pub fn create_webhook<Tx>(
    tx: &mut Tx,
    by: &Actor,
    details: &WebhookDetails,
    secret: &str,
) -> Result<Webhook, NotificationError>
where
    Tx: WebhookRepository + AuditLog,
{
    by.whole_house()?;
    let webhook = tx.add_webhook(details, secret, by.user_id)?;
    tx.audit(by, entry("webhook.create", webhook.id).is(webhook.details.audit_view()))?;
    Ok(webhook)
}

/// Changes a subscription or switches it on or off; for users bound to no branch.
pub fn update_webhook<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: WebhookId,
    expected: Expected,
    change: RawWebhook,
    at: Moment,
) -> Result<Webhook, NotificationError>
where
    Tx: WebhookRepository + AuditLog,
{
    by.whole_house()?;
    let before = tx.lock_webhook(id)?;
    expected.check("webhook", before.version)?;
    let mut after = Webhook { details: before.details.changed(change)?, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    after.version = tx.save_webhook(&after)?;
    after.updated_at = at.now;
    let entry = entry("webhook.update", id).was(before.details.audit_view());
    tx.audit(by, entry.is(after.details.audit_view()))?;
    Ok(after)
}

/// Gives a subscription another secret; those before sign beside it for a day each, unless they are to be
/// dropped at once. For users bound to no branch.
pub fn renew_webhook_secret<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: WebhookId,
    secret: &str,
    before: Before,
    at: Moment,
) -> Result<Webhook, NotificationError>
where
    Tx: WebhookRepository + AuditLog,
{
    by.whole_house()?;
    let mut webhook = tx.lock_webhook(id)?;
    let previous = match before {
        Before::Dropped => Vec::new(),
        Before::SignsOn => {
            let (present, earlier) = tx.secrets(id)?;
            previous_secrets(earlier, present, at.now)
        }
    };
    if previous.len() >= MOST_SECRETS {
        return Err(NotificationError::TooManySecrets);
    }
    webhook.version = tx.save_secrets(&webhook, secret, &previous)?;
    webhook.updated_at = at.now;
    let view = webhook.details.audit_view().with("previous_secrets", previous.len());
    tx.audit(by, entry("webhook.renew_secret", id).is(view))?;
    Ok(webhook)
}

/// What becomes of the secrets before a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// They sign beside it for a while.
    SignsOn,
    /// They sign no longer: one came to be known to others.
    Dropped,
}

/// Ends a subscription; what was on its way to it is cancelled.
pub fn delete_webhook<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: WebhookId,
    expected: Expected,
) -> Result<(), NotificationError>
where
    Tx: WebhookRepository + AuditLog,
{
    by.whole_house()?;
    let before = tx.lock_webhook(id)?;
    expected.check("webhook", before.version)?;
    tx.end_webhook(id)?;
    tx.audit(by, entry("webhook.delete", id).was(before.details.audit_view()))?;
    Ok(())
}

/// A page of subscriptions, newest first; for users bound to no branch.
pub fn list_webhooks<Tx: WebhookRepository>(
    tx: &mut Tx,
    by: &Actor,
    page: &PageRequest,
) -> Result<Page<Webhook>, NotificationError> {
    by.whole_house()?;
    Ok(tx.webhooks(page)?)
}

fn entry(action: &'static str, id: WebhookId) -> AuditEntry {
    AuditEntry::new(action, "webhooks", id.get())
}
