//! Loans as they stood at the end of a month.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{JobKind, JobRuns, LoanId, Money, Period, StorageError};

use crate::{
    account::Account,
    error::ServicingError,
    fold::replay,
    hold::Holds,
    loan::{LoanBalances, LoanStatus},
    outstanding::{Kolektibilitas, days_past_due},
    repository::LoanRepository,
    rules::{KolektibilitasBounds, Rules, ServicingPolicy},
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

/// The last days of the months that ends of days have written down for good.
pub fn written_month_ends<Tx>(tx: &mut Tx) -> Result<Vec<NaiveDate>, StorageError>
where
    Tx: EndOfDayRepository + JobRuns,
{
    let first = tx.first_booking()?;
    let done = tx.done_through(JobKind::EndOfDay)?;
    Ok(done.map_or_else(Vec::new, |done| month_ends(first, done).collect()))
}

/// The last days of months from one day through another.
pub(super) fn month_ends(
    from: Option<NaiveDate>,
    through: NaiveDate,
) -> impl Iterator<Item = NaiveDate> {
    let months = std::iter::successors(from.map(Period::of), |period| Some(period.next()));
    months.map(Period::last_day).take_while(move |end| *end <= through)
}

/// Writes the month ends of loans anew, by what was entered up to the day; gives how many were open.
///
/// Cost: seven statements, and five more for those to which something came later, whose inputs are
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
    let kolektibilitas = tx.month_end_bounds(day, &policy.kolektibilitas)?;
    let policy = &ServicingPolicy { kolektibilitas, ..*policy };
    let loans = tx.loans_at_month_end(day, ids)?;
    let standing = loans.iter().filter(|loan| !loan.came_later);
    let mut rows: Vec<_> =
        standing.filter_map(|loan| loan.month_end(day, &kolektibilitas)).collect();
    let later = loans.iter().filter(|loan| loan.came_later);
    let later: Vec<_> = later.map(|loan| loan.id).collect();
    if !later.is_empty() {
        rows.extend(replayed(tx, day, &later, policy)?);
    }
    tx.put_month_ends(day, ids, &rows)?;
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

impl LoanAtMonthEnd {
    /// `None` where the loan is not open. Principal and oldest unpaid due date are the same on every day
    /// from the last input on.
    fn month_end(&self, day: NaiveDate, bounds: &KolektibilitasBounds) -> Option<MonthEnd> {
        let dpd = days_past_due(self.oldest_unpaid_due, day);
        self.status.is_open().then(|| MonthEnd {
            loan_id: self.id,
            dpd,
            kolektibilitas: Kolektibilitas::of(dpd, bounds),
            outstanding: self.principal,
        })
    }
}

impl MonthEnd {
    /// By an account after the last input that was known on the day; `None` where the loan is not open.
    pub(crate) fn of(
        loan_id: LoanId,
        account: &Account,
        rules: &Rules,
        (day, bounds): (NaiveDate, &KolektibilitasBounds),
    ) -> Option<Self> {
        let LoanBalances { status, oldest_unpaid_due, principal, .. } =
            LoanBalances::of(account, rules);
        let stood =
            LoanAtMonthEnd { id: loan_id, status, oldest_unpaid_due, principal, came_later: false };
        stood.month_end(day, bounds)
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
    for (id, entered) in tx.entered(ids)? {
        let stored = loans.remove(&id).ok_or(StorageError::not_found("loan", id.get()))?;
        let rules = Rules::of(&stored.loan.terms, policy);
        let account = replay(&rules, &Holds::new(stored.holds), entered.known_on(day)).account;
        rows.extend(MonthEnd::of(id, &account, &rules, (day, &policy.kolektibilitas)));
    }
    Ok(rows)
}
