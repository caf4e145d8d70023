//! Storage: the repository traits of all modules, on SQLite and on PostgreSQL alike.
//!
//! [`Store`] is the only way in. Its closures get a [`Tx`], which implements every repository trait,
//! the audit trail, the outbox and the recheck of a caller's right; what one closure does is one
//! transaction. Personal data is sealed here and nowhere else, so that modules hold plain values.
//!
//! Nothing here decides: queries hold no policy.

mod auth;
mod billing;
mod classify;
mod connection;
mod convert;
mod crypto;
mod error;
mod funding;
mod idempotency;
mod jobs;
mod leases;
mod member_keys;
mod members;
mod metrics;
mod migrations;
mod monitoring;
mod notifications;
mod origination;
mod pricing;
mod sales;
mod schema;
mod scope;
mod servicing;
mod sql;
mod store;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tx;
mod url;
mod verify;

pub use connection::Backend;
pub use crypto::{BlockKey, BlockKind, Installation, Lookup, LookupKey, MasterKey};
pub use error::OpenError;
pub use idempotency::{RequestKey, StoredAnswer};
pub use leases::{LEASE_SILENCE, Lease};
pub use metrics::{NotedExceptions, WriteCounts, WriteTimes};
pub use monitoring::{Access, Waiting, sha256};
pub use store::{
    Exclusive, Migrate, PoolState, Rewrapped, SessionLimits, Store, StoreOptions, Waits, World,
};
pub use tx::Tx;
pub use url::DatabaseUrl;
