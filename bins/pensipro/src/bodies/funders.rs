//! Bodies of funders and their contracts.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_flows::RawAllocation;
use pensipro_funding::{
    Allocation, Contract, ContractDetails, Funder, FunderDetails, FunderFilter, NewAllocation,
    RawContract, RawContractChange, RawFunder, RawFunderChange,
};
use pensipro_kernel::{ContractId, FunderId, Money, Rate, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::bodies::change::{Change, given};

/// A funder to be entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFunderBody {
    /// Short code; no two funders share one.
    #[schema(value_type = String, example = "BBM")]
    code: Option<String>,
    /// Name.
    #[schema(value_type = String, example = "Bank Bina Mitra")]
    name: Option<String>,
    /// `bank`, `koperasi` or `multifinance`
    #[schema(value_type = String, example = "bank")]
    kind: Option<String>,
    /// Whom to reach, and how.
    contact: Option<String>,
    /// `true` if absent.
    is_active: Option<bool>,
}

impl From<NewFunderBody> for RawFunder {
    fn from(body: NewFunderBody) -> Self {
        let NewFunderBody { code, name, kind, contact, is_active } = body;
        Self { code, name, kind, contact, is_active }
    }
}

/// What is to change of a funder.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunderChangeBody {
    /// Short code.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// `bank`, `koperasi` or `multifinance`
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    kind: Option<String>,
    /// Whom to reach, and how.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    contact: Change<String>,
    /// `false` switches it off: it gets no new contract.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
}

impl From<FunderChangeBody> for RawFunderChange {
    fn from(body: FunderChangeBody) -> Self {
        let FunderChangeBody { code, name, kind, contact, is_active } = body;
        Self { code, name, kind, contact: contact.into_option(), is_active }
    }
}

/// A funder.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct FunderBody {
    pub id: i64,
    pub code: String,
    pub name: String,
    /// `bank`, `koperasi` or `multifinance`
    pub kind: &'static str,
    pub contact: Option<String>,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Funder> for FunderBody {
    fn from(funder: Funder) -> Self {
        let Funder { id, details, version: _, created_at, updated_at } = funder;
        let FunderDetails { code, name, kind, contact, is_active } = details;
        let kind = kind.code();
        Self { id: id.get(), code, name, kind, contact, is_active, created_at, updated_at }
    }
}

/// Filters of the list of funders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FunderQuery {
    /// Those in use, or those switched off.
    is_active: Option<bool>,
}

impl From<FunderQuery> for FunderFilter {
    fn from(FunderQuery { is_active }: FunderQuery) -> Self {
        Self { is_active }
    }
}

/// A contract to be entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContractBody {
    /// A funder has none twice.
    #[schema(value_type = String, example = "PKS-01/2026")]
    number: Option<String>,
    /// `fronting`, `channeling` or `participation`
    #[schema(value_type = String, example = "participation")]
    scheme: Option<String>,
    /// The funder's share of a loan; 100 but under `participation`.
    #[schema(value_type = Option<String>, example = "70")]
    share_pct: Option<Rate>,
    /// `pari_passu` (if absent), `interest_share` or `funder_rate`
    sharing: Option<String>,
    /// The funder's percentage of the interest on his share, for `interest_share`.
    #[schema(value_type = Option<String>)]
    interest_share_pct: Option<Rate>,
    /// The funder's yearly rate, for `funder_rate`.
    #[schema(value_type = Option<String>)]
    funder_rate: Option<Rate>,
    /// For bringing loans; 0 if absent.
    #[schema(value_type = Option<String>)]
    fee_originator_pct: Option<Rate>,
    /// `principal` (if absent) or `interest`
    fee_originator_base: Option<String>,
    /// For serving them; 0 if absent.
    #[schema(value_type = Option<String>, example = "2")]
    fee_servicing_pct: Option<Rate>,
    /// `interest` (if absent) or `instalment`
    fee_servicing_base: Option<String>,
    /// The least that serving them costs a month.
    #[schema(value_type = Option<String>)]
    fee_servicing_minimum: Option<Money>,
    /// The most that may be outstanding under it.
    #[schema(value_type = Option<String>, example = "5000000000.00")]
    limit: Option<Money>,
    /// The first day on which it takes loans.
    #[schema(value_type = String)]
    valid_from: Option<NaiveDate>,
    /// The last.
    #[schema(value_type = String)]
    valid_to: Option<NaiveDate>,
}

