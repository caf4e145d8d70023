//! Bodies of funders.

use chrono::{DateTime, Utc};
use pensipro_funding::{Funder, FunderDetails, FunderFilter, RawFunder, RawFunderChange};
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
