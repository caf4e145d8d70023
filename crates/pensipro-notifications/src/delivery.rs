//! Messages on their way: to whom by which channel, and what becomes of each try.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use pensipro_kernel::{
    DeliveryId, FunderId, MemberId, NotificationChannel, NotificationId, PhoneNumber, SalesId,
    UserId, WebhookId,
};

use crate::{Text, backoff};

pensipro_kernel::codes! {
    /// How a message leaves the house.
    pub enum DeliveryChannel {
        /// By e-mail.
        Email = "email",
        /// By WhatsApp, through the gateway.
        WhatsApp = "whatsapp",
        /// By text message, through the gateway.
        Sms = "sms",
        /// To another system.
        Webhook = "webhook",
    }
}

pensipro_kernel::codes! {
    /// How far a message came.
    pub enum DeliveryStatus {
        /// It waits for its first or its next try.
        Pending = "pending",
        /// The mail server, the gateway or the other system has taken it.
        Sent = "sent",
        /// It was given up; it may be sent again by hand.
        Dead = "dead",
        /// There is nobody left to send it to.
        Cancelled = "cancelled",
    }
}

impl DeliveryChannel {
    /// The one that a notice leaves by; none for the application's own list.
    pub const fn of(channel: NotificationChannel) -> Option<Self> {
        match channel {
            NotificationChannel::InApp => None,
            NotificationChannel::Email => Some(Self::Email),
            NotificationChannel::WhatsApp => Some(Self::WhatsApp),
            NotificationChannel::Sms => Some(Self::Sms),
        }
    }
}

/// How somebody can be reached outside the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// By an e-mail address.
    pub email: bool,
    /// By a telephone number.
    pub phone: bool,
}

impl Ways {
    /// True if the channel reaches him.
    pub const fn reach_by(self, channel: NotificationChannel) -> bool {
        match channel {
            NotificationChannel::InApp => true,
            NotificationChannel::Email => self.email,
            NotificationChannel::WhatsApp | NotificationChannel::Sms => self.phone,
        }
    }
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressed {
    /// The recipient of a notice, which holds the words.
    Notice(NotificationId),
    /// A sales person who does not sign in.
    Sales(SalesId, Text),
    /// A funder's contact.
    Funder(FunderId, Text),
    /// Another system; the body is JSON and lacks its id.
    Webhook(WebhookId, String),
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// By which channel.
    pub channel: DeliveryChannel,
    /// To whom, and what it says where no notice does.
    pub to: Addressed,
    /// The event that it tells of.
    pub event: String,
    /// The entry of the outbox that it came from.
    pub outbox_id: Option<i64>,
    /// Not before this time.
    pub available_at: DateTime<Utc>,
}

/// Messages that are sent in turn: those of one channel, or of one other system, so that one that
/// does not answer holds up nobody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// The channel.
    pub channel: DeliveryChannel,
    /// The other system, where that is the channel.
    pub webhook: Option<WebhookId>,
}

impl fmt::Display for Lane {
    /// `email`, or `webhook 7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.channel.code())?;
        self.webhook.map_or(Ok(()), |webhook| write!(f, " {webhook}"))
    }
}

impl Lane {
    /// The lane of a channel to people.
    pub const fn of(channel: DeliveryChannel) -> Self {
        Self { channel, webhook: None }
    }
}

/// A hold on messages, so that nobody else sends them until it ends; a later hold has another number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Its number.
    pub number: i64,
    /// When it ends, should whoever has it die.
    pub until: DateTime<Utc>,
}

/// A message that is held, ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The message.
    pub id: DeliveryId,
    /// By which channel.
    pub channel: DeliveryChannel,
    /// How often it was tried, this time counted.
    pub tries: u32,
    /// What it says; a webhook's body is JSON and lacks its id.
    pub text: Text,
    /// Where it goes; `None` where there is nobody any more.
    pub to: Option<Destination>,
    /// Whether it disturbs a member.
    pub reaches: Reached,
}