impl From<NewContractBody> for RawContract {
    fn from(body: NewContractBody) -> Self {
        let NewContractBody {
            number,
            scheme,
            share_pct,
            sharing,
            interest_share_pct,
            funder_rate,
            fee_originator_pct,
            fee_originator_base,
            fee_servicing_pct,
            fee_servicing_base,
            fee_servicing_minimum,
            limit,
            valid_from,
            valid_to,
        } = body;
        Self {
            number,
            scheme,
            share_pct,
            sharing,
            interest_share_pct,
            funder_rate,
            fee_originator_pct,
            fee_originator_base,
            fee_servicing_pct,
            fee_servicing_base,
            fee_servicing_minimum,
            limit,
            valid_from,
            valid_to,
        }
    }
}

/// What is to change of a contract; what was agreed otherwise is another contract.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractChangeBody {
    /// The most that may be outstanding under it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    limit: Change<Money>,
    /// The last day on which it takes loans.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    valid_to: Option<NaiveDate>,
}

impl From<ContractChangeBody> for RawContractChange {
    fn from(ContractChangeBody { limit, valid_to }: ContractChangeBody) -> Self {
        Self { limit: limit.into_option(), valid_to }
    }
}

/// A contract.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ContractBody {
    pub id: i64,
    pub funder_id: i64,
    pub number: String,
    /// `fronting`, `channeling` or `participation`
    pub scheme: &'static str,
    #[schema(value_type = String)]
    pub share_pct: Rate,
    /// `pari_passu`, `interest_share` or `funder_rate`
    pub sharing: &'static str,
    #[schema(value_type = Option<String>)]
    pub interest_share_pct: Option<Rate>,
    #[schema(value_type = Option<String>)]
    pub funder_rate: Option<Rate>,
    #[schema(value_type = String)]
    pub fee_originator_pct: Rate,
    /// `principal` or `interest`
    pub fee_originator_base: &'static str,
    #[schema(value_type = String)]
    pub fee_servicing_pct: Rate,
    /// `interest` or `instalment`
    pub fee_servicing_base: &'static str,
    #[schema(value_type = Option<String>)]
    pub fee_servicing_minimum: Option<Money>,
    #[schema(value_type = Option<String>)]
    pub limit: Option<Money>,
    pub valid_from: NaiveDate,
    pub valid_to: NaiveDate,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<Contract> for ContractBody {
    fn from(contract: Contract) -> Self {
        let Contract { id, funder_id, details, version: _, created_at, updated_at } = contract;
        let ContractDetails {
            number,
            scheme,
            share_pct,
            sharing,
            originator,
            servicing,
            servicing_minimum,
            limit,
            validity,
        } = details;
        Self {
            id: id.get(),
            funder_id: funder_id.get(),
            number,
            scheme: scheme.code(),
            share_pct,
            sharing: sharing.sharing().code(),
            interest_share_pct: sharing.interest_share_pct(),
            funder_rate: sharing.funder_rate(),
            fee_originator_pct: originator.pct,
            fee_originator_base: originator.base.code(),
            fee_servicing_pct: servicing.pct,
            fee_servicing_base: servicing.base.code(),
            fee_servicing_minimum: servicing_minimum,
            limit,
            valid_from: validity.from,
            valid_to: validity.to,
            created_at,
            updated_at,
        }
    }
}

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
pub struct AllocationBody {
    pub id: i64,
    pub loan_id: i64,
    pub funder_id: i64,
    pub contract_id: i64,
    /// `participation` or `assignment`
    pub kind: &'static str,
    /// His part of the plafon.
    #[schema(value_type = String)]
    pub principal: Money,
    pub valid_from: NaiveDate,
    /// The first day on which he holds it no more.
    pub ended_on: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl From<Allocation> for AllocationBody {
    fn from(allocation: Allocation) -> Self {
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
    pub allocations: Vec<AllocationBody>,
}
