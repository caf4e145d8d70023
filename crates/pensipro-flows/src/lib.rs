//! Use cases that cross modules, each in one transaction: a committee's last approval makes a loan,
//! a disbursement moves its application and earns a commission, a payer's file becomes payments, a
//! member's death reaches his loans.
//!
//! A flow locks in one order: member, application, loans by ascending id, export and import lines.
//! It loads, lets the modules decide, and saves; it holds no rule of its own.
//!
//! ```
//! use pensipro_flows::FlowError;
//! use pensipro_kernel::DomainError;
//! assert_eq!(FlowError::NoBankAccount.kind().code, "no_bank_account");
//! ```
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

mod allocate;
mod apply;
mod decide;
mod deliveries;
mod disburse;
mod end_of_month;
mod error;
mod import;
mod member;
mod offers;
mod papers;
mod posting;
mod read;
mod reconcile;
mod refunds;
mod retry;
mod reversal;
mod settle_funder;
mod standing;
mod statements;
mod take_over;
mod topup;
mod withdraw;

pub use allocate::{AllocateLoan, RawAllocation, allocate_loan, list_allocations};
pub use apply::{analyze_application, submit_application};
pub use decide::{DecisionOutcome, decide_application};
pub use deliveries::{Tried, record_deliveries, retry_delivery};
pub use disburse::{Disbursed, DisbursementPolicy, Netted, disburse_loan, disbursements_of_loan};
pub use end_of_month::{
    MonthTally, RequestMonth, begin_due_exports, draft_settlement, due_exports, finish_month,
    months_not_ended, open_month, retry_month,
};
pub use error::FlowError;
pub use import::{finish_import, process_import_chunk};
pub use member::change_member;
pub use offers::cancel_expired_offers;
pub use papers::{Paper, PaperPolicy, agreement_of_loan, application_offer};
pub use read::{ApplicationRecord, application_record, list_rectifications, list_timeline};
pub use reconcile::reconcile_line;
pub use refunds::list_refunds;
pub use retry::{open_retry, read_retry, retry_chunk};
pub use reversal::{record_payment, reverse_payment};
pub use settle_funder::{SettleFunder, open_funder_settlement};
pub use statements::{MemberStatement, member_statement, receipt_of_payment};
pub use take_over::{LoanTakenOver, take_over_loans};
pub use withdraw::{reverse, set_application_status, withdraw_application};
