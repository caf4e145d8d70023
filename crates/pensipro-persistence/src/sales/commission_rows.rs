//! A commission as its row holds it.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{
    BranchId, CommissionId, LoanId, Money, Rate, SalesId, StorageError, TransactionId, UserId,
    Version,
};
use pensipro_sales::{
    Commission, CommissionEntry, CommissionKind, CommissionOrigin, CommissionPayment,
    CommissionState, CommissionStatus, Earned,
};

use crate::{
    convert::{code, from_time, unreadable},
    schema::sales_commissions,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sales_commissions)]
pub(super) struct Row {
    id: i64,
    sales_id: i64,
    branch_id: i64,
    loan_id: Option<i64>,
    kind: String,
    disbursement_id: Option<i64>,
    plafon: Option<i64>,
    commission_pct: Option<i64>,
    corrects: Option<i64>,
    periode: String,
    amount: i64,
    reason: Option<String>,
    status: String,
    paid_on: Option<NaiveDate>,
    payroll_periode: Option<String>,
    reference: Option<String>,
    paid_by: Option<i64>,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
}

#[derive(Insertable)]
#[diesel(table_name = sales_commissions)]
pub(super) struct EntryColumns {
    sales_id: i64,
    branch_id: i64,
    loan_id: Option<i64>,
    kind: &'static str,
    disbursement_id: Option<i64>,
    plafon: Option<i64>,
    commission_pct: Option<i64>,
    corrects: Option<i64>,
    periode: String,
    amount: i64,
    reason: Option<String>,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = sales_commissions)]
#[diesel(treat_none_as_null = true)]
pub(super) struct StateColumns {
    status: &'static str,
    paid_on: Option<NaiveDate>,
    payroll_periode: Option<String>,
    reference: Option<String>,
    paid_by: Option<i64>,
}

impl TryFrom<Row> for Commission {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let (origin, state) = (origin(&row)?, state(&row)?);
        Ok(Self {
            id: CommissionId::new(row.id),
            entry: CommissionEntry {
                sales_id: SalesId::new(row.sales_id),
                branch_id: BranchId::new(row.branch_id),
                loan_id: row.loan_id.map(LoanId::new),
                origin,
                periode: code("sales_commissions.periode", &row.periode)?,
                amount: Money::from_sen(row.amount),
                reason: row.reason,
            },
            state,
            version: Version::new(row.version),
            created_at: from_time(row.created_at),
            updated_at: from_time(row.updated_at),
            created_by: row.created_by.map(UserId::new),
        })
    }
}

fn origin(row: &Row) -> Result<CommissionOrigin, StorageError> {
    let Row { kind, disbursement_id, plafon, commission_pct, corrects, .. } = row;
    let read = match code("sales_commissions.kind", kind)? {
        CommissionKind::Manual => Some(CommissionOrigin::Manual),
        CommissionKind::Clawback => {
            corrects.map(|id| CommissionOrigin::Clawback(CommissionId::new(id)))
        }
        CommissionKind::Disbursement => {
            let earned = disbursement_id.zip(*plafon).zip(*commission_pct);
            earned.map(|((disbursement, plafon), pct)| {
                CommissionOrigin::Disbursement(Earned {
                    disbursement: TransactionId::new(disbursement),
                    plafon: Money::from_sen(plafon),
                    commission_pct: Rate::from_units(pct),
                })
            })
        }
    };
    read.ok_or_else(|| unreadable("sales_commissions.kind"))
}

fn state(row: &Row) -> Result<CommissionState, StorageError> {
    let Row { status, paid_on, payroll_periode, reference, paid_by, .. } = row;
    Ok(match code("sales_commissions.status", status)? {
        CommissionStatus::Unpaid => CommissionState::Unpaid,
        CommissionStatus::Void => CommissionState::Void,
        CommissionStatus::Paid => {
            let column = "sales_commissions.payroll_periode";
            let month = payroll_periode.as_deref().ok_or_else(|| unreadable(column))?;
            CommissionState::Paid(CommissionPayment {
                paid_on: paid_on.ok_or_else(|| unreadable("sales_commissions.paid_on"))?,
                payroll_periode: code(column, month)?,
                reference: reference.clone(),
                paid_by: paid_by.map(UserId::new),
            })
        }
    })
}

impl From<&CommissionEntry> for EntryColumns {
    fn from(entry: &CommissionEntry) -> Self {
        let CommissionEntry { sales_id, branch_id, loan_id, origin, periode, amount, reason } =
            entry;
        let (earned, corrects) = match origin {
            CommissionOrigin::Disbursement(earned) => (Some(earned), None),
            CommissionOrigin::Clawback(of) => (None, Some(of.get())),
            CommissionOrigin::Manual => (None, None),
        };
        Self {
            sales_id: sales_id.get(),
            branch_id: branch_id.get(),
            loan_id: loan_id.map(LoanId::get),
            kind: entry.kind().code(),
            disbursement_id: earned.map(|earned| earned.disbursement.get()),
            plafon: earned.map(|earned| earned.plafon.sen()),
            commission_pct: earned.map(|earned| earned.commission_pct.units()),
            corrects,
            periode: periode.to_string(),
            amount: amount.sen(),
            reason: reason.clone(),
        }
    }
}

impl From<&CommissionState> for StateColumns {
    fn from(state: &CommissionState) -> Self {
        let payment = match state {
            CommissionState::Paid(payment) => Some(payment.clone()),
            CommissionState::Unpaid | CommissionState::Void => None,
        };
        let status = state.status().code();
        match payment {
            Some(CommissionPayment { paid_on, payroll_periode, reference, paid_by }) => Self {
                status,
                paid_on: Some(paid_on),
                payroll_periode: Some(payroll_periode.to_string()),
                reference,
                paid_by: paid_by.map(UserId::get),
            },
            None => Self {
                status,
                paid_on: None,
                payroll_periode: None,
                reference: None,
                paid_by: None,
            },
        }
    }
}
