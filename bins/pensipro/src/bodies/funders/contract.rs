//! Bodies of contracts with funders.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_funding::{Contract, ContractDetails, RawContract, RawContractChange};
use pensipro_kernel::{Money, Rate};
use pensipro_members::StoredFile;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bodies::change::{Change, given};

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
    /// The signed paper; its content comes by `/document`.
    pub document: Option<PaperBody>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A contract's paper.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaperBody {
    pub content_type: &'static str,
    /// Bytes.
    pub size: i64,
    /// SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl From<StoredFile> for PaperBody {
    fn from(file: StoredFile) -> Self {
        let StoredFile { key: _, content_type, size, sha256 } = file;
        Self { content_type: content_type.code(), size, sha256: sha256.to_string() }
    }
}

impl From<Contract> for ContractBody {
    fn from(contract: Contract) -> Self {
        let Contract { id, funder_id, details, document, version: _, created_at, updated_at } =
            contract;
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
            document: document.map(PaperBody::from),
            created_at,
            updated_at,
        }
    }
}
