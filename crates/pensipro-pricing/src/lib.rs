//! Loan products, their fees and penalty rules; the schedule engine; exact formulas; simulation.
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

mod checked;
mod codes;
mod error;
mod fee;
mod penalty;
mod product;
mod repository;
mod schedule;
mod terms;

pub use codes::*;
pub use error::{CapOverride, ERRORS, PricingError, ScheduleError};
pub use fee::{FeeBasis, FeeCharge, FeeFacts, FeeParts, FeeTerms, LoanFee, PerMilleBand, charges};
pub use penalty::{PenaltyBasis, PenaltyParts, PenaltyRule, PenaltyStep, PenaltyTerms};
pub use product::{Limits, LoanProduct, ProductDetails, ProductParts};
pub use repository::{ProductFilter, ProductRepository, ProductSort};
pub use schedule::*;
pub use terms::{Terms, TermsParts};
