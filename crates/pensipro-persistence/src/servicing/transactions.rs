//! Transactions of loans, and ids for new ones.

use std::{collections::HashMap, vec};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{LoanId, Money, StorageError, TransactionId, UserId};
use pensipro_servicing::{
    Disbursed, ExcessTo, FailedCut, Input, InputKind, ManualPenalty, NewTransaction, PaidAs,
    PaymentInput, RefundPaid, RefundRefused, Row, Transaction, TransactionBody, TransactionKind,
};

use super::{
    details::Details,
    history::{Allocations, allocations},
};
use crate::{
    Tx,
    convert::{code, from_time, unreadable},
    schema::loan_transactions,
    sql::{List, batch_row, one_of},
};

/// A row of `loan_transactions`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = loan_transactions)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct Stored {
    pub(super) id: i64,
    pub(super) loan_id: i64,
    pub(super) kind: String,
    pub(super) effective_on: NaiveDate,
    pub(super) booked_on: NaiveDate,
    pub(super) amount: Option<i64>,
    pub(super) due_from: Option<NaiveDate>,
    pub(super) due_through: Option<NaiveDate>,
    pub(super) tolerance: Option<i64>,
    pub(super) excess_to: Option<String>,
    pub(super) paid_as: Option<String>,
    pub(super) deposit: Option<i64>,
    pub(super) details: Option<String>,
    pub(super) reverses: Option<i64>,
    pub(super) reason: Option<String>,
    pub(super) created_at: NaiveDateTime,
    pub(super) created_by: Option<i64>,
}
batch_row!(Stored => loan_transactions);

impl Stored {
    /// The row of a new transaction.
    pub(super) fn new(
        new: &NewTransaction,
        now: NaiveDateTime,
        by: Option<UserId>,
    ) -> Result<Self, StorageError> {
        let NewTransaction { loan_id, id, effective_on, booked_on, reason, body } = new;
        let blank = Self {
            id: id.get(),
            loan_id: loan_id.get(),
            kind: new.kind().code().into(),
            effective_on: *effective_on,
            booked_on: *booked_on,
            amount: new.amount().map(Money::sen),
            due_from: None,
            due_through: None,
            tolerance: None,
            excess_to: None,
            paid_as: None,
            deposit: None,
            details: None,
            reverses: None,
            reason: reason.clone(),
            created_at: now,
            created_by: by.map(|id| id.get()),
        };
        match body {
            TransactionBody::Input(kind) => blank.of_input(kind),
            TransactionBody::Reversal { of } => Ok(Self { reverses: Some(of.get()), ..blank }),
        }
    }

    fn of_input(self, kind: &InputKind) -> Result<Self, StorageError> {
        Ok(match kind {
            InputKind::Disbursement(Disbursed { rows: _, deposit }) => {
                Self { deposit: Some(deposit.sen()), ..self }
            }
            InputKind::FailedCut(FailedCut { due_from, due_through }) => {
                Self { due_from: Some(*due_from), due_through: Some(*due_through), ..self }
            }
            InputKind::Payment(payment) | InputKind::Recovery(payment) => {
                // The amount stands with the transaction.
                let PaymentInput { amount: _, due_through, tolerance, excess_to, paid_as } =
                    payment;
                Self {
                    due_through: Some(*due_through),
                    tolerance: Some(tolerance.sen()),
                    excess_to: Some(excess_to.code().into()),
                    paid_as: Some(paid_as.code().into()),
                    ..self
                }
            }
            // Whatever else they have stands with the transaction.
            InputKind::Death
            | InputKind::InterestFreeze
            | InputKind::DepositApplied(_)
            | InputKind::DepositReleased(_)
            | InputKind::WriteOff => self,
            InputKind::Restructure(agreed) => self.with(&Details::of_restructure(agreed))?,
            InputKind::ManualPenalty(penalty) => self.with(&Details::of_row(penalty.row))?,
            InputKind::Waiver(waiver) => self.with(&Details::of_waiver(waiver))?,
            InputKind::Settlement(settlement) => self.with(&Details::of_settlement(settlement))?,
            InputKind::Status(status) => self.with(&Details::of_setting(status))?,
            InputKind::Collection(collection) => self.with(&Details::of_setting(collection))?,
            InputKind::RefundPaid(refund) => self.with(&Details::of_refund(refund.payment))?,
            InputKind::RefundRefused(refund) => self.with(&Details::of_refund(refund.payment))?,
        })
    }

    fn with(self, details: &Details) -> Result<Self, StorageError> {
        Ok(Self { details: Some(details.text()?), ..self })
    }

