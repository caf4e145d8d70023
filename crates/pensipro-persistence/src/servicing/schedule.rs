//! Rows of schedules.

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{LoanId, Money, StorageError, TransactionId};
use pensipro_servicing::{Overdue, Row, RowKey, RowState};

use crate::{
    Tx,
    convert::{count, unreadable},
    schema::loan_schedules::{self, dsl},
    sql::{BulkUpdate, Value, batch_row},
};

/// A row of `loan_schedules`.
#[derive(Debug, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = loan_schedules)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Stored {
    loan_id: i64,
    made_by: i64,
    no: i32,
    starts_on: NaiveDate,
    due_date: NaiveDate,
    principal: i64,
    interest: i64,
    fee: i64,
    principal_paid: i64,
    interest_paid: i64,
    fee_paid: i64,
    penalty_paid: i64,
    interest_waived: i64,
    fee_waived: i64,
    penalty_waived: i64,
    penalty_charged: i64,
    tolerated: i64,
    counted_sen_days: i64,
    counted_base: i64,
    held_sen_days: i64,
    held_base: i64,
    cut_failed_on: Option<NaiveDate>,
    state: String,
    is_open: bool,
}
batch_row!(Stored => loan_schedules);

const LIVE: &str = "live";
const SUPERSEDED: &str = "superseded";

impl Stored {
    /// A row of a loan whose balances stand on a day.
    pub(super) fn new(loan: LoanId, row: &Row, state_on: Option<NaiveDate>) -> Self {
        let is_open = is_open(row, state_on);
        let Row {
            key: RowKey { made_by, no },
            starts_on,
            due_date,
            principal,
            interest,
            fee,
            principal_paid,
            interest_paid,
            fee_paid,
            penalty_paid,
            interest_waived,
            fee_waived,
            penalty_waived,
            penalty_charged,
            tolerated,
            counted,
            held,
            cut_failed_on,
            state,
        } = row.clone();
        Self {
            loan_id: loan.get(),
            made_by: made_by.get(),
            no: no.into(),
            starts_on,
            due_date,
            principal: principal.sen(),
            interest: interest.sen(),
            fee: fee.sen(),
            principal_paid: principal_paid.sen(),
            interest_paid: interest_paid.sen(),
            fee_paid: fee_paid.sen(),
            penalty_paid: penalty_paid.sen(),
            interest_waived: interest_waived.sen(),
            fee_waived: fee_waived.sen(),
            penalty_waived: penalty_waived.sen(),
            penalty_charged: penalty_charged.sen(),
            tolerated: tolerated.sen(),
            counted_sen_days: counted.sen_days,
            counted_base: counted.base.sen(),
            held_sen_days: held.sen_days,
            held_base: held.base.sen(),
            cut_failed_on,
            state: match state {
                RowState::Live => LIVE.into(),
                RowState::Superseded => SUPERSEDED.into(),
            },
            is_open,
        }
    }

    pub(super) fn loan_id(&self) -> LoanId {
        LoanId::new(self.loan_id)
    }

    /// Key first, then what may have changed.
    fn values(self) -> Vec<Value> {
        let Self {
            loan_id,
            made_by,
            no,
            starts_on,
            due_date,
            principal,
            interest,
            fee,
            principal_paid,
            interest_paid,
            fee_paid,
            penalty_paid,
            interest_waived,
            fee_waived,
            penalty_waived,
            penalty_charged,
            tolerated,
            counted_sen_days,
            counted_base,
            held_sen_days,
            held_base,
            cut_failed_on,
            state,
            is_open,
        } = self;
        vec![
            loan_id.into(),
            made_by.into(),
            i64::from(no).into(),
            starts_on.into(),
            due_date.into(),
            principal.into(),
            interest.into(),
            fee.into(),
            principal_paid.into(),
            interest_paid.into(),
            fee_paid.into(),
            penalty_paid.into(),
            interest_waived.into(),
            fee_waived.into(),
            penalty_waived.into(),
            penalty_charged.into(),
            tolerated.into(),
            counted_sen_days.into(),
            counted_base.into(),
            held_sen_days.into(),
            held_base.into(),
            cut_failed_on.into(),
            state.into(),
            is_open.into(),
        ]
    }
}

