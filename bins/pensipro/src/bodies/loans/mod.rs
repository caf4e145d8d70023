//! Bodies of loans and of what is done to them.

mod charge;
mod disbursement;
mod list;
mod loan;
mod payment;
mod restructure;
mod schedule;
mod setting;
mod settlement;
mod statement;
mod timeline;
mod transaction;

pub use charge::{
    ChargePenaltyBody, DepositBody, FreezeBody, LoanPenaltyBody, WaiverBody, WriteOffBody,
};
pub use disbursement::{DisburseBody, DisbursementBody, SourceBody, SourceInput};
pub use list::LoanQuery;
pub use loan::{LoanBody, OwedBody};
pub use payment::{AllocationBody, PaymentBody, RecordPaymentBody};
pub use restructure::{
    DecideRestructureBody, PreviewRowBody, RestructureBody, RestructurePreviewBody,
    RestructureRequest,
};
pub use schedule::{OutstandingBody, OutstandingQuery, ScheduleQuery, ScheduleRowBody};
pub use setting::LoanSettingBody;
pub use settlement::{QuoteBody, QuoteQuery, SettleBody, SettlementBody};
pub use statement::{StatementBody, StatementLineBody, StatementQuery};
pub use timeline::LoanEventBody;
pub use transaction::{ReverseBody, TransactionBody};
