//! From the wish for a loan to the committee's word: applications, their pre-check, the analysis
//! and the committee.
//!
//! ```
//! use pensipro_origination::{ApplicationStatus, CommitteePolicy, Subject};
//! use pensipro_kernel::{Money, ProductId};
//! let analyzing = ApplicationStatus::Analyzing;
//! assert!(analyzing.step(ApplicationStatus::Committee).is_ok());
//! assert!(analyzing.step(ApplicationStatus::Approved).is_err());
//! let committee = CommitteePolicy::default();
//! let levels = |rupiah| {
//!     let plafon = Money::from_rupiah(rupiah).unwrap();
//!     let subject = Subject { plafon, product_id: ProductId::new(1), branch_id: None };
//!     committee.levels_for(subject).len()
//! };
//! assert_eq!((levels(50_000_000), levels(100_000_000)), (2, 3));
//! ```
//!
//! It never does I/O, never makes or cancels a loan itself, and computes no schedule: terms and
//! figures come from pricing.
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

mod analysis;
mod application;
mod committee;
mod decision;
mod document;
mod error;
mod papers;
mod payoff;
mod precheck;
pub mod repository;
mod request;
mod scorecard;
mod status;
mod status_change;
mod takeover;
mod terms;
pub mod usecases;

#[cfg(test)]
mod fixtures;

pub use analysis::{Analysis, Findings, NewAnalysis, RawFindings, Recommendation, RiskScore};
pub use application::{Application, ApplicationDraft, OfferPolicy, Waiting};
pub use committee::{
    Bench, CommitteeDesk, CommitteeFile, CommitteePolicy, Desk, DeskName, Level, Position, RawBand,
    Recusal, Relaxation, Seat, Subject,
};
pub use decision::{
    Condition, Decide, Decided, Decision, Fulfilment, NewDecision, RawDecide, Verdict,
};
pub use document::{ApplicationDocument, ApplicationDocumentKind};
pub use error::{ERRORS, OriginationError};
pub use papers::{Letterhead, PaperFacts, loan_agreement, offer_letter};
pub use payoff::{Payoffs, TopUp};
pub use precheck::{Occasion, Precheck, PrecheckFacts, PrecheckPolicy, precheck, topup_active};
pub use repository::{
    ApplicationDocumentRepository, ApplicationFilter, ApplicationRepository, ApplicationSort,
    AssessmentRepository, CommitteeRepository, OpenLoanFacts,
};
pub use request::{DraftChange, NewApplication, RawApplication, Request, TermWishes};
pub use scorecard::{Factor, RawFactor, Score, ScoreBand, ScoreFacts, ScorePart, Scorecard};
pub use status::{ApplicationStatus, IllegalTransition};
pub use status_change::{StatusChange, read_reason};
pub use takeover::{RawTakeover, Takeover};
pub use terms::CapPolicy;
