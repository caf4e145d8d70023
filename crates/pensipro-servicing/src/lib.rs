//! The loan account: a pure fold over what people and payers did to a loan.
//!
//! Inputs (disbursement, payment, failed cut, death, what is set by hand) are append-only; everything
//! else follows from them: what was paid on which row, penalties, days past due, the status, refunds
//! due. An input that is
//! entered late gives the same account as one entered in time, and an input with its reversal the
//! same as neither.
//!
//! ```
//! use pensipro_kernel::{Money, TransactionId};
//! use pensipro_pricing::AllocationOrder;
//! use pensipro_servicing::*;
//!
//! let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
//! let rupiah = |amount| Money::from_rupiah(amount).unwrap();
//! let rules = Rules {
//!     order: AllocationOrder::RowFirst,
//!     late: None,
//!     default_after_days: 90,
//!     freeze_interest_on_death: false,
//! };
//! let owed = Instalment { principal: rupiah(900_000), interest: rupiah(100_000), fee: Money::ZERO };
//! let disbursement = TransactionId::new(1);
//! let row = Row::new(RowKey::new(disbursement, 1), day("2026-01-05"), day("2026-02-05"), owed);
//! let disbursed = Disbursed { rows: vec![row], deposit: Money::ZERO };
//! let payment = PaymentInput {
//!     amount: rupiah(400_000),
//!     due_through: day("2026-02-28"),
//!     tolerance: Money::ZERO,
//!     excess_to: ExcessTo::Refund,
//!     paid_as: PaidAs::PensionCut,
//! };
//! let input = |id, date, kind| {
//!     let (id, effective_on) = (TransactionId::new(id), day(date));
//!     Input { id, effective_on, booked_on: effective_on, kind }
//! };
//! let inputs = [
//!     input(1, "2026-01-05", InputKind::Disbursement(disbursed)),
//!     input(2, "2026-02-10", InputKind::Payment(payment)),
//! ];
//! let Replay { account, allocations } = replay(&rules, &Holds::NONE, &inputs);
//! assert_eq!(account.status(), LoanStatus::Active);
//! assert_eq!(account.rows()[0].principal_left(), rupiah(600_000));
//! assert_eq!(allocations.len(), 2); // interest, then principal
//! ```
//!
//! It never reads a clock, never fetches, and never refuses an input once accepted.
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

mod account;
mod allocation;
mod amount;
mod by_hand;
mod charge_commands;
mod charges;
mod chunk;
mod death;
mod decide_refund;
mod delta;
mod deposit;
mod disbursement;
mod end_of_day;
mod entered;
mod error;
mod figures;
mod fold;
mod follow_member;
mod hand;
mod hold;
mod input;
mod interest_stop;
mod lists;
mod loan;
mod netting;
mod open_loan;
mod outstanding;
mod overdue;
mod papers;
mod payment;
mod penalties;
mod plan;
mod posting;
mod reading;
mod records;
mod refund;
mod refund_input;
pub mod reports;
mod repository;
mod restructure;
mod restructured;
mod restructuring;
mod reversal;
mod row;
mod rules;
mod settle;
mod settlement;
mod statement;
mod timeline;
mod usecases;
mod verify;

pub use account::{Account, AccountState, LoanDates};
pub use allocation::{Allocation, Component};
pub use by_hand::{RawLoanSetting, SetLoan, set_loan};
pub use charge_commands::{
    ActOnDay, ChargePenalty, RawPenalty, RawWaiver, UseDeposit, WaiveOwed, apply_deposit,
    charge_penalty, freeze_interest, release_deposit, waive, write_off,
};
pub use chunk::open_loans;
pub use decide_refund::{DecideRefund, decide_refund};
pub use delta::{AllocationDelta, Cause, deltas};
pub use disbursement::{DisburseLoan, DisbursementFacts, NewDisbursement, RawDisbursement, Source};
pub use end_of_day::{
    Day, DayTally, DueBetween, EndOfDayRepository, Late, LoanAtMonthEnd, MonthEnd, Place, Reminder,
    ReminderPolicy, RequestDay, Standing, StatusChange, Step, bring_loans, close_period,
    due_within_lead, finish_day, open_day, remind_ahead, steps_of_day, write_month_ends,
    written_month_ends,
};
pub use entered::{Entered, TakenBack};
pub use error::{ERRORS, ServicingError};
pub use figures::LoanFigures;
pub use fold::{Replay, replay, replay_as_of};
pub use follow_member::{DeathNews, MemberNews, Resolution, follow_member};
pub use hold::{Hold, Holds};
pub use input::{
    Disbursed, ExcessTo, FailedCut, Input, InputKind, ManualPenalty, Order, PaidAs, PaymentInput,
    Rank, RefundPaid, RefundRefused, Setting, Settlement, StatusByHand, Waivable, Waiver,
};
pub use lists::{
    get_payment, get_transaction, list_disbursements, list_loans, list_payments, list_transactions,
};
pub use loan::{
    Collection, Loan, LoanBalances, LoanFacts, LoanStatus, LoanSummary, NewLoan, StoredLoan,
};
pub use netting::{Netting, net_loan, undo_netting};
pub use open_loan::{LoanHistory, OpenLoan, Posted, RefundDue};
pub use outstanding::{Kolektibilitas, Outstanding, SettlementTotal, days_past_due};
pub use overdue::{LateBasis, LatePenalty, Overdue};
pub use papers::{ReceiptFacts, payment_receipt, receipt_number, statement_report};
pub use payment::{Channel, RawPayment, RecordPayment};
pub use penalties::{Penalty, list_penalties};
pub use plan::{FirstDue, PlanFacts, RepaymentPlan, create_pending_loan};
pub use posting::{
    NewPayment, NewSettlement, NewTransaction, PostingBatch, RowChange, TransactionBody,
    TransactionKind,
};
pub use reading::{
    LoanView, ScheduleLine, ScheduleRows, read_loan, read_outstanding, read_schedule, with_history,
};
pub use records::{Disbursement, Payment, SettlementRecord, Transaction};
pub use refund::{RefundChange, RefundRequest, RefundStatus, follow_refunds, tell_refunds};
pub use repository::{
    AccountWork, AccountingPeriods, LoanFilter, LoanRepository, LoanSort, PeriodState,
    RefundFilter, RefundRepository, RestructureRepository,
};
pub use restructure::{
    DecideRestructure, NewRestructure, RequestRestructure, Restructure, RestructureStatus,
    decide_restructure, list_restructures, request_restructure,
};
pub use restructured::{Arrears, Restructured};
pub use restructuring::{
    Holiday, HolidayKind, PreviewRow, RawRestructure, RestructureKind, RestructurePreview,
    RestructureTerms,
};
pub use reversal::Reverse;
pub use row::{Instalment, Row, RowKey, RowState, RowStatus};
pub use rules::{KolektibilitasBounds, RestructurePolicy, Rules, ServicingPolicy};
pub use settle::{RawSettlement, SettleLoan, list_settlements, settle_loan, settlement_quote};
pub use settlement::Quote;
pub use statement::{Paid, Statement, StatementLine, StatementPeriod, loan_statement};
pub use timeline::{LoanEvent, LoanHappening, loan_timeline};
pub use usecases::{
    RecordedPayment, Reversed, record_payment, reverse_payment, reverse_transaction,
};
pub use verify::{
    BookTotal, CrossChecks, Difference, LoanBook, LoanBooks, WrittenMonthEnd, verify_loan,
};
