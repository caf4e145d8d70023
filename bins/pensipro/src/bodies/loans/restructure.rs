//! Restructures: asked for, previewed, decided.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{Faults, Money, Rate, TransactionId, UserId};
use pensipro_servicing::{
    DecideRestructure, PreviewRow, RawRestructure, RequestRestructure, Restructure,
    RestructurePreview, RestructureTerms,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a restructure is to change: more months, a lower rate, a holiday, or a mix.
#[derive(Debug, Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RestructureRequest {
    /// Value date, not ahead of today.
    #[schema(required, value_type = String, format = Date)]
    effective_on: Option<NaiveDate>,
    /// Months that the loan runs longer.
    extra_months: Option<u16>,
    /// Percent a year from then on, below the present rate.
    #[schema(value_type = Option<String>, example = "9.0")]
    new_rate: Option<Rate>,
    /// Months in which nothing is repaid; the loan runs longer by them too.
    holiday_months: Option<u16>,
    /// `interest_only`, or `capitalise`: what becomes of the interest of the holiday.
    holiday: Option<String>,
    /// `capitalise`, `carry` or `waive`: what becomes of what is in arrears.
    #[schema(required, value_type = String, example = "capitalise")]
    arrears: Option<String>,
    /// Why.
    #[schema(required, value_type = String)]
    reason: Option<String>,
}

impl RestructureRequest {
    /// The command, its date not after `today`.
    pub fn check(self, today: NaiveDate) -> Result<RequestRestructure, Faults> {
        let Self { effective_on, extra_months, new_rate, holiday_months, holiday, arrears, reason } =
            self;
        let raw = RawRestructure {
            effective_on,
            extra_months,
            new_rate,
            holiday_months,
            holiday,
            arrears,
        };
        RequestRestructure::check(&raw, reason.as_deref(), today)
    }
}

/// A decision on a request.
#[derive(Debug, Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DecideRestructureBody {
    /// `approve` or `reject`.
    #[schema(required, value_type = String, example = "approve")]
    decision: Option<String>,
    /// Why so.
    #[schema(required, value_type = String)]
    notes: Option<String>,
}

impl TryFrom<DecideRestructureBody> for DecideRestructure {
    type Error = Faults;

    fn try_from(body: DecideRestructureBody) -> Result<Self, Faults> {
        let DecideRestructureBody { decision, notes } = body;
        Self::check(decision.as_deref(), notes.as_deref())
    }
}

/// A request to restructure a loan.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct RestructureBody {
    pub id: i64,
    pub loan_id: i64,
    /// `requested`, `approved`, `rejected` or `lapsed`
    pub status: &'static str,
    /// `tenor_extension`, `rate_reduction`, `payment_holiday`
    pub kinds: Vec<&'static str>,
    pub effective_on: NaiveDate,
    pub extra_months: u16,
    #[schema(value_type = Option<String>)]
    pub new_rate: Option<Rate>,
    pub holiday_months: Option<u16>,
    pub holiday: Option<&'static str>,
    pub arrears: &'static str,
    pub reason: String,
    pub preview: RestructurePreviewBody,
    pub requested_on: NaiveDate,
    pub requested_by: Option<i64>,
    pub decided_on: Option<NaiveDate>,
    pub decided_by: Option<i64>,
    pub notes: Option<String>,
    /// The input of the account that it became.
    pub transaction_id: Option<i64>,
    /// The reversal that took it back.
    pub reversed_by: Option<i64>,
    pub created_at: DateTime<Utc>,
}

/// What a restructure comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct RestructurePreviewBody {
    /// Principal that is repaid in new rows.
    #[schema(value_type = String)]
    pub principal: Money,
    /// Of it, what was interest, fees or penalties before, interest of a holiday included.
    #[schema(value_type = String)]
    pub capitalised: Money,
    /// What is waived of interest, fees and penalties.
    #[schema(value_type = String)]
    pub waived: Money,
    /// Percent a year.
    #[schema(value_type = String)]
    pub interest_rate: Rate,
    /// Of the rows that repay.
    #[schema(value_type = String)]
    pub instalment: Money,
    /// How many rows the new ones replace.
    pub replaced: u16,
    /// Due date of the last row before.
    pub maturity_before: NaiveDate,
    /// Due date of the last new row.
    pub maturity_date: NaiveDate,
    /// The new rows.
    pub schedule: Vec<PreviewRowBody>,
}

/// A row that a restructure makes.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct PreviewRowBody {
    pub no: u16,
    pub due_date: NaiveDate,
    #[schema(value_type = String)]
    pub principal: Money,
    #[schema(value_type = String)]
    pub interest: Money,
    /// Of the interest, what is capitalised or not charged.
    #[schema(value_type = String)]
    pub interest_settled: Money,
    #[schema(value_type = String)]
    pub fee: Money,
}

impl From<PreviewRow> for PreviewRowBody {
    fn from(row: PreviewRow) -> Self {
        let PreviewRow { no, due_date, principal, interest, interest_settled, fee } = row;
        Self { no, due_date, principal, interest, interest_settled, fee }
    }
}

impl From<RestructurePreview> for RestructurePreviewBody {
    fn from(preview: RestructurePreview) -> Self {
        let RestructurePreview {
            agreed,
            principal,
            capitalised,
            waived,
            instalment,
            replaced,
            maturity_before,
            rows,
        } = preview;
        Self {
            principal,
            capitalised,
            waived,
            interest_rate: agreed.repayment.rules.interest_rate,
            instalment,
            replaced,
            maturity_before,
            maturity_date: agreed.repayment.maturity(),
            schedule: rows.into_iter().map(PreviewRowBody::from).collect(),
        }
    }
}

impl From<Restructure> for RestructureBody {
    fn from(restructure: Restructure) -> Self {
        let Restructure {
            id,
            loan_id,
            status,
            terms,
            reason,
            preview,
            requested_on,
            requested_by,
            decided_on,
            decided_by,
            notes,
            transaction_id,
            reversed_by,
            created_at,
        } = restructure;
        let kinds = terms.kinds().into_iter().map(|kind| kind.code()).collect();
        let RestructureTerms { effective_on, extra_months, new_rate, holiday, arrears } = terms;
        Self {
            id: id.get(),
            loan_id: loan_id.get(),
            status: status.code(),
            kinds,
            effective_on,
            extra_months,
            new_rate,
            holiday_months: holiday.map(|holiday| holiday.months),
            holiday: holiday.map(|holiday| holiday.kind.code()),
            arrears: arrears.code(),
            reason,
            preview: preview.into(),
            requested_on,
            requested_by: requested_by.map(UserId::get),
            decided_on,
            decided_by: decided_by.map(UserId::get),
            notes,
            transaction_id: transaction_id.map(TransactionId::get),
            reversed_by: reversed_by.map(TransactionId::get),
            created_at,
        }
    }
}
