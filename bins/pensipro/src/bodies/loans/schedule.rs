//! What a loan's schedule and its figures on a day look like.

use chrono::NaiveDate;
use pensipro_kernel::Money;
use pensipro_servicing::{Outstanding, RowKey, ScheduleLine, ScheduleRows};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which rows of the schedule.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ScheduleQuery {
    /// `false` leaves out the rows that a restructure replaced.
    pub superseded: Option<bool>,
}

impl From<ScheduleQuery> for ScheduleRows {
    fn from(ScheduleQuery { superseded }: ScheduleQuery) -> Self {
        match superseded {
            Some(false) => Self::Standing,
            Some(true) | None => Self::All,
        }
    }
}

/// A row of the schedule.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ScheduleRowBody {
    pub no: u16,
    /// The transaction of the disbursement or restructure that made the row; `null` while provisional.
    pub made_by: Option<i64>,
    pub due_date: NaiveDate,
    #[schema(value_type = String)]
    pub principal: Money,
    #[schema(value_type = String)]
    pub interest: Money,
    /// Principal and interest.
    #[schema(value_type = String)]
    pub instalment: Money,
    /// Principal that is left after the row.
    #[schema(value_type = String)]
    pub balance: Money,
    #[schema(value_type = String)]
    pub principal_paid: Money,
    #[schema(value_type = String)]
    pub interest_paid: Money,
    /// Not charged: waived, or stopped by a death or a settlement.
    #[schema(value_type = String)]
    pub interest_waived: Money,
    #[schema(value_type = String)]
    pub fee: Money,
    #[schema(value_type = String)]
    pub fee_paid: Money,
    #[schema(value_type = String)]
    pub fee_waived: Money,
    /// Charged up to today.
    #[schema(value_type = String)]
    pub penalty: Money,
    #[schema(value_type = String)]
    pub penalty_paid: Money,
    #[schema(value_type = String)]
    pub penalty_waived: Money,
    /// `unpaid`, `partial`, `paid` or `superseded`
    pub status: &'static str,
}

impl From<ScheduleLine> for ScheduleRowBody {
    fn from(ScheduleLine { row, balance, penalty, status }: ScheduleLine) -> Self {
        Self {
            no: row.key.no,
            made_by: (row.key.made_by != RowKey::PROVISIONAL).then(|| row.key.made_by.get()),
            due_date: row.due_date,
            principal: row.principal,
            interest: row.interest,
            instalment: row.instalment(),
            balance,
            principal_paid: row.principal_paid,
            interest_paid: row.interest_paid,
            interest_waived: row.interest_waived,
            fee: row.fee,
            fee_paid: row.fee_paid,
            fee_waived: row.fee_waived,
            penalty,
            penalty_paid: row.penalty_paid,
            penalty_waived: row.penalty_waived,
            status: status.code(),
        }
    }
}

/// The day on which the figures are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct OutstandingQuery {
    /// Today if absent; any day, with everything known now.
    pub date: Option<NaiveDate>,
}

/// What is owed on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutstandingBody {
    /// The day.
    pub date: NaiveDate,
    /// Unpaid principal.
    #[schema(value_type = String)]
    pub principal: Money,
    /// Unpaid interest of the instalments due by then.
    #[schema(value_type = String)]
    pub interest_due: Money,
    /// Unpaid interest of the instalments after them.
    #[schema(value_type = String)]
    pub interest_to_come: Money,
    /// Penalties charged and not paid.
    #[schema(value_type = String)]
    pub penalty: Money,
    /// Unpaid fees.
    #[schema(value_type = String)]
    pub fee: Money,
    /// Refunds paid out that turned out not to be due.
    #[schema(value_type = String)]
    pub due_from_member: Money,
    /// Money that is not owed: to be refunded.
    #[schema(value_type = String)]
    pub excess: Money,
    /// Instalments of the member's own money held back.
    #[schema(value_type = String)]
    pub deposit: Money,
    /// What was written off and not recovered.
    #[schema(value_type = String)]
    pub written_off: Money,
    /// What is to be paid on that day.
    #[schema(value_type = String)]
    pub total_due: Money,
    /// Days past due.
    pub dpd: u32,
    /// 1 (current) to 5 (loss).
    pub kolektibilitas: u8,
}

impl From<Outstanding> for OutstandingBody {
    fn from(owed: Outstanding) -> Self {
        let Outstanding {
            date,
            principal,
            principal_due: _,
            interest_due,
            interest_to_come,
            penalty,
            fee,
            fee_due: _,
            due_from_member,
            excess,
            deposit,
            written_off,
            total_due,
            dpd,
            kolektibilitas,
        } = owed;
        Self {
            date,
            principal,
            interest_due,
            interest_to_come,
            penalty,
            fee,
            due_from_member,
            excess,
            deposit,
            written_off,
            total_due,
            dpd,
            kolektibilitas: kolektibilitas.level(),
        }
    }
}
