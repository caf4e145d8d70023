//! Personal data at rest: sealed with AES-256-GCM, found again by a keyed index.
//!
//! Each member has a data key, wrapped by the master key; what belongs to no member yet is sealed
//! with the installation's. Destroying a member's key makes everything sealed with it unreadable.

mod blocks;
mod index;
mod keyring;
mod masters;
mod sealing;

pub use blocks::{BlockKey, BlockKind};
pub use index::{Lookup, LookupKey};
pub use keyring::Installation;
pub use masters::MasterKey;

pub(crate) use keyring::KeyRing;
pub(crate) use sealing::SealingKey;
