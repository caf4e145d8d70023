//! What is read of a loan: its figures on a day, and its schedule.

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, Money, Scope, StorageError};

use crate::{
    amount::total,
    error::ServicingError,
    loan::{Loan, LoanStatus},
    open_loan::OpenLoan,
    outstanding::Outstanding,
    repository::{LoanRepository, RestructureRepository},
    restructuring::asks_for_something,
    row::{Row, RowKey, RowStatus},
    rules::ServicingPolicy,
};

/// A loan with what is owed on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanView {
    /// The loan.
    pub loan: Loan,
    /// Where it stands on that day; a default that began since the last end of day included.
    pub status: LoanStatus,
    /// What is owed on it.
    pub outstanding: Outstanding,
}

/// A row of a schedule as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleLine {
    /// The row.
    pub row: Row,
    /// Principal of its schedule that is left after it.
    pub balance: Money,
    /// Penalty charged up to the day of reading.
    pub penalty: Money,
    /// How it reads.
    pub status: RowStatus,
}

/// Which rows of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleRows {
    /// All, those that a restructure replaced too.
    All,
    /// Those that stand.
    Standing,
}

/// A loan as it stands today.
pub fn read_loan<Tx: LoanRepository>(
    tx: &mut Tx,
    id: LoanId,
    scope: Scope,
    policy: &ServicingPolicy,
    today: NaiveDate,
) -> Result<LoanView, ServicingError> {
    let open = open_loan(tx, id, scope, policy, today)?;
    let account = open.account_on(today)?;
    let status = open.status_of(&account);
    let outstanding = Outstanding::of(&account, open.rules(), &policy.kolektibilitas, today);
    Ok(LoanView { loan: open.loan().clone(), status, outstanding })
}

/// What is owed on any day, with all inputs known now.
pub fn read_outstanding<Tx: LoanRepository>(
    tx: &mut Tx,
    id: LoanId,
    scope: Scope,
    policy: &ServicingPolicy,
    date: NaiveDate,
) -> Result<Outstanding, ServicingError> {
    open_loan(tx, id, scope, policy, date)?.outstanding_on(&policy.kolektibilitas, date)
}

/// The schedule today: provisional rows while the loan is pending, otherwise the rows of its
/// disbursement and restructures by due date. What was reversed leaves none.
pub fn read_schedule<Tx: LoanRepository + RestructureRepository>(
    tx: &mut Tx,
    id: LoanId,
    which: ScheduleRows,
    scope: Scope,
    policy: &ServicingPolicy,
    today: NaiveDate,
) -> Result<Vec<ScheduleLine>, ServicingError> {
    let stored = tx.stored_loan(id, scope)?;
    let rows = made_rows(tx, id)?;
    let holds = stored.holds.clone();
    let (provisional, made): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.key.made_by == RowKey::PROVISIONAL);
    let is_disbursed = stored.state.dates.is_some();
    let open = OpenLoan::new(crate::StoredLoan { rows: made, holds, ..stored }, policy);
    let account = open.account().brought_to(open.rules(), open.holds(), today);
    let mut lines = lines(if is_disbursed { account.rows() } else { &provisional }, &open);
    lines.retain(|line| which == ScheduleRows::All || line.row.is_live());
    Ok(lines)
}

/// The stored rows without those of disbursements and restructures that were reversed, and without
/// those for which nothing was left to ask for.
fn made_rows<Tx: LoanRepository + RestructureRepository>(
    tx: &mut Tx,
    id: LoanId,
) -> Result<Vec<Row>, StorageError> {
    let mut rows = tx.schedule(id)?;
    if rows.iter().any(|row| !row.is_live()) {
        let disbursements = tx.disbursements(id)?.into_iter();
        let disbursements = disbursements.map(|it| (Some(it.transaction_id), it.reversed_by));
        let restructures = tx.restructures(id)?.into_iter();
        let restructures = restructures.map(|it| (it.transaction_id, it.reversed_by));
        let makers = disbursements.chain(restructures);
        let reversed: Vec<_> = makers.filter(|(_, by)| by.is_some()).map(|(of, _)| of).collect();
        rows.retain(|row| !reversed.contains(&Some(row.key.made_by)));
        rows.retain(asks_for_something);
    }
    Ok(rows)
}

fn lines(rows: &[Row], open: &OpenLoan) -> Vec<ScheduleLine> {
    let after = |row: &Row| {
        let later = rows
            .iter()
            .filter(|other| other.key.made_by == row.key.made_by && other.key.no > row.key.no);
        total(later.map(|other| other.principal))
    };
    let line = |row: &Row| ScheduleLine {
        balance: after(row),
        penalty: row.penalty(open.rules()),
        status: row.status(open.rules()),
        row: row.clone(),
    };
    rows.iter().map(line).collect()
}

/// A loan to be read on a day, with its history where the day lies before its last input.
pub(crate) fn open_loan<Tx: LoanRepository>(
    tx: &mut Tx,
    id: LoanId,
    scope: Scope,
    policy: &ServicingPolicy,
    date: NaiveDate,
) -> Result<OpenLoan, ServicingError> {
    let open = OpenLoan::new(tx.stored_loan(id, scope)?, policy);
    if open.needs_history_on(date) { with_history(tx, open) } else { Ok(open) }
}

/// The loan with its history, which an input out of order and a reversal need.
pub fn with_history<Tx: LoanRepository>(
    tx: &mut Tx,
    open: OpenLoan,
) -> Result<OpenLoan, ServicingError> {
    let (_, history) =
        tx.histories(&[open.loan().id])?.pop().unwrap_or((open.loan().id, Default::default()));
    Ok(open.with_history(history))
}
