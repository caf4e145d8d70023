//! Commissions.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{BranchId, LoanId, Money, Period, Rate, SalesId, UserId};
use pensipro_sales::{
    Commission, CommissionEntry, CommissionFilter, CommissionLine, CommissionOrigin,
    CommissionPayment, CommissionState, CommissionStatus, RawManualCommission, RawPayCommission,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::ListFormat;

/// A commission by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCommissionBody {
    /// The loan it is about.
    loan_id: Option<i64>,
    /// Not zero; below zero where it is to be deducted.
    #[schema(value_type = String, example = "250000.00")]
    amount: Option<Money>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl From<NewCommissionBody> for RawManualCommission {
    fn from(body: NewCommissionBody) -> Self {
        let NewCommissionBody { loan_id, amount, reason } = body;
        Self { loan_id: loan_id.map(LoanId::new), amount, reason }
    }
}

/// A commission was paid with a payroll; a negative one, deducted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayCommissionBody {
    /// The day, not after today.
    #[schema(value_type = String, format = Date)]
    paid_on: Option<NaiveDate>,
    /// The payroll's month, `YYYY-MM`.
    #[schema(value_type = String, example = "2026-10")]
    payroll_periode: Option<Period>,
    /// The bank's or payroll's reference.
    reference: Option<String>,
}

impl From<PayCommissionBody> for RawPayCommission {
    fn from(body: PayCommissionBody) -> Self {
        let PayCommissionBody { paid_on, payroll_periode, reference } = body;
        Self { paid_on, payroll_periode, reference }
    }
}

/// A commission.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct CommissionBody {
    pub id: i64,
    pub sales_id: i64,
    /// The branch that the sales person worked for.
    pub branch_id: i64,
    pub loan_id: Option<i64>,
    /// `disbursement`, `clawback` or `manual`
    pub kind: &'static str,
    /// The plafon that earned it.
    #[schema(value_type = Option<String>, example = "50000000.00")]
    pub plafon: Option<Money>,
    /// The share of the plafon, in percent.
    #[schema(value_type = Option<String>, example = "1.25")]
    pub commission_pct: Option<Rate>,
    /// The commission that a claw-back takes back.
    pub corrects: Option<i64>,
    /// The month that it counts for.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    #[schema(value_type = String, example = "625000.00")]
    pub amount: Money,
    pub reason: Option<String>,
    /// `unpaid`, `paid` or `void`
    pub status: &'static str,
    pub paid_on: Option<NaiveDate>,
    #[schema(value_type = Option<String>, example = "2026-10")]
    pub payroll_periode: Option<Period>,
    pub reference: Option<String>,
    pub paid_by: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl From<Commission> for CommissionBody {
    fn from(commission: Commission) -> Self {
        let Commission { id, entry, state, version: _, created_at, updated_at, created_by } =
            commission;
        let (kind, status) = (entry.kind().code(), state.status().code());
        let CommissionEntry { sales_id, branch_id, loan_id, origin, periode, amount, reason } =
            entry;
        let (earned, corrects) = match origin {
            CommissionOrigin::Disbursement(earned) => (Some(earned), None),
            CommissionOrigin::Clawback(of) => (None, Some(of.get())),
            CommissionOrigin::Manual => (None, None),
        };
        let payment = match state {
            CommissionState::Paid(payment) => Some(payment),
            CommissionState::Unpaid | CommissionState::Void => None,
        };
        let paid = payment.map(|payment| {
            let CommissionPayment { paid_on, payroll_periode, reference, paid_by } = payment;
            (paid_on, payroll_periode, reference, paid_by)
        });
        Self {
            id: id.get(),
            sales_id: sales_id.get(),
            branch_id: branch_id.get(),
            loan_id: loan_id.map(LoanId::get),
            kind,
            plafon: earned.map(|earned| earned.plafon),
            commission_pct: earned.map(|earned| earned.commission_pct),
            corrects,
            periode,
            amount,
            reason,
            status,
            paid_on: paid.as_ref().map(|(day, ..)| *day),
            payroll_periode: paid.as_ref().map(|(_, month, ..)| *month),
            paid_by: paid.as_ref().and_then(|(.., by)| by.map(UserId::get)),
            reference: paid.and_then(|(_, _, reference, _)| reference),
            created_at,
            updated_at,
            created_by: created_by.map(UserId::get),
        }
    }
}

/// A commission in a list, with what the payroll needs of its sales person and loan.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct CommissionLineBody {
    #[serde(flatten)]
    pub commission: CommissionBody,
    pub sales_code: String,
    pub sales_name: String,
    pub branch_code: String,
    #[schema(example = "LN-2026-000123")]
    pub loan_number: Option<String>,
}

impl From<CommissionLine> for CommissionLineBody {
    fn from(line: CommissionLine) -> Self {
        let CommissionLine { commission, sales_code, sales_name, branch_code, loan_number } = line;
        Self { commission: commission.into(), sales_code, sales_name, branch_code, loan_number }
    }
}

/// Filters of a sales person's commissions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OwnCommissionQuery {
    /// `unpaid`, `paid` or `void`.
    #[param(value_type = Option<String>)]
    status: Option<CommissionStatus>,
    /// That count for this month, `YYYY-MM`.
    #[param(value_type = Option<String>)]
    periode: Option<Period>,
    /// Paid with this month's payroll.
    #[param(value_type = Option<String>)]
    payroll_periode: Option<Period>,
    /// About this loan.
    #[param(value_type = Option<i64>)]
    loan_id: Option<LoanId>,
}

impl OwnCommissionQuery {
    /// The filter for this sales person.
    pub fn of(self, sales: SalesId) -> CommissionFilter {
        let Self { status, periode, payroll_periode, loan_id } = self;
        let (branch_id, sales_id) = (None, Some(sales));
        CommissionFilter { status, periode, payroll_periode, branch_id, sales_id, loan_id }
    }
}

/// Filters of commissions across sales people.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CommissionQuery {
    /// `unpaid`, `paid` or `void`.
    #[param(value_type = Option<String>)]
    status: Option<CommissionStatus>,
    /// That count for this month, `YYYY-MM`.
    #[param(value_type = Option<String>)]
    periode: Option<Period>,
    /// Paid with this month's payroll.
    #[param(value_type = Option<String>)]
    payroll_periode: Option<Period>,
    /// Of this branch.
    #[param(value_type = Option<i64>)]
    branch_id: Option<BranchId>,
    /// Of this sales person.
    #[param(value_type = Option<i64>)]
    sales_id: Option<SalesId>,
    /// About this loan.
    #[param(value_type = Option<i64>)]
    loan_id: Option<LoanId>,
    /// `json`, or `csv` or `xlsx` for the whole list as a file.
    #[serde(default)]
    #[param(inline)]
    pub format: ListFormat,
}

impl From<CommissionQuery> for CommissionFilter {
    fn from(query: CommissionQuery) -> Self {
        let CommissionQuery {
            status,
            periode,
            payroll_periode,
            branch_id,
            sales_id,
            loan_id,
            format: _,
        } = query;
        Self { status, periode, payroll_periode, branch_id, sales_id, loan_id }
    }
}
