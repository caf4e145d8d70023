//! Notices: what people are told of what happened, by templates, and what they are told by hand.
//!
//! ```
//! use pensipro_notifications::Wording;
//! let wording = Wording::check("payment.received", "Pembayaran diterima",
//!     "Pembayaran {amount} sudah diterima untuk pinjaman {loan_number}.").unwrap();
//! let params = serde_json::json!({"amount": "1500000.00", "loan_number": "LN-2026-000123"});
//! let text = wording.fill(params.as_object().unwrap());
//! assert_eq!(text.body, "Pembayaran Rp1.500.000 sudah diterima untuk pinjaman LN-2026-000123.");
//! ```
//!
//! It never sends anything: what is to be told is written beside the change and delivered after it. What
//! leaves the house is a message that waits for its turn ([`NewDelivery`]); when it may go, how often it is
//! tried and when it is given up are rules of this crate, and others send it.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::float_arithmetic
    )
)]

mod address;
pub mod backoff;
mod delivery;
mod error;
mod event;
mod fan_out;
mod manual;
mod notification;
mod preferences;
mod quiet;
mod rate;
mod reach;
pub mod repository;
mod seed;
mod template;
pub mod usecases;
mod webhook;
mod wording;

pub use address::is_public;
pub use delivery::{
    Addressed, Attempt, Claim, DeliveredTo, Delivery, DeliveryChannel, DeliveryFilter,
    DeliveryStatus, Destination, Lane, NewDelivery, Outcome, Reached, Ready, RetryPolicy, Ways,
};
pub use error::{ERRORS, NotificationError};
pub use event::{Audience, EventGroup, EventKind, MANUAL, Shape};
pub use fan_out::{PendingEvent, Recipients, SalesContact, Told, fan_out, tell_systems};
pub use manual::{Addressee, Broadcast, RawManual, SendNotice};
pub use notification::{NewNotification, Notification, Recipient};
pub use preferences::{MEMBER_CHANNELS, MemberPreferences, Preferences, RawPreferences};
pub use quiet::QuietHours;
pub use rate::TokenBucket;
pub use reach::{FilePayments, Posting, Reach, contact_in};
pub use repository::{
    DeliveryQueue, DeliveryRepository, NotificationFilter, NotificationRepository, OutboxQueue,
    PreferenceRepository, RecipientDirectory, TemplateKey, TemplateRepository, WebhookRepository,
};
pub use seed::{Seed, seeds};
pub use template::{RawTemplate, RawTemplateChange, Template, TemplateDetails};
pub use webhook::{
    ALL_EVENTS, MOST_SECRETS, PreviousSecret, RawWebhook, SECRET_PREFIX, SECRETS_OVERLAP, Webhook,
    WebhookDetails, payload, previous_secrets, with_id,
};
pub use wording::{Text, Wording};
