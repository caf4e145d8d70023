//! The months that bookings hold.

use diesel::prelude::*;
use pensipro_kernel::{Period, StorageError, UserId};
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
        held(self, period, RowLock::ForShare)
    }

    fn hold_period(&mut self, period: Period) -> Result<PeriodState, StorageError> {
        held(self, period, RowLock::ForUpdate)
    }

    fn close_period(&mut self, period: Period, by: Option<UserId>) -> Result<(), StorageError> {
        let now = self.now();
        let update = diesel::update(accounting_periods::table.find(period.to_string())).set((
            dsl::status.eq(CLOSED),
            dsl::closed_at.eq(now),
            dsl::closed_by.eq(by.map(UserId::get)),
        ));
        self.run(|conn| update.execute(conn)).map(drop)
    }
}

fn held(tx: &mut Tx<'_>, period: Period, lock: RowLock) -> Result<PeriodState, StorageError> {
    let status = match locked(tx, period, lock)? {
        Some(status) => Some(status),
        // Whoever comes first makes the month's row, so that there is something to hold.
        None => {
            open(tx, period)?;
            locked(tx, period, lock)?
        }
    };
    match status.as_deref() {
        Some(OPEN) => Ok(PeriodState::Open),
        Some(CLOSED) => Ok(PeriodState::Closed),
        _ => Err(unreadable("accounting_periods.status")),
    }
}

fn locked(tx: &mut Tx<'_>, period: Period, lock: RowLock) -> Result<Option<String>, StorageError> {
    let query =
        accounting_periods::table.filter(dsl::periode.eq(period.to_string())).select(dsl::status);
    let locked = Locked::new(query, lock, "accounting_periods");
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
