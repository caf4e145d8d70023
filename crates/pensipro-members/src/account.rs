//! A member's bank accounts.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditValue, BankAccountId, Faults, FieldFault, MemberId, UserId, last_four};

use crate::details::{given, line};

/// An account number: 5 to 24 digits, leading zeros kept; blanks and dashes are dropped.
///
/// `Debug` shows the last four digits alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNumber(String);

/// A text that is no account number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account number has 5 to 24 digits")]
pub struct AccountNumberError;

/// A bank account as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAccount {
    /// Its id.
    pub id: BankAccountId,
    /// Whose it is.
    pub member_id: MemberId,
    /// What was entered.
    pub details: AccountDetails,
    /// True for the one that loans are disbursed to unless told otherwise.
    pub is_default: bool,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Who entered it.
    pub created_by: Option<UserId>,
}

/// A checked bank account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountDetails {
    /// The bank's code: three digits of the clearing house, or letters and digits up to eleven.
    pub bank_code: String,
    /// The bank's name.
    pub bank_name: String,
    /// The number.
    pub account_number: AccountNumber,
    /// The holder as the bank writes it.
    pub account_name: String,
}

/// The fields of a bank account as they came in.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the fields of AccountDetails, unchecked")]
pub struct RawAccount {
    pub bank_code: Option<String>,
    pub bank_name: Option<String>,
    pub account_number: Option<String>,
    pub account_name: Option<String>,
}

impl AccountNumber {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountNumber {
    type Err = AccountNumberError;

    fn from_str(text: &str) -> Result<Self, AccountNumberError> {
        let digits: String =
            text.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '.')).collect();
        let fits = (5..=24).contains(&digits.len());
        if fits && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(AccountNumberError)
        }
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&last_four(&self.0))
    }
}

impl AccountDetails {
    /// Checks the fields of a body.
    pub fn check(raw: RawAccount) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let bank_code = faults.take(given("bank_code", raw.bank_code, bank_code));
        let bank_name = faults.take(given("bank_name", raw.bank_name, line::<100>));
        let account_number = faults.take(given("account_number", raw.account_number, number));
        let account_name = faults.take(given("account_name", raw.account_name, line::<120>));
        let details = || {
            Some(Self {
                bank_code: bank_code?,
                bank_name: bank_name?,
                account_number: account_number?,
                account_name: account_name?,
            })
        };
        faults.finish(details())
    }

    /// True if both name the same account at the same bank.
    pub fn is_same_account(&self, other: &Self) -> bool {
        (&self.bank_code, &self.account_number) == (&other.bank_code, &other.account_number)
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        AuditValue::new()
            .with("bank_code", self.bank_code.as_str())
            .with("bank_name", self.bank_name.as_str())
            .personal("account_number", self.account_number.as_str())
            .personal("account_name", self.account_name.as_str())
    }
}

fn bank_code(field: &str, text: &str) -> Result<String, FieldFault> {
    let code = text.trim().to_ascii_uppercase();
    let fits = (3..=11).contains(&code.len());
    if fits && code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(code)
    } else {
        Err(FieldFault::new(field, "invalid_bank_code", "has 3 to 11 letters or digits"))
    }
}

fn number(field: &str, text: &str) -> Result<AccountNumber, FieldFault> {
    text.parse().map_err(|error: AccountNumberError| {
        FieldFault::new(field, "invalid_account_number", error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(number: &str) -> RawAccount {
        RawAccount {
            bank_code: Some("002".into()),
            bank_name: Some("BRI".into()),
            account_number: Some(number.into()),
            account_name: Some("SUPARMAN".into()),
        }
    }

    #[test]
    fn numbers_keep_their_zeros_and_hide_in_debug() {
        let details = AccountDetails::check(raw("0012-01 0345678")).unwrap();
        assert_eq!(details.account_number.as_str(), "0012010345678");
        assert_eq!(format!("{:?}", details.account_number), "*********5678");
        assert!(details.is_same_account(&AccountDetails::check(raw("0012010345678")).unwrap()));
        for bad in ["1234", "12345678901234567890123456", "12a45", ""] {
            let faults = AccountDetails::check(raw(bad)).unwrap_err();
            assert_eq!(faults.list()[0].code, "invalid_account_number", "{bad}");
        }
        assert_eq!(AccountDetails::check(RawAccount::default()).unwrap_err().list().len(), 4);
    }
}
