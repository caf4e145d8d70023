//! What a member is handed of his account: a statement of a period, a receipt of a payment.

mod receipt;
mod statement;
mod words;

pub use receipt::{ReceiptFacts, payment_receipt, receipt_number};
pub use statement::statement_report;
