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
//! It never sends anything: what is to be told is written beside the change and delivered after it.
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

mod error;
mod event;
mod fan_out;
mod manual;
mod notification;
pub mod repository;
mod seed;
mod template;
pub mod usecases;
mod wording;

pub use error::{ERRORS, NotificationError};
pub use event::{Audience, EventKind, MANUAL, Shape};
pub use fan_out::{PendingEvent, Recipients, fan_out};
pub use manual::{Addressee, Broadcast, RawManual, SendNotice};
pub use notification::{NewNotification, Notification, Recipient};
pub use repository::{
    NotificationFilter, NotificationRepository, OutboxQueue, RecipientDirectory, TemplateRepository,
};
pub use seed::SEED_TEMPLATES;
pub use template::{RawTemplate, RawTemplateChange, Template, TemplateDetails};
pub use wording::{Text, Wording};
