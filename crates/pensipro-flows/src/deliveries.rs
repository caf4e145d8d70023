//! What became of messages, and those that were given up: each is an exception until it is sent again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use pensipro_audit::{ExceptionLog, NewException, Severity};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, DeliveryId, Permission, StorageError,
};
use pensipro_notifications::{
    Attempt, Claim, Delivery, DeliveryChannel, DeliveryQueue, DeliveryRepository, DeliveryStatus,
    NotificationError, Outcome, RetryPolicy,
};
use serde_json::json;

use crate::FlowError;

/// The part of the system that exceptions about messages name.
const SOURCE: &str = "notifications.delivery";

/// A try that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    /// The message.
    pub id: DeliveryId,
    /// By which channel.
    pub channel: DeliveryChannel,
    /// How often it was tried by now.
    pub tries: u32,
    /// What came of it.
    pub attempt: Attempt,
    /// Spreads the next try.
    pub chance: u16,
}

/// Stores what became of messages of one claim; gives how many there were. Those that the claim holds no
/// more are another's by now, and left alone. What is given up is noted as an exception.
///
/// Cost: three statements for all.
pub fn record_deliveries<Tx>(
    tx: &mut Tx,
    claim: Claim,
    tried: &[Tried],
    policy: &RetryPolicy,
    now: DateTime<Utc>,
) -> Result<usize, FlowError>
where
    Tx: DeliveryQueue + ExceptionLog,
{
    let ids: Vec<DeliveryId> = tried.iter().map(|one| one.id).collect();
    let held: BTreeSet<DeliveryId> = tx.lock_claimed(&ids, claim)?.into_iter().collect();
    let (mut settled, mut dead) = (Vec::with_capacity(held.len()), Vec::new());
    for one in tried.iter().filter(|one| held.contains(&one.id)) {
        let outcome = policy.outcome(one.tries, one.attempt.clone(), now, one.chance);
        if let Outcome::Dead(reason) = &outcome {
            dead.push(given_up(one, reason));
        }
        settled.push((one.id, outcome));
    }
    tx.settle_deliveries(&settled)?;
    tx.note_exceptions(&dead)?;
    Ok(settled.len())
}

/// Sends a message again that was given up: its tries begin anew, and its exception is settled.
pub fn retry_delivery<Tx>(tx: &mut Tx, by: &Actor, id: DeliveryId) -> Result<Delivery, FlowError>
where
    Tx: DeliveryRepository + ExceptionLog + AuditLog + Authority,
{
    tx.recheck(by, Permission::SendNotification)?;
    by.whole_house()?;
    let before = tx.lock_delivery(id)?;
    if before.status != DeliveryStatus::Dead {
        return Err(NotificationError::NotDead(before.status).into());
    }
    tx.revive_delivery(id)?;
    tx.settle_exceptions(SOURCE, &[id.get()], by.user_id, "sent again")?;
    let view = |status: DeliveryStatus| AuditValue::new().text("status", status);
    let entry = AuditEntry::new("notification.delivery.retry", "notification_deliveries", id.get());
    tx.audit(by, entry.was(view(before.status)).is(view(DeliveryStatus::Pending)))?;
    tx.lock_delivery(id).map_err(|error: StorageError| error.into())
}

fn given_up(one: &Tried, reason: &str) -> NewException {
    let Tried { id, channel, tries, attempt: _, chance: _ } = one;
    NewException {
        severity: Severity::Error,
        source: SOURCE,
        message: format!("message {id} by {channel} was given up after {tries} tries ({reason})"),
        payload: json!({ "delivery_id": id, "channel": channel, "tries": tries, "reason": reason }),
        about: Some(id.get()),
        request_id: None,
    }
}
