//! What a replay needs of loans: their inputs, what was booked, their rows.

use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::{
    RunQueryDsl,
    prelude::*,
    sql_types::{BigInt, Integer, Text},
};
use pensipro_kernel::{LoanId, Money, StorageError, TransactionId};
use pensipro_servicing::{Allocation, LoanHistory, Row, RowKey};

use super::{
    schedule::Stored as StoredRow,
    transactions::{self, Stored},
};
use crate::{
    Tx,
    connection::Backend,
    convert::{code, count},
    schema::loan_schedules,
    sql::{List, Raw, one_of},
};

/// What payments pay now, by loan and payment.
#[derive(Debug, Default)]
pub(super) struct Allocations(BTreeMap<(LoanId, TransactionId), Vec<Allocation>>);

impl Allocations {
    /// The parts of one payment, wherever it belongs.
    pub(super) fn take(&mut self, payment: TransactionId) -> Vec<Allocation> {
        let mut places = self.0.keys();
        let place = places.find(|(_, transaction)| *transaction == payment).copied();
        place.and_then(|place| self.0.remove(&place)).unwrap_or_default()
    }
}
