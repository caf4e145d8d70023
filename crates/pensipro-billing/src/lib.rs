//! Pension cuts: the month's instruction to a payer, its answer, and what the answer makes of each
//! billed line.
//!
//! - [`BillingRules`] decides what is billed to whom; [`ExportFile`] writes the file.
//! - [`Parser`] reads a realisation file as it streams in, by a [`PayerProfile`].
//! - [`match_chunk`] decides what becomes of each line and its money, exactly once.
//! - [`repository`] says what storage does, and in which order an import's calls come.
//!
//! ```
//! use std::sync::Arc;
//! use pensipro_billing::{ChunkFacts, MatchRules, OutcomeKind, Parser, Payer, generic, match_chunk};
//! use pensipro_kernel::Money;
//!
//! let mut parser = Parser::new(vec![Arc::new(generic())]);
//! let mut lines = Vec::new();
//! parser.feed(b"reference;amount\nPC-2026-10-000021;1.500.000,00\n", &mut lines).unwrap();
//! parser.finish(&mut lines).unwrap();
//!
//! let rules = MatchRules {
//!     payer: Payer::Taspen,
//!     periode: "2026-10".parse().unwrap(),
//!     tolerance: Money::from_rupiah(1000).unwrap(),
//! };
//! // Nothing was billed: the money is held for somebody to look at.
//! let chunk = match_chunk(&rules, lines, ChunkFacts::default());
//! assert_eq!(chunk.lines[0].line.outcome.kind(), OutcomeKind::Unmatched);
//! assert_eq!(chunk.lines[0].line.split.held.to_string(), "1500000.00");
//! ```
//!
//! It never posts to a loan account, never opens a file, and never reads the clock: flows and the
//! shell do.
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
mod export;
mod identifier;
mod import;
mod line;
mod matching;
mod month;
mod outcome;
mod parse;
mod payer;
mod profile;
mod reference;
pub mod repository;
mod retry_run;
mod summary;
mod usecases;

pub use error::BillingError;
pub use export::*;
pub use identifier::*;
pub use import::*;
pub use line::*;
pub use matching::*;
pub use month::*;
pub use outcome::*;
pub use parse::*;
pub use payer::Payer;
pub use profile::*;
pub use reference::*;
pub use repository::*;
pub use retry_run::*;
pub use summary::*;
pub use usecases::*;

pub use pensipro_kernel::written::{AmountFault, NumberStyle, normal, read_month, unwrap_cell};
