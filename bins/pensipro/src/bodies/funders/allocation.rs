//! Bodies of funders' shares of loans.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_flows::RawAllocation;
use pensipro_funding::{Allocation, NewAllocation};
use pensipro_kernel::{ContractId, FunderId, Money, Rate, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bodies::change::Change;

/// A funder's share of a loan, or `funder_id: null` to buy all shares back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocateBody {
    /// The funder; `null` for the cooperative, which then holds the whole.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    funder_id: Change<FunderId>,
    /// Where several of his contracts are valid on the day.
    #[schema(value_type = Option<i64>)]
    contract_id: Option<ContractId>,
    /// `participation` or `assignment`
    kind: Option<String>,
    /// His share of the plafon; the contract's if absent.
    #[schema(value_type = Option<String>, example = "70")]
    share_pct: Option<Rate>,
    /// From which day; today if absent.
    valid_from: Option<NaiveDate>,
}

impl From<AllocateBody> for RawAllocation {
    fn from(body: AllocateBody) -> Self {
        let AllocateBody { funder_id, contract_id, kind, share_pct, valid_from } = body;
        let funder_id = funder_id.into_option();
        Self { funder_id, contract_id, kind, share_pct, valid_from }
    }
}

/// A funder's share of a loan.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct FunderAllocationBody {
    pub id: i64,
    pub loan_id: i64,
    pub funder_id: i64,
    pub contract_id: i64,
    /// `participation` or `assignment`
    pub kind: &'static str,
    /// His part of the plafon.
    #[schema(value_type = String)]
    pub principal: Money,
    /// The same, percent.
    #[schema(value_type = String, example = "70")]
    pub share_pct: Rate,
    pub valid_from: NaiveDate,
    /// The first day on which he holds it no more.
    pub ended_on: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl FunderAllocationBody {
    /// A share of a loan of this plafon.
    pub fn new(allocation: Allocation, plafon: Money) -> Self {
        let share_pct = allocation.share_pct(plafon);
        let Allocation { id, content, ended_on, created_at, created_by } = allocation;
        let NewAllocation { loan_id, funder_id, contract_id, kind, principal, valid_from } =
            content;
        Self {
            id: id.get(),
            loan_id: loan_id.get(),
            funder_id: funder_id.get(),
            contract_id: contract_id.get(),
            kind: kind.code(),
            principal,
            share_pct,
            valid_from,
            ended_on,
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}

/// Who holds a loan.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllocationsBody {
    /// By entry, ended ones too; what none of them holds is the cooperative's.
    pub allocations: Vec<FunderAllocationBody>,
}
