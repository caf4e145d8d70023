//! Bodies of portfolios.

use chrono::NaiveDate;
use pensipro_funding::{Exposure, PortfolioFilter, PortfolioLoan};
use pensipro_kernel::{ContractId, Money, Rate};
use pensipro_servicing::{days_past_due, reports::AgingBucket};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::List;

/// Filters of a portfolio.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PortfolioQuery {
    /// Loans of this status: `pending`, `active` or `default`.
    status: Option<String>,
    /// Shares under this contract.
    #[param(value_type = Option<i64>)]
    contract_id: Option<ContractId>,
    /// Days past due at least.
    dpd_from: Option<u32>,
}

impl From<PortfolioQuery> for PortfolioFilter {
    fn from(query: PortfolioQuery) -> Self {
        let PortfolioQuery { status, contract_id, dpd_from } = query;
        Self { status, contract_id, dpd_from }
    }
}

/// A loan of a portfolio.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct PortfolioLoanBody {
    pub loan_id: i64,
    pub number: String,
    pub contract_id: i64,
    /// `participation` or `assignment`
    pub kind: &'static str,
    #[schema(value_type = String, example = "70")]
    pub share_pct: Rate,
    /// His part of the plafon.
    #[schema(value_type = String)]
    pub plafon_share: Money,
    /// His part of the unpaid principal; of the plafon while the loan is not paid out.
    #[schema(value_type = String)]
    pub outstanding_principal_share: Money,
    /// Days past due, today.
    pub dpd: u32,
    /// `0-30`, `31-60`, `61-90` or `>90`
    pub bucket: &'static str,
    pub status: String,
}

impl PortfolioLoanBody {
    /// The loan as of today.
    pub fn new(loan: PortfolioLoan, today: NaiveDate) -> Self {
        let dpd = days_past_due(loan.oldest_unpaid_due, today);
        Self {
            loan_id: loan.loan_id.get(),
            contract_id: loan.contract_id.get(),
            kind: loan.kind.code(),
            share_pct: loan.share_pct(),
            plafon_share: loan.held.principal,
            outstanding_principal_share: loan.held.share(),
            dpd,
            bucket: AgingBucket::of(dpd).code(),
            number: loan.number,
            status: loan.status,
        }
    }
}

/// A page of a funder's loans, with what he has outstanding and may have.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortfolioBody {
    /// The limits of his contracts that take loans today, together; `null` where one has none.
    #[schema(value_type = Option<String>, example = "5000000000.00")]
    pub limit: Option<Money>,
    /// His parts of what is outstanding, of all his loans.
    #[schema(value_type = String)]
    pub exposure: Money,
    /// The loans, by id.
    #[serde(flatten)]
    pub page: List<PortfolioLoanBody>,
}

impl PortfolioBody {
    /// A page beside the whole's figures.
    pub fn new(Exposure { limit, exposure }: Exposure, page: List<PortfolioLoanBody>) -> Self {
        Self { limit, exposure, page }
    }
}
