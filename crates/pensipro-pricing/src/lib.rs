//! Loan products with their fees and penalty rules, the engine that makes a loan's schedule, the same
//! methods as exact formulas, and the simulation that a loan officer shows.
//!
//! ```
//! use pensipro_kernel::{Money, Rate};
//! use pensipro_pricing::{DueDates, FirstDuePolicy, Method, Schedule, ScheduleRuleParts, ScheduleRules};
//!
//! let parts = ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(14));
//! let rules = ScheduleRules::new(parts).unwrap();
//! let disbursed = "2026-10-05".parse().unwrap();
//! let dates = DueDates::following(disbursed, Some(1), FirstDuePolicy::default());
//! let plafon: Money = "120000000".parse().unwrap();
//!
//! let schedule = Schedule::new(plafon, 96, &rules, dates).unwrap();
//! assert_eq!(schedule.instalment().to_string(), "2084581.00");
//! let first = schedule.dated_rows().next().unwrap();
//! assert_eq!(first.due_date.to_string(), "2026-11-01");
//! assert_eq!(first.interest.to_string(), "1400000.00");
//! assert_eq!(schedule.rows().last().unwrap().balance, Money::ZERO);
//! ```
//!
//! It never does I/O, never reads the clock, never rounds an amount without a named rule, and knows
//! nothing of payments: what becomes of a schedule is servicing's business.
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

mod audit;
mod checked;
mod codes;
mod eligibility;
mod error;
mod fee;
#[cfg(test)]
mod fixtures;
pub mod formula;
mod history;
mod interest_cap;
mod penalty;
mod product;
mod rate_table;
mod raw;
mod raw_rules;
mod repository;
mod schedule;
mod simulation;
mod terms;
mod usecases;

pub use codes::*;
pub use eligibility::{
    DebtService, EligibilityFacts, EligibilityRule, RuleResult, age, benefit_limit,
    completed_years, dsr, judge, max_benefit, plafon_range, tenor_range,
};
pub use error::{CapOverride, ERRORS, PricingError, ScheduleError};
pub use fee::{FeeBasis, FeeCharge, FeeFacts, FeeParts, FeeTerms, LoanFee, PerMilleBand, charges};
pub use history::{FieldChange, ProductChange};
pub use interest_cap::{NominalRate, interest_above_cap, nominal_effective_rate, worst_tenor};
pub use penalty::{PenaltyBasis, PenaltyParts, PenaltyRule, PenaltyStep, PenaltyTerms};
pub use product::{Limits, LoanProduct, ProductDetails, ProductParts, Validity};
pub use rate_table::{rate_table, rate_table_report};
pub use raw::{Patch, ProductPolicy, RawProduct};
pub use raw_rules::{RawBand, RawFee, RawFeeValue, RawPenalty, RawStep};
pub use repository::{
    ProductDirectory, ProductFilter, ProductHistory, ProductRepository, ProductSort,
};
pub use schedule::*;
pub use simulation::{
    Brochure, BrochureCell, BrochureFigure, BrochureRequest, BrochureRow, Capacity, CapacityRow,
    Circumstances, Comparison, Eligibility, LoanCost, MethodRow, Simulation, SimulationRequest,
    brochure, capacity, compare, due_dates, loan_cost, max_plafon, simulate,
};
pub use terms::{Terms, TermsParts};
pub use usecases::{
    Found, add_fee, add_penalty_rule, compare_methods, create_product, get_product,
    largest_plafons, list_products, make_brochure, product_history, remove_fee,
    remove_penalty_rule, simulate_product, update_product,
};
