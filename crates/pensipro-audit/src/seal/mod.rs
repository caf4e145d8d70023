//! The seal of the trail: a chain of hashes over its rows, which are never touched for it.
//!
//! Rows are gathered into seals in any order, as they come to be seen. A seal's root follows from the
//! hashes of its rows and from the seal before it, so that whoever keeps the newest root elsewhere
//! (the head) can prove all that was sealed until then.

mod chain;
mod hash;
mod proof;
mod repository;
mod row;
mod sealing;

pub use chain::{Head, MOST_ENTRIES, Seal, SealEntry};
pub use hash::{Digest, SealHash};
pub use proof::{Part, Place, Proof, Request, TrailFault};
pub use repository::SealRepository;
pub use row::RawRow;
pub use sealing::{SETTLED_AFTER, WINDOW, add_seal, entries_of_rows, unsealed_behind};
