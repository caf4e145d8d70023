//! Paying a loan off early.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{Money, TransactionId, UserId};
use pensipro_servicing::{NewSettlement, Quote, RawSettlement, SettlementRecord, SettlementTotal};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The day on which the loan is to be paid off.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct QuoteQuery {
    /// Today if absent; any day on which the loan is owed, with everything known now.
    pub date: Option<NaiveDate>,
}

/// A settlement to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleBody {
    /// Value date, not ahead of today.
    #[schema(value_type = String, format = Date)]
    settled_on: Option<NaiveDate>,
    /// The total of that day's quote.
    #[schema(value_type = String, example = "48500000.00")]
    amount: Option<Money>,
    /// `potong_pensiun`, `transfer`, `tunai`, `ahli_waris` or `asuransi`.
    #[schema(value_type = String, example = "transfer")]
    channel: Option<String>,
    /// The bank's reference.
    reference: Option<String>,
}

impl From<SettleBody> for RawSettlement {
    fn from(body: SettleBody) -> Self {
        let SettleBody { settled_on, amount, channel, reference } = body;
        Self { settled_on, amount, channel, reference }
    }
}

/// What paying a loan off on a day takes. The total is all that is owed, less what was paid ahead,
/// the deposit and the discount.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct QuoteBody {
    pub date: NaiveDate,
    #[schema(value_type = String)]
    pub principal: Money,
    /// Unpaid interest of the instalments due by then.
    #[schema(value_type = String)]
    pub interest_due: Money,
    /// Interest of the running period, for its days up to then.
    #[schema(value_type = String)]
    pub interest_running: Money,
    #[schema(value_type = String)]
    pub penalty: Money,
    #[schema(value_type = String)]
    pub fee: Money,
    /// Refunds paid out that turned out not to be due.
    #[schema(value_type = String)]
    pub due_from_member: Money,
    #[schema(value_type = String)]
    pub early_settlement_penalty: Money,
    /// Interest paid on instalments that are not due.
    #[schema(value_type = String)]
    pub prepaid_interest: Money,
    #[schema(value_type = String)]
    pub deposit: Money,
    /// What was waived for a settlement before.
    #[schema(value_type = String)]
    pub discount: Money,
    #[schema(value_type = String)]
    pub total: Money,
}

impl From<Quote> for QuoteBody {
    fn from(quote: Quote) -> Self {
        let Quote { owed, early_penalty, deposit, discount, total } = quote;
        let SettlementTotal {
            date,
            principal,
            interest_due,
            interest_running,
            prepaid_interest,
            penalty,
            fee,
            due_from_member,
            total: _,
        } = owed;
        Self {
            date,
            principal,
            interest_due,
            interest_running,
            penalty,
            fee,
            due_from_member,
            early_settlement_penalty: early_penalty,
            prepaid_interest,
            deposit,
            discount,
            total,
        }
    }
}

/// A settlement with the quote that was paid.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct SettlementBody {
    pub id: i64,
    pub transaction_id: i64,
    pub loan_id: i64,
    /// Its payment; `null` where nothing was left to pay.
    pub payment_id: Option<i64>,
    pub settled_on: NaiveDate,
    #[schema(value_type = String)]
    pub amount: Money,
    pub quote: QuoteBody,
    /// The disbursement of another loan of the member's that paid it, if one did.
    pub netted_by: Option<i64>,
    /// The transaction that took it back; its payment stands or goes on its own.
    pub reversed_by: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl From<SettlementRecord> for SettlementBody {
    fn from(record: SettlementRecord) -> Self {
        let SettlementRecord { settlement, reversed_by, created_at, created_by } = record;
        let NewSettlement { transaction_id, loan_id, payment, settled_on, quote, netted_by } =
            settlement;
        Self {
            id: transaction_id.get(),
            transaction_id: transaction_id.get(),
            loan_id: loan_id.get(),
            payment_id: payment.map(TransactionId::get),
            settled_on,
            amount: quote.total,
            quote: quote.into(),
            netted_by: netted_by.map(TransactionId::get),
            reversed_by: reversed_by.map(TransactionId::get),
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}
