//! Bodies of loans and of what is done to them.

mod charge;
mod disbursement;
mod list;
mod loan;
mod payment;
mod schedule;
mod setting;
mod settlement;
mod transaction;

pub use charge::{ChargePenaltyBody, DepositBody, PenaltyBody, WaiverBody, WriteOffBody};
pub use disbursement::{DisburseBody, DisbursementBody, SourceBody, SourceInput};
pub use list::LoanQuery;
pub use loan::{LoanBody, OwedBody};
pub use payment::{AllocationBody, PaymentBody, RecordPaymentBody};
pub use schedule::{OutstandingBody, OutstandingQuery, ScheduleRowBody};
pub use setting::LoanSettingBody;
pub use settlement::{QuoteBody, QuoteQuery, SettleBody, SettlementBody};
pub use transaction::{ReverseBody, TransactionBody};
