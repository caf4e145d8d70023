//! A loan as it is shown.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{BranchId, Money, Rate, SalesId};
use pensipro_servicing::{Loan, LoanFigures};
use serde::Serialize;
use utoipa::ToSchema;

/// A loan.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct LoanBody {
    pub id: i64,
    /// What people call it.
    #[schema(example = "LN-2026-000123")]
    pub number: String,
    pub application_id: i64,
    pub member_id: i64,
    pub product_id: i64,
    pub sales_id: Option<i64>,
    pub branch_id: Option<i64>,
    #[schema(value_type = String, example = "50000000.00")]
    pub plafon: Money,
    pub tenor: u16,
    /// Percent a year.
    #[schema(value_type = String, example = "12")]
    pub interest_rate: Rate,
    /// `flat`, `anuitas` or `efektif`
    pub method: &'static str,
    /// `pending`, `active`, `closed`, `default` or `cancelled`
    pub status: &'static str,
    pub approved_on: NaiveDate,
    pub disbursed_on: Option<NaiveDate>,
    /// Provisional before the disbursement.
    pub first_due_date: NaiveDate,
    /// Provisional before the disbursement.
    pub maturity_date: NaiveDate,
    /// `pension_cut` or `heir`
    pub collection: &'static str,
    /// What is owed: in a list as stored on `state_on`, in the detail today.
    pub outstanding: OwedBody,
    /// The day on which `outstanding` stands; `null` before the disbursement.
    pub state_on: Option<NaiveDate>,
    /// Days past due, today.
    pub dpd: u32,
    /// 1 (current) to 5 (loss).
    pub kolektibilitas: u8,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What is owed on a loan.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwedBody {
    /// Unpaid principal.
    #[schema(value_type = String)]
    pub principal: Money,
    /// Unpaid interest that is due.
    #[schema(value_type = String)]
    pub interest: Money,
    /// Unpaid fees.
    #[schema(value_type = String)]
    pub fee: Money,
    /// Penalties charged and not paid.
    #[schema(value_type = String)]
    pub penalty: Money,
    /// Their sum.
    #[schema(value_type = String)]
    pub total: Money,
}

impl LoanBody {
    /// The loan with its figures.
    pub fn of(loan: Loan, figures: LoanFigures) -> Self {
        let number = loan.number();
        let Loan {
            id,
            application_id,
            member_id,
            product_id,
            sales_id,
            branch_id,
            plafon,
            tenor,
            terms,
            approved_on,
            status: _,
            collection,
            disbursed_on,
            first_due_date,
            maturity_date,
            version: _,
            created_at,
            updated_at,
        } = loan;
        let LoanFigures {
            status,
            principal,
            interest,
            fee,
            penalty,
            total,
            state_on,
            dpd,
            kolektibilitas,
        } = figures;
        Self {
            id: id.get(),
            number,
            application_id: application_id.get(),
            member_id: member_id.get(),
            product_id: product_id.get(),
            sales_id: sales_id.map(SalesId::get),
            branch_id: branch_id.map(BranchId::get),
            plafon,
            tenor,
            interest_rate: terms.rules.interest_rate,
            method: terms.rules.method.code(),
            status: status.code(),
            approved_on,
            disbursed_on,
            first_due_date,
            maturity_date,
            collection: collection.code(),
            outstanding: OwedBody { principal, interest, fee, penalty, total },
            state_on,
            dpd,
            kolektibilitas: kolektibilitas.level(),
            created_at,
            updated_at,
        }
    }
}
