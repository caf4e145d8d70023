//! What the end of a day needs from storage.

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, StorageError};

use crate::{entered::Entered, rules::KolektibilitasBounds};

use super::{LoanAtMonthEnd, MonthEnd, Reminder, StatusChange};

/// An open loan with something unpaid, in the order in which a run goes through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Late {
    /// Its oldest unpaid due date.
    pub due: NaiveDate,
    /// The loan.
    pub loan: LoanId,
}

/// A stretch of due dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueBetween {
    /// After this day.
    pub after: NaiveDate,
    /// Through this day.
    pub through: NaiveDate,
}

/// Loans at the end of a day. Each list is a page of `limit` loans, found by an index, whatever the
/// number of loans.
pub trait EndOfDayRepository {
    /// When anything was first entered to a loan.
    fn first_booking(&mut self) -> Result<Option<NaiveDate>, StorageError>;

    /// Open loans with something unpaid that was due before the day, by due date and id.
    fn late_loans(
        &mut self,
        day: NaiveDate,
        after: Late,
        limit: u16,
    ) -> Result<Vec<Late>, StorageError>;

    /// Active loans whose oldest unpaid instalment is due within a stretch, by due date and id.
    fn loans_due(
        &mut self,
        due: DueBetween,
        after: Late,
        limit: u16,
    ) -> Result<Vec<Late>, StorageError>;

    /// Loans that were approved and are not disbursed, by id.
    fn pending_loans(&mut self, after: LoanId, limit: u16) -> Result<Vec<LoanId>, StorageError>;

    /// Loans that may have been open at the end of the day, by id: those that are, and those to which
    /// something happened or was entered later.
    fn loans_of_month_end(
        &mut self,
        day: NaiveDate,
        after: LoanId,
        limit: u16,
    ) -> Result<Vec<LoanId>, StorageError>;

    /// Notes that the end of a month could not write a loan down; true if that was not noted before.
    fn leave_out_of_month_end(
        &mut self,
        day: NaiveDate,
        loan: LoanId,
    ) -> Result<bool, StorageError>;

    /// How many loans the end of a month left out, of which an exception tells that nobody has settled.
    fn left_out_of_month_end(&mut self, day: NaiveDate) -> Result<u64, StorageError>;

    /// The last days of months up to a day whose ends left loans out, of which exceptions tell that nobody has
    /// settled; the oldest first.
    fn incomplete_month_ends(&mut self, through: NaiveDate)
    -> Result<Vec<NaiveDate>, StorageError>;

    /// The bounds by which the loans of a month's last day are judged: these, unless others were kept when
    /// the first of them was.
    fn month_end_bounds(
        &mut self,
        day: NaiveDate,
        bounds: &KolektibilitasBounds,
    ) -> Result<KolektibilitasBounds, StorageError>;

    /// What is stored of them, by id; one statement.
    fn loans_at_month_end(
        &mut self,
        day: NaiveDate,
        ids: &[LoanId],
    ) -> Result<Vec<LoanAtMonthEnd>, StorageError>;

    /// What was entered to them, in the order of the ids; two statements.
    fn entered(&mut self, ids: &[LoanId]) -> Result<Vec<(LoanId, Entered)>, StorageError>;

    /// Puts these rows in place of whatever is there of these loans for the day; none of them is left out
    /// any more.
    fn put_month_ends(
        &mut self,
        day: NaiveDate,
        ids: &[LoanId],
        rows: &[MonthEnd],
    ) -> Result<(), StorageError>;

    /// Stores the statuses of loans that are locked, and raises their versions.
    fn store_statuses(&mut self, changes: &[StatusChange]) -> Result<(), StorageError>;

    /// Notes reminders, and gives those that were not noted before.
    fn note_reminders(
        &mut self,
        reminders: Vec<Reminder>,
        told_on: NaiveDate,
    ) -> Result<Vec<Reminder>, StorageError>;
}