/// Whom a message disturbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// A member, who has quiet hours.
    Member,
    /// Anybody else.
    Other,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// An e-mail address.
    Email(String),
    /// A telephone number.
    Phone(PhoneNumber),
    /// Another system: where it listens, and what signs.
    Webhook {
        /// Its URL.
        url: String,
        /// The secrets that it may share, the present one first: each signs.
        secrets: Vec<String>,
    },
}

/// What came of one try. Reasons are short codes of ours, never what another server said: that may
/// name people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// It was taken.
    Sent,
    /// It was refused for good.
    Refused(String),
    /// It failed for what may pass.
    Failed(String),
    /// There is nobody to send it to.
    Nobody,
    /// It was not tried, since it would disturb; not before this time.
    Held(DateTime<Utc>),
}

/// What becomes of a message after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is sent.
    Sent,
    /// It is tried again.
    Again {
        /// Not before this time.
        at: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// It waits, as if it had not been tried.
    Held(DateTime<Utc>),
    /// It is given up.
    Dead(String),
    /// There is nobody to send it to.
    Cancelled,
}

/// When messages are given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often one is tried, at least once.
    pub max_tries: u32,
}

impl RetryPolicy {
    /// What becomes of a message after so many tries; `chance` spreads the next ones.
    pub fn outcome(
        &self,
        tries: u32,
        attempt: Attempt,
        now: DateTime<Utc>,
        chance: u16,
    ) -> Outcome {
        match attempt {
            Attempt::Sent => Outcome::Sent,
            Attempt::Refused(reason) => Outcome::Dead(reason),
            Attempt::Failed(reason) if tries >= self.max_tries => Outcome::Dead(reason),
            Attempt::Failed(reason) => {
                let pause: TimeDelta = backoff::pause(tries, chance);
                Outcome::Again { at: now + pause, reason }
            }
            Attempt::Nobody => Outcome::Cancelled,
            Attempt::Held(until) => Outcome::Held(until),
        }
    }
}

/// A message as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// By which channel.
    pub channel: DeliveryChannel,
    /// Whom it is for.
    pub to: DeliveredTo,
    /// The event that it tells of.
    pub event: String,
    /// How far it came.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub tries: u32,
    /// When it may go, while it waits.
    pub available_at: DateTime<Utc>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was taken.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Whom a stored message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is what its id names")]
pub enum DeliveredTo {
    User(UserId),
    Member(MemberId),
    Sales(SalesId),
    Funder(FunderId),
    Webhook(WebhookId),
}

/// Which messages a list holds; every condition given must hold. The newest come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryFilter {
    /// By this channel.
    pub channel: Option<DeliveryChannel>,
    /// That came so far.
    pub status: Option<DeliveryStatus>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tried_so_often_and_then_given_up() {
        let policy = RetryPolicy { max_tries: 3 };
        let now = DateTime::UNIX_EPOCH;
        let failed = |tries| policy.outcome(tries, Attempt::Failed("x".into()), now, u16::MAX);
        let again = |seconds| Outcome::Again {
            at: now + TimeDelta::seconds(seconds),
            reason: "x".to_owned(),
        };
        assert_eq!([failed(1), failed(2)], [again(10), again(20)]);
        assert_eq!(failed(3), Outcome::Dead("x".into()));
        assert_eq!(failed(4), Outcome::Dead("x".into()));
        let outcome = |attempt| policy.outcome(3, attempt, now, 0);
        assert_eq!(outcome(Attempt::Sent), Outcome::Sent);
        assert_eq!(outcome(Attempt::Nobody), Outcome::Cancelled);
        assert_eq!(outcome(Attempt::Held(now)), Outcome::Held(now));
        let refused = policy.outcome(1, Attempt::Refused("smtp 550".into()), now, 0);
        assert_eq!(refused, Outcome::Dead("smtp 550".into()));
    }

    #[test]
    fn a_channel_reaches_by_what_it_needs() {
        let phone = Ways { email: false, phone: true };
        let reached: Vec<bool> =
            NotificationChannel::ALL.iter().map(|channel| phone.reach_by(*channel)).collect();
        assert_eq!(reached, [true, false, true, true]);
    }
}
