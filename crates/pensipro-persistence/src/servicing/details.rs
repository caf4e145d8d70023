//! What the fold needs of inputs that are made by hand, beside the columns that all kinds share: a
//! small JSON object.

use std::str::FromStr;

use pensipro_kernel::{Money, StorageError, TransactionId, UnknownCode};
use pensipro_servicing::{Restructured, RowKey, Setting, Settlement, Waiver};
use serde::{Deserialize, Serialize};

use super::transactions::known;
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
    /// The row that it is for: its maker and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    row: Option<(i64, u16)>,
    /// What is waived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    /// The penalty for paying off early, in sen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    early_penalty: Option<i64>,
    /// The payment whose refund it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    payment: Option<i64>,
    /// What a restructure agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restructure: Option<Restructured>,
}

impl Details {
    pub(super) fn of_setting<T: ToString>(setting: &Setting<T>) -> Self {
        let Setting { to, of_death } = setting;
        let of_death = of_death.map(TransactionId::get);
        Self { to: Some(to.to_string()), of_death, ..Self::default() }
    }

    pub(super) fn setting<T: FromStr<Err = UnknownCode>>(self) -> Result<Setting<T>, StorageError> {
        let to = code("loan_transactions.details", self.to.as_deref().unwrap_or_default())?;
        Ok(Setting { to, of_death: self.of_death.map(TransactionId::new) })
    }

    pub(super) fn of_row(row: Option<RowKey>) -> Self {
        Self { row: row.map(|key| (key.made_by.get(), key.no)), ..Self::default() }
    }

    pub(super) fn row(&self) -> Option<RowKey> {
        self.row.map(|(made_by, no)| RowKey::new(TransactionId::new(made_by), no))
    }

    pub(super) fn of_waiver(waiver: &Waiver) -> Self {
        let Waiver { amount: _, component, row } = waiver;
        Self { component: Some(component.code().into()), ..Self::of_row(*row) }
    }

    pub(super) fn waiver(&self, amount: Money) -> Result<Waiver, StorageError> {
        let component = self.component.as_deref().unwrap_or_default();
        let component = code("loan_transactions.details", component)?;
        Ok(Waiver { amount, component, row: self.row() })
    }

    pub(super) fn of_settlement(settlement: &Settlement) -> Self {
        let Settlement { early_penalty } = settlement;
        Self { early_penalty: Some(early_penalty.sen()), ..Self::default() }
    }

    pub(super) fn settlement(&self) -> Result<Settlement, StorageError> {
        let early_penalty = known(self.early_penalty)?;
        Ok(Settlement { early_penalty: Money::from_sen(early_penalty) })
    }

    pub(super) fn of_restructure(agreed: &Restructured) -> Self {
        Self { restructure: Some(*agreed), ..Self::default() }
    }

    pub(super) fn restructure(&self) -> Result<Restructured, StorageError> {
        known(self.restructure)
    }

    pub(super) fn of_refund(payment: TransactionId) -> Self {
        Self { payment: Some(payment.get()), ..Self::default() }
    }

    pub(super) fn payment(&self) -> Result<TransactionId, StorageError> {
        known(self.payment).map(TransactionId::new)
    }

    pub(super) fn text(&self) -> Result<String, StorageError> {
        serde_json::to_string(self).map_err(|error| StorageError::Failed(error.to_string()))
    }

    pub(super) fn read(text: &str) -> Result<Self, StorageError> {
        serde_json::from_str(text).map_err(|_| unreadable("loan_transactions.details"))
    }
}