const UPDATE: BulkUpdate = BulkUpdate {
    table: "loan_schedules",
    keys: &["loan_id", "made_by", "no"],
    set: &[
        "starts_on",
        "due_date",
        "principal",
        "interest",
        "fee",
        "principal_paid",
        "interest_paid",
        "fee_paid",
        "penalty_paid",
        "interest_waived",
        "fee_waived",
        "penalty_waived",
        "penalty_charged",
        "tolerated",
        "counted_sen_days",
        "counted_base",
        "held_sen_days",
        "held_base",
        "cut_failed_on",
        "state",
        "is_open",
    ],
};

impl TryFrom<Stored> for Row {
    type Error = StorageError;

    fn try_from(stored: Stored) -> Result<Self, StorageError> {
        let Stored {
            loan_id: _,
            made_by,
            no,
            starts_on,
            due_date,
            principal,
            interest,
            fee,
            principal_paid,
            interest_paid,
            fee_paid,
            penalty_paid,
            interest_waived,
            fee_waived,
            penalty_waived,
            penalty_charged,
            tolerated,
            counted_sen_days,
            counted_base,
            held_sen_days,
            held_base,
            cut_failed_on,
            state,
            is_open: _,
        } = stored;
        let overdue = |sen_days, base| Overdue { sen_days, base: Money::from_sen(base) };
        Ok(Self {
            key: RowKey::new(TransactionId::new(made_by), count("loan_schedules.no", no)?),
            starts_on,
            due_date,
            principal: Money::from_sen(principal),
            interest: Money::from_sen(interest),
            fee: Money::from_sen(fee),
            principal_paid: Money::from_sen(principal_paid),
            interest_paid: Money::from_sen(interest_paid),
            fee_paid: Money::from_sen(fee_paid),
            penalty_paid: Money::from_sen(penalty_paid),
            interest_waived: Money::from_sen(interest_waived),
            fee_waived: Money::from_sen(fee_waived),
            penalty_waived: Money::from_sen(penalty_waived),
            penalty_charged: Money::from_sen(penalty_charged),
            tolerated: Money::from_sen(tolerated),
            counted: overdue(counted_sen_days, counted_base),
            held: overdue(held_sen_days, held_base),
            cut_failed_on,
            state: match state.as_str() {
                LIVE => RowState::Live,
                SUPERSEDED => RowState::Superseded,
                _ => return Err(unreadable("loan_schedules.state")),
            },
        })
    }
}

/// Whether an account after its last input may need the row: something may be left on it, a penalty
/// included, or it was paid before it was due. Provisional and superseded rows are never needed.
fn is_open(row: &Row, state_on: Option<NaiveDate>) -> bool {
    let has_left = !row.instalment_left().is_zero() || !row.fee_left().is_zero();
    let is_charged = row.counted.base.is_positive() || row.penalty_charged.is_positive();
    let paid_ahead = state_on.is_none_or(|on| row.due_date > on);
    let is_owed = row.is_live() && row.key.made_by != RowKey::PROVISIONAL;
    is_owed && (has_left || is_charged || paid_ahead)
}

/// Adds rows.
pub(super) fn add(tx: &mut Tx<'_>, rows: Vec<Stored>) -> Result<(), StorageError> {
    tx.insert_all(rows)
}

/// Changes stored rows.
pub(super) fn change(tx: &mut Tx<'_>, rows: Vec<Stored>) -> Result<(), StorageError> {
    let expected = rows.len();
    let changed = tx.update_all(UPDATE, rows.into_iter().map(Stored::values).collect())?;
    if changed == expected { Ok(()) } else { Err(StorageError::Stale { thing: "schedule" }) }
}

/// Every row of a loan by maker and number.
pub(super) fn all(tx: &mut Tx<'_>, id: LoanId) -> Result<Vec<Row>, StorageError> {
    let query = dsl::loan_schedules
        .filter(dsl::loan_id.eq(id.get()))
        .order((dsl::made_by, dsl::no))
        .select(Stored::as_select());
    let rows: Vec<Stored> = tx.run(|conn| query.load(conn))?;
    rows.into_iter().map(Row::try_from).collect()
}
