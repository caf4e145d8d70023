//! The months that bookings hold.

use diesel::prelude::*;
use pensipro_kernel::{Period, StorageError};
use pensipro_servicing::{AccountingPeriods, PeriodState};

use crate::{
    Tx,
    convert::unreadable,
    schema::accounting_periods::{self, dsl},
    sql::{Locked, Raw, RowLock},
};

const OPEN: &str = "open";
const CLOSED: &str = "closed";

impl AccountingPeriods for Tx<'_> {
    fn share_period(&mut self, period: Period) -> Result<PeriodState, StorageError> {
        let status = match shared(self, period)? {
            Some(status) => Some(status),
            // The month's first booking makes its row, so that there is something to hold.
            None => {
                open(self, period)?;
                shared(self, period)?
            }
        };
        match status.as_deref() {
            Some(OPEN) => Ok(PeriodState::Open),
            Some(CLOSED) => Ok(PeriodState::Closed),
            _ => Err(unreadable("accounting_periods.status")),
        }
    }
}

fn shared(tx: &mut Tx<'_>, period: Period) -> Result<Option<String>, StorageError> {
    let query =
        accounting_periods::table.filter(dsl::periode.eq(period.to_string())).select(dsl::status);
    let locked = Locked::new(query, RowLock::ForShare, "accounting_periods");
    tx.run(|conn| locked.get_result(conn).optional())
}

fn open(tx: &mut Tx<'_>, period: Period) -> Result<(), StorageError> {
    tx.run(|conn| {
        Raw::new(
            "INSERT INTO accounting_periods (periode, status) VALUES ($1, $2) \
             ON CONFLICT DO NOTHING",
        )?
        .bind(period.to_string())
        .bind(OPEN)
        .execute(conn)
        .map(drop)
    })
}