    /// The input; `None` for a reversal. `rows` are those that it made, as agreed.
    pub(super) fn input(
        &self,
        rows: impl FnOnce() -> Vec<Row>,
    ) -> Result<Option<Input>, StorageError> {
        let kind = match code("loan_transactions.kind", &self.kind)? {
            TransactionKind::Reversal => return Ok(None),
            TransactionKind::Disbursement => {
                let deposit = Money::from_sen(known(self.deposit)?);
                InputKind::Disbursement(Disbursed { rows: rows(), deposit })
            }
            TransactionKind::FailedCut => InputKind::FailedCut(FailedCut {
                due_from: known(self.due_from)?,
                due_through: known(self.due_through)?,
            }),
            TransactionKind::Payment => InputKind::Payment(self.payment()?),
            TransactionKind::Recovery => InputKind::Recovery(self.payment()?),
            TransactionKind::Death => InputKind::Death,
            TransactionKind::InterestFreeze => InputKind::InterestFreeze,
            TransactionKind::Restructure => {
                InputKind::Restructure(Box::new(self.details()?.restructure()?))
            }
            TransactionKind::ManualPenalty => {
                let (amount, row) = (self.money()?, self.details()?.row());
                InputKind::ManualPenalty(ManualPenalty { amount, row })
            }
            TransactionKind::Waiver => InputKind::Waiver(self.details()?.waiver(self.money()?)?),
            TransactionKind::DepositApplied => InputKind::DepositApplied(self.money()?),
            TransactionKind::DepositReleased => InputKind::DepositReleased(self.money()?),
            TransactionKind::Settlement => InputKind::Settlement(self.details()?.settlement()?),
            TransactionKind::WriteOff => InputKind::WriteOff,
            TransactionKind::RefundPaid => {
                let (payment, amount) = (self.details()?.payment()?, self.money()?);
                InputKind::RefundPaid(RefundPaid { payment, amount })
            }
            TransactionKind::RefundRefused => {
                InputKind::RefundRefused(RefundRefused { payment: self.details()?.payment()? })
            }
            TransactionKind::Status => InputKind::Status(self.details()?.setting()?),
            TransactionKind::Collection => InputKind::Collection(self.details()?.setting()?),
        };
        Ok(Some(Input {
            id: TransactionId::new(self.id),
            effective_on: self.effective_on,
            booked_on: self.booked_on,
            kind,
        }))
    }

    fn money(&self) -> Result<Money, StorageError> {
        known(self.amount).map(Money::from_sen)
    }

    fn payment(&self) -> Result<PaymentInput, StorageError> {
        Ok(PaymentInput {
            amount: self.money()?,
            due_through: known(self.due_through)?,
            tolerance: Money::from_sen(known(self.tolerance)?),
            excess_to: self.excess_to()?,
            paid_as: self.paid_as()?,
        })
    }

    /// What becomes of a payment's rest.
    pub(super) fn excess_to(&self) -> Result<ExcessTo, StorageError> {
        code("loan_transactions.excess_to", self.excess_to.as_deref().unwrap_or_default())
    }

    fn paid_as(&self) -> Result<PaidAs, StorageError> {
        code("loan_transactions.paid_as", self.paid_as.as_deref().unwrap_or_default())
    }

    fn details(&self) -> Result<Details, StorageError> {
        Details::read(self.details.as_deref().unwrap_or_default())
    }

    fn read(
        self,
        reversals: &HashMap<i64, i64>,
        paid: &mut Allocations,
    ) -> Result<Transaction, StorageError> {
        let Self {
            id,
            loan_id,
            kind,
            effective_on,
            booked_on,
            amount,
            due_from: _,
            due_through: _,
            tolerance: _,
            excess_to: _,
            paid_as: _,
            deposit: _,
            details: _,
            reverses,
            reason,
            created_at,
            created_by,
        } = self;
        Ok(Transaction {
            id: TransactionId::new(id),
            loan_id: LoanId::new(loan_id),
            kind: code("loan_transactions.kind", &kind)?,
            effective_on,
            booked_on,
            amount: amount.map(Money::from_sen),
            reverses: reverses.map(TransactionId::new),
            reason,
            reversed_by: reversals.get(&id).copied().map(TransactionId::new),
            allocations: paid.take(TransactionId::new(id)),
            created_at: from_time(created_at),
            created_by: created_by.map(UserId::new),
        })
    }
}

/// A figure that the transaction's kind has.
pub(super) fn known<T>(value: Option<T>) -> Result<T, StorageError> {
    value.ok_or_else(|| unreadable("loan_transactions"))
}

/// The transactions of loans, by loan and id.
pub(super) fn load(tx: &mut Tx<'_>, ids: &[LoanId]) -> Result<Vec<Stored>, StorageError> {
    let list = List::numbers(tx.backend(), ids.iter().map(|id| id.get()));
    let query = loan_transactions::table
        .filter(one_of(loan_transactions::loan_id, list))
        .order((loan_transactions::loan_id, loan_transactions::id))
        .select(Stored::as_select());
    tx.run(|conn| query.load(conn))
}

/// The transactions of a loan by id.
pub(super) fn of_loan(tx: &mut Tx<'_>, id: LoanId) -> Result<Vec<Transaction>, StorageError> {
    let stored = load(tx, &[id])?;
    let reversals = stored.iter().filter_map(|row| Some((row.reverses?, row.id))).collect();
    let mut paid = allocations(tx, &[id])?;
    stored.into_iter().map(|row| row.read(&reversals, &mut paid)).collect()
}

/// Rising ids.
pub(super) fn reserve(
    tx: &mut Tx<'_>,
    ids: u32,
) -> Result<vec::IntoIter<TransactionId>, StorageError> {
    let wanted = usize::try_from(ids).unwrap_or(usize::MAX);
    let reserved = tx.reserve_ids("loan_transactions", wanted)?;
    Ok(reserved.into_iter().map(TransactionId::new).collect::<Vec<_>>().into_iter())
}
