//! A member's bank accounts.

use chrono::{DateTime, Utc};
use pensipro_kernel::UserId;
use pensipro_members::{AccountDetails, BankAccount, Preference, RawAccount};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::preference;

/// A bank account to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccountBody {
    /// The clearing house's three digits, or up to eleven letters and digits.
    #[schema(value_type = String, example = "002")]
    bank_code: Option<String>,
    /// The bank's name.
    #[schema(value_type = String, example = "BRI")]
    bank_name: Option<String>,
    /// 5 to 24 digits.
    #[schema(value_type = String)]
    account_number: Option<String>,
    /// The holder as the bank writes it.
    #[schema(value_type = String)]
    account_name: Option<String>,
    /// `true` makes it the one that loans are disbursed to; the first is it anyway.
    is_default: Option<bool>,
}

impl NewAccountBody {
    /// The fields to be checked, and the place it is wanted in.
    pub fn into_parts(self) -> (RawAccount, Preference) {
        let Self { bank_code, bank_name, account_number, account_name, is_default } = self;
        let raw = RawAccount { bank_code, bank_name, account_number, account_name };
        (raw, preference(is_default))
    }
}

/// A bank account.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct AccountBody {
    pub id: i64,
    pub member_id: i64,
    pub bank_code: String,
    pub bank_name: String,
    pub account_number: String,
    pub account_name: String,
    pub is_default: bool,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl From<BankAccount> for AccountBody {
    fn from(account: BankAccount) -> Self {
        let BankAccount { id, member_id, details, is_default, created_at, created_by } = account;
        let AccountDetails { bank_code, bank_name, account_number, account_name } = details;
        Self {
            id: id.get(),
            member_id: member_id.get(),
            bank_code,
            bank_name,
            account_number: account_number.as_str().to_owned(),
            account_name,
            is_default,
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}
