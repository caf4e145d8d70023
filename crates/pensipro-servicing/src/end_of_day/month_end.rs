//! Loans as they stood at the end of a month.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, Money, StorageError};

use crate::{
    error::ServicingError,
    fold::replay,
    hold::Holds,
    input::Input,
    loan::{LoanStatus, StoredLoan},
    outstanding::{Kolektibilitas, Outstanding, days_past_due},
    repository::LoanRepository,
    rules::{Rules, ServicingPolicy},
};

use super::EndOfDayRepository;

/// What is stored of a loan, and whether that tells of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanAtMonthEnd {
    /// The loan.
    pub id: LoanId,
    /// Its status.
    pub status: LoanStatus,
    /// Its oldest unpaid due date.
    pub oldest_unpaid_due: Option<NaiveDate>,
    /// Its unpaid principal.
    pub principal: Money,
    /// Whether something happened, or was entered, after the day: then only a replay tells.
    pub came_later: bool,
}

/// An open loan at the end of a month's last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthEnd {
    /// The loan.
    pub loan_id: LoanId,
    /// Days past due.
    pub dpd: u32,
    /// The quality that follows.
    pub kolektibilitas: Kolektibilitas,
    /// Unpaid principal.
    pub outstanding: Money,
}

/// Writes the month ends of loans anew, by what was entered up to the day; gives how many were open.
///
/// Cost: four statements, and five more for those to which something came later, whose inputs are
/// folded; memory in proportion to the inputs of those.
pub fn write_month_ends<Tx>(
    tx: &mut Tx,
    day: NaiveDate,
    ids: &[LoanId],
    policy: &ServicingPolicy,
) -> Result<u64, ServicingError>
where
    Tx: LoanRepository + EndOfDayRepository,
{
    let loans = tx.loans_at_month_end(day, ids)?;
    let standing = loans.iter().filter(|loan| !loan.came_later);
    let mut rows: Vec<_> = standing.filter_map(|loan| loan.month_end(day, policy)).collect();
    let later = loans.iter().filter(|loan| loan.came_later);
    let later: Vec<_> = later.map(|loan| loan.id).collect();
    if !later.is_empty() {
        rows.extend(replayed(tx, day, &later, policy)?);
    }
    tx.put_month_ends(day, ids, &rows)?;
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

impl LoanAtMonthEnd {
    /// Principal and oldest unpaid due date are the same on every day from the last input on.
    fn month_end(&self, day: NaiveDate, policy: &ServicingPolicy) -> Option<MonthEnd> {
        let dpd = days_past_due(self.oldest_unpaid_due, day);
        self.status.is_open().then(|| MonthEnd {
            loan_id: self.id,
            dpd,
            kolektibilitas: Kolektibilitas::of(dpd, &policy.kolektibilitas),
            outstanding: self.principal,
        })
    }
}

fn replayed<Tx>(
    tx: &mut Tx,
    day: NaiveDate,
    ids: &[LoanId],
    policy: &ServicingPolicy,
) -> Result<Vec<MonthEnd>, ServicingError>
where
    Tx: LoanRepository + EndOfDayRepository,
{
    let stored = tx.lock_loans(ids)?.into_iter();
    let mut loans: BTreeMap<_, _> = stored.map(|stored| (stored.loan.id, stored)).collect();
    let mut rows = Vec::new();
    for (id, inputs) in tx.inputs_known_on(day, ids)? {
        let stored = loans.remove(&id).ok_or(StorageError::not_found("loan", id.get()))?;
        rows.extend(at_end_of(day, stored, &inputs, policy));
    }
    Ok(rows)
}

fn at_end_of(
    day: NaiveDate,
    stored: StoredLoan,
    inputs: &[Input],
    policy: &ServicingPolicy,
) -> Option<MonthEnd> {
    let rules = Rules::of(&stored.loan.terms, policy);
    let holds = Holds::new(stored.holds);
    let account = replay(&rules, &holds, inputs).account.brought_to(&rules, &holds, day);
    let owed = Outstanding::of(&account, &rules, &policy.kolektibilitas, day);
    account.status().is_open().then_some(MonthEnd {
        loan_id: stored.loan.id,
        dpd: owed.dpd,
        kolektibilitas: owed.kolektibilitas,
        outstanding: owed.principal,
    })
}
