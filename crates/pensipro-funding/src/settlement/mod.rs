//! Monthly accounting with a funder: what he gets of what members paid, less the cooperative's fees.
//!
//! A settlement takes, for each transaction, the funder's share of everything booked up to its last day, by
//! the shares of the transaction's value date, less what his final settlements hold of it already. So what
//! is taken back, paid late, or shared otherwise after a final settlement falls into the next one by itself,
//! and all settlements together hold his share to the sen.

mod fees;
mod header;
mod line;
mod loan;
mod split;
mod statement;

pub use fees::{ContractTotals, TaxRates, Taxes};
pub use header::{
    Correction, Coverage, Done, RawCorrection, RawSettlementChange, Settlement, SettlementChange,
    SettlementStatus,
};
pub use line::{HeldLine, KindTotals, LineKind, NewLine, Received, SettlementLine, StatementLine};
pub use loan::{LoanRates, PaidBy, PaidPart, PaidTransaction, SettledLoan, Settling};
pub use statement::{PRINTED_LINES, Statement};

#[cfg(test)]
mod tests;
