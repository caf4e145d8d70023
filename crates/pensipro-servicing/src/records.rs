//! What is read of a loan's transactions.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    BankAccountId, DisbursementId, ImportLineId, LoanId, Moment, Money, PaymentId, TransactionId,
    UserId,
};
use pensipro_pricing::FeeCharge;

use crate::{
    allocation::{Allocation, Component},
    amount::total,
    disbursement::{NewDisbursement, Source},
    input::ExcessTo,
    payment::Channel,
    posting::{NewSettlement, TransactionKind},
};

/// A payment with what it pays. Its id is that of its transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// Its transaction.
    pub transaction_id: TransactionId,
    /// The loan.
    pub loan_id: LoanId,
    /// Value date.
    pub paid_on: NaiveDate,
    /// Business date of entry.
    pub booked_on: NaiveDate,
    /// Above zero.
    pub amount: Money,
    /// How it came in.
    pub channel: Channel,
    /// The bank's or payer's reference.
    pub reference: Option<String>,
    /// What becomes of the rest.
    pub excess_to: ExcessTo,
    /// The rows due up to this day are what it is for.
    pub due_through: NaiveDate,
    /// The import line it came from.
    pub source_line: Option<ImportLineId>,
    /// What it pays now; nothing once reversed.
    pub allocations: Vec<Allocation>,
    /// The reversal that took it back.
    pub reversed_by: Option<TransactionId>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: Option<UserId>,
}

impl Payment {
    /// How much of it is not owed.
    pub fn excess_amount(&self) -> Money {
        let excess = |part: &&Allocation| part.component == Component::Excess;
        total(self.allocations.iter().filter(excess).map(|part| part.amount))
    }
}

/// A disbursement. Its id is that of its transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disbursement {
    /// Its id.
    pub id: DisbursementId,
    /// Its transaction.
    pub transaction_id: TransactionId,
    /// The loan.
    pub loan_id: LoanId,
    /// Value date.
    pub disbursed_on: NaiveDate,
    /// The plafon.
    pub amount: Money,
    /// The fees, deposit included.
    pub charges: Vec<FeeCharge>,
    /// Fees deducted.
    pub upfront_fees: Money,
    /// The member's own money held back.
    pub deposit: Money,
    /// What the member received.
    pub net_amount: Money,
    /// The account it was paid to.
    pub account_id: BankAccountId,
    /// Who paid.
    pub sources: Vec<Source>,
    /// The bank's reference.
    pub reference: Option<String>,
    /// The reversal that took it back.
    pub reversed_by: Option<TransactionId>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: Option<UserId>,
}

impl Disbursement {
    /// A disbursement just posted, as it will be read.
    pub fn of(new: NewDisbursement, by: Option<UserId>, at: Moment) -> Self {
        let NewDisbursement {
            transaction_id,
            loan_id,
            disbursed_on,
            amount,
            charges,
            upfront_fees,
            deposit,
            net_amount,
            account_id,
            sources,
            reference,
        } = new;
        Self {
            id: DisbursementId::new(transaction_id.get()),
            transaction_id,
            loan_id,
            disbursed_on,
            amount,
            charges,
            upfront_fees,
            deposit,
            net_amount,
            account_id,
            sources,
            reference,
            reversed_by: None,
            created_at: at.now,
            created_by: by,
        }
    }
}

/// A transaction of a loan: an input or a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Its id.
    pub id: TransactionId,
    /// The loan.
    pub loan_id: LoanId,
    /// What it is.
    pub kind: TransactionKind,
    /// Value date.
    pub effective_on: NaiveDate,
    /// Business date of entry.
    pub booked_on: NaiveDate,
    /// The money it moves, if it moves any.
    pub amount: Option<Money>,
    /// What it takes back, if it is a reversal.
    pub reverses: Option<TransactionId>,
    /// Why it was made; a reversal always says so.
    pub reason: Option<String>,
    /// The reversal that took it back.
    pub reversed_by: Option<TransactionId>,
    /// What it pays now.
    pub allocations: Vec<Allocation>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: Option<UserId>,
}

/// A settlement. Its id is that of its transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettlementRecord {
    /// What is particular to it.
    pub settlement: NewSettlement,
    /// The reversal that took it back; its payment stands or goes on its own.
    pub reversed_by: Option<TransactionId>,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: Option<UserId>,
}

impl SettlementRecord {
    /// A settlement just posted, as it will be read.
    pub fn of(settlement: NewSettlement, by: Option<UserId>, at: Moment) -> Self {
        Self { settlement, reversed_by: None, created_at: at.now, created_by: by }
    }
}
