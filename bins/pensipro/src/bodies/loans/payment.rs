//! Payments.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{ImportLineId, Money, TransactionId, UserId};
use pensipro_servicing::{Allocation, Payment, RawPayment};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A payment at the counter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordPaymentBody {
    /// Value date, not ahead of today.
    #[schema(value_type = String, format = Date)]
    paid_on: Option<NaiveDate>,
    /// Above zero.
    #[schema(value_type = String, example = "1500000.00")]
    amount: Option<Money>,
    /// `potong_pensiun`, `transfer`, `tunai`, `ahli_waris` or `asuransi`.
    #[schema(value_type = String, example = "transfer")]
    channel: Option<String>,
    /// The bank's or payer's reference; no two live payments of a channel share one.
    reference: Option<String>,
    /// What becomes of the rest: `prepay_next` or `refund`.
    excess_to: Option<String>,
}

impl From<RecordPaymentBody> for RawPayment {
    fn from(body: RecordPaymentBody) -> Self {
        let RecordPaymentBody { paid_on, amount, channel, reference, excess_to } = body;
        Self { paid_on, amount, channel, reference, excess_to }
    }
}

/// A payment with what it pays now.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct PaymentBody {
    pub id: i64,
    pub transaction_id: i64,
    pub loan_id: i64,
    pub paid_on: NaiveDate,
    pub booked_on: NaiveDate,
    #[schema(value_type = String, example = "1500000.00")]
    pub amount: Money,
    /// `potong_pensiun`, `transfer`, `tunai`, `ahli_waris` or `asuransi`
    pub channel: &'static str,
    pub reference: Option<String>,
    /// `prepay_next` or `refund`
    pub excess_to: &'static str,
    /// The line of an import that it came from.
    pub import_line_id: Option<i64>,
    /// They add up to the amount; empty once reversed.
    pub allocations: Vec<AllocationBody>,
    /// What of it is not owed.
    #[schema(value_type = String)]
    pub excess_amount: Money,
    /// The transaction that took it back.
    pub reversed_by: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

/// A part of a payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllocationBody {
    /// The row of the schedule; `null` for what belongs to none.
    pub no: Option<u16>,
    /// `due_from_member`, `penalty`, `fee`, `interest`, `principal` or `excess`.
    pub component: &'static str,
    /// Above zero for a payment; below where another input takes it off.
    #[schema(value_type = String)]
    pub amount: Money,
}

impl From<Payment> for PaymentBody {
    fn from(payment: Payment) -> Self {
        let excess_amount = payment.excess_amount();
        let Payment {
            id,
            transaction_id,
            loan_id,
            paid_on,
            booked_on,
            amount,
            channel,
            reference,
            excess_to,
            due_through: _,
            source_line,
            allocations,
            reversed_by,
            created_at,
            created_by,
        } = payment;
        Self {
            id: id.get(),
            transaction_id: transaction_id.get(),
            loan_id: loan_id.get(),
            paid_on,
            booked_on,
            amount,
            channel: channel.code(),
            reference,
            excess_to: excess_to.code(),
            import_line_id: source_line.map(ImportLineId::get),
            allocations: allocations.into_iter().map(AllocationBody::from).collect(),
            excess_amount,
            reversed_by: reversed_by.map(TransactionId::get),
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}

impl From<Allocation> for AllocationBody {
    fn from(Allocation { transaction: _, row, component, amount }: Allocation) -> Self {
        let no = (row.no > 0).then_some(row.no);
        Self { no, component: component.code(), amount }
    }
}
