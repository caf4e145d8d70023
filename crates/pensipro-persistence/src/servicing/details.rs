//! What the fold needs of inputs that are made by hand, beside the columns that all kinds share: a
//! small JSON object.

use std::str::FromStr;

use pensipro_kernel::{StorageError, TransactionId, UnknownCode};
use pensipro_servicing::Setting;
use serde::{Deserialize, Serialize};

use crate::convert::{code, unreadable};

/// Every field that some kind has; a kind leaves out those that it does not have.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Details {
    /// What a status or the collection was set to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// The death with which it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of_death: Option<i64>,
}

impl Details {
    pub(super) fn of_setting<T: ToString>(setting: &Setting<T>) -> Self {
        let Setting { to, of_death } = setting;
        Self { to: Some(to.to_string()), of_death: of_death.map(TransactionId::get) }
    }

    pub(super) fn setting<T: FromStr<Err = UnknownCode>>(self) -> Result<Setting<T>, StorageError> {
        let to = code("loan_transactions.details", self.to.as_deref().unwrap_or_default())?;
        Ok(Setting { to, of_death: self.of_death.map(TransactionId::new) })
    }

    pub(super) fn text(&self) -> Result<String, StorageError> {
        serde_json::to_string(self).map_err(|error| StorageError::Failed(error.to_string()))
    }

    pub(super) fn read(text: &str) -> Result<Self, StorageError> {
        serde_json::from_str(text).map_err(|_| unreadable("loan_transactions.details"))
    }
}
