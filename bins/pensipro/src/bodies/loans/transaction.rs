//! What was done to a loan, and taking it back.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{Faults, Money, TransactionId, UserId};
use pensipro_servicing::{Reverse, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AllocationBody;

/// A reversal to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseBody {
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl TryFrom<ReverseBody> for Reverse {
    type Error = Faults;

    fn try_from(ReverseBody { reason }: ReverseBody) -> Result<Self, Faults> {
        Self::check(reason.as_deref().unwrap_or_default())
    }
}

/// A transaction: an input of the account, or a reversal.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct TransactionBody {
    pub id: i64,
    pub loan_id: i64,
    /// `disbursement`, `death`, `interest_freeze`, `restructure`, `manual_penalty`, `failed_cut`,
    /// `waiver`, `deposit_applied`, `deposit_released`, `payment`, `recovery`, `settlement`,
    /// `write_off`, `status`, `collection`, `refund_paid`, `refund_refused` or `reversal`
    pub kind: &'static str,
    /// Value date; a reversal's is that of what it takes back.
    pub effective_on: NaiveDate,
    pub booked_on: NaiveDate,
    /// The money it moves or is about, if any.
    #[schema(value_type = Option<String>)]
    pub amount: Option<Money>,
    /// What it pays now.
    pub allocations: Vec<AllocationBody>,
    /// What a reversal takes back.
    pub reverses: Option<i64>,
    /// Why it was made; a reversal always says so.
    pub reason: Option<String>,
    /// Whether it was taken back.
    pub reversed: bool,
    /// The reversal that took it back.
    pub reversed_by: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl From<Transaction> for TransactionBody {
    fn from(transaction: Transaction) -> Self {
        let Transaction {
            id,
            loan_id,
            kind,
            effective_on,
            booked_on,
            amount,
            reverses,
            reason,
            reversed_by,
            allocations,
            created_at,
            created_by,
        } = transaction;
        Self {
            id: id.get(),
            loan_id: loan_id.get(),
            kind: kind.code(),
            effective_on,
            booked_on,
            amount,
            allocations: allocations.into_iter().map(AllocationBody::from).collect(),
            reverses: reverses.map(TransactionId::get),
            reason,
            reversed: reversed_by.is_some(),
            reversed_by: reversed_by.map(TransactionId::get),
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}
