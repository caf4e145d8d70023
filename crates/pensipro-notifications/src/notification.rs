//! A notice, and whom it is for.

use chrono::{DateTime, Utc};
use pensipro_kernel::{MemberId, NotificationChannel, NotificationId, UserId};

use crate::{DeliveryStatus, Text};

/// Whom a notice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// A user of the system.
    User(UserId),
    /// A member. Members do not sign in: staff see what they were told.
    Member(MemberId),
}

/// A notice to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotification {
    /// Whom it is for.
    pub to: Recipient,
    /// The event that it tells of, or [`MANUAL`](crate::MANUAL).
    pub event: String,
    /// By which channel.
    pub channel: NotificationChannel,
    /// What it says.
    pub text: Text,
    /// The entry of the outbox that it came from: the same entry tells nobody twice by one channel.
    pub outbox_id: Option<i64>,
}

/// A notice as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// What it is.
    pub content: NewNotification,
    /// How far it came where it leaves the house.
    pub delivery: Option<DeliveryStatus>,
    /// When its recipient read it.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// By whom; `None` for what follows from an event.
    pub created_by: Option<UserId>,
}
