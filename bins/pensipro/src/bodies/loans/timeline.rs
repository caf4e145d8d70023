//! What happened to a loan.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{Money, TransactionId, UserId};
use pensipro_servicing::{LoanEvent, LoanHappening};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that happened to a loan. What does not fit its kind is `null`.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct LoanEventBody {
    /// A value date, or the business day of a request or a reversal.
    pub on: NaiveDate,
    /// A transaction's kind (`payment`, `reversal`, …), `restructure_request`, `refund_request` or
    /// `status_change`.
    pub event: &'static str,
    pub transaction_id: Option<i64>,
    pub restructure_id: Option<i64>,
    pub refund_id: Option<i64>,
    /// What a reversal takes back.
    pub reverses: Option<i64>,
    /// The reversal that took it back.
    pub reversed_by: Option<i64>,
    /// Of a request; of a refund as it is now; of the loan after the event.
    pub status: Option<&'static str>,
    /// The loan's status before.
    pub status_before: Option<&'static str>,
    #[schema(value_type = Option<String>)]
    pub amount: Option<Money>,
    pub reason: Option<String>,
    /// When it was entered; `null` for what followed.
    pub at: Option<DateTime<Utc>>,
    pub by: Option<i64>,
}

impl From<LoanEvent> for LoanEventBody {
    fn from(event: LoanEvent) -> Self {
        let LoanEvent { on, what, amount, reason, at, by } = event;
        let body = Self {
            on,
            event: "",
            transaction_id: None,
            restructure_id: None,
            refund_id: None,
            reverses: None,
            reversed_by: None,
            status: None,
            status_before: None,
            amount,
            reason,
            at,
            by: by.map(UserId::get),
        };
        match what {
            LoanHappening::Transaction { id, kind, reverses, reversed_by } => Self {
                event: kind.code(),
                transaction_id: Some(id.get()),
                reverses: reverses.map(TransactionId::get),
                reversed_by: reversed_by.map(TransactionId::get),
                ..body
            },
            LoanHappening::Restructure { id, status } => Self {
                event: "restructure_request",
                restructure_id: Some(id.get()),
                status: Some(status.code()),
                ..body
            },
            LoanHappening::Refund { id, status } => Self {
                event: "refund_request",
                refund_id: Some(id.get()),
                status: Some(status.code()),
                ..body
            },
            LoanHappening::Status { from, to } => Self {
                event: "status_change",
                status: Some(to.code()),
                status_before: Some(from.code()),
                ..body
            },
        }
    }
}
