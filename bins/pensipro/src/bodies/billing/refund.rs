//! Bodies of refund requests.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Faults, ImportLineId, LoanId, MemberId, Money, UserId};
use pensipro_servicing::{DecideRefund, RefundFilter, RefundRequest, RefundStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Money of a payment that the member does not owe.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundBody {
    /// Its id.
    pub id: i64,
    /// Whose money it is.
    pub member_id: i64,
    /// The loan that was paid.
    pub loan_id: i64,
    /// The payment.
    pub payment_id: i64,
    /// How much.
    #[schema(value_type = String, example = "25000.00")]
    pub amount: Money,
    /// The line of a realisation file that it came with.
    pub source_line_id: Option<i64>,
    /// `requested`, `approved`, `paid`, `rejected` or `withdrawn`.
    pub status: &'static str,
    /// What was noted last.
    pub notes: Option<String>,
    /// Who approved it; another person pays it out.
    pub approved_by: Option<i64>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl From<RefundRequest> for RefundBody {
    fn from(request: RefundRequest) -> Self {
        let RefundRequest {
            id,
            member_id,
            loan_id,
            transaction_id,
            source_line_id,
            amount,
            status,
            notes,
            approved_by,
            version: _,
            created_at,
            updated_at,
        } = request;
        Self {
            id: id.get(),
            member_id: member_id.get(),
            loan_id: loan_id.get(),
            payment_id: transaction_id.get(),
            amount,
            source_line_id: source_line_id.map(ImportLineId::get),
            status: status.code(),
            notes,
            approved_by: approved_by.map(UserId::get),
            created_at,
            updated_at,
        }
    }
}

/// A decision on a refund.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideRefundBody {
    /// `approved`, `paid` or `rejected`: the money prepays.
    #[schema(value_type = String)]
    status: Option<String>,
    /// A refusal says why.
    notes: Option<String>,
}

impl TryFrom<DecideRefundBody> for DecideRefund {
    type Error = Faults;

    fn try_from(DecideRefundBody { status, notes }: DecideRefundBody) -> Result<Self, Faults> {
        Self::check(status.as_deref(), notes.as_deref())
    }
}

/// Filters of the refund requests.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RefundQuery {
    /// `requested`, `approved`, `paid`, `rejected` or `withdrawn`.
    #[param(value_type = Option<String>)]
    status: Option<RefundStatus>,
    /// Whose money.
    #[param(value_type = Option<i64>)]
    member_id: Option<MemberId>,
    /// Of which loan.
    #[param(value_type = Option<i64>)]
    loan_id: Option<LoanId>,
}

impl From<RefundQuery> for RefundFilter {
    fn from(RefundQuery { status, member_id, loan_id }: RefundQuery) -> Self {
        Self { status, member_id, loan_id }
    }
}
