//! Values that every PensiPro module shares: money, rates, periods, ids, the clock, the acting
//! person, audit entries, events, pages and error building blocks.
//!
//! ```
//! use pensipro_kernel::{Money, Period};
//! let instalment: Money = "1500000.00".parse().unwrap();
//! assert_eq!(instalment.sen(), 150_000_000);
//! let periode: Period = "2026-10".parse().unwrap();
//! assert_eq!(periode.last_day().to_string(), "2026-10-31");
//! ```
//!
//! It never does I/O, never reads the clock, and knows no lending rule.
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

mod actor;
mod audit;
mod clock;
mod codes;
pub mod csv;
pub mod document;
mod email;
mod error;
mod event;
mod four_eyes;
mod ids;
pub mod indonesian;
mod job;
mod money;
mod page;
mod period;
mod permission;
mod phone;
mod rate;
mod rounding;
mod scope;
mod text;
mod version;
pub mod written;

pub use actor::{Actor, Authority, AuthorityError, Origin};
pub use audit::{AuditEntry, AuditLog, AuditValue};
pub use clock::{Clock, Entropy, Moment};
pub use codes::{UnknownCode, read_code};
pub use email::email_address;
pub use error::{Class, DomainError, ErrorKind, Faults, FieldFault, StorageError};
pub use event::{Event, NotificationChannel, Outbox};
pub use four_eyes::FourEyes;
pub use ids::*;
pub use job::{JobKind, JobRun, JobRunStatus, JobRuns, NewJobRun};
pub use money::{Money, MoneyError};
pub use page::{Page, PageRequest, Position};
pub use period::{Period, PeriodError, add_months, clip_day};
pub use permission::Permission;
pub use phone::{PhoneNumber, PhoneNumberError};
pub use rate::{Rate, RateError};
pub use rounding::{Rounding, div_round};
pub use scope::Scope;
pub use text::{clean_text, last_four, optional_text};
pub use version::{Expected, Version};
