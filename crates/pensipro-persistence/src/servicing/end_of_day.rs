//! Loans at the end of a day.

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{LoanId, StorageError};
use pensipro_servicing::{
    DueBetween, EndOfDayRepository, Entered, KolektibilitasBounds, Late, LoanAtMonthEnd,
    LoanStatus, MonthEnd, Reminder, StatusChange,
};

use super::{history, month_end_bounds, month_end_gaps, month_ends};
use crate::{
    Tx,
    schema::{loan_reminders, loan_transactions, loans},
    sql::{BulkUpdate, List, Raw, Value, batch_row, one_of},
};

#[derive(Insertable)]
#[diesel(table_name = loan_reminders)]
#[diesel(treat_none_as_default_value = false)]
struct ReminderRow {
    loan_id: i64,
    due_date: NaiveDate,
    dpd: i32,
    told_on: NaiveDate,
}
batch_row!(ReminderRow => loan_reminders);

#[derive(QueryableByName)]
struct LateRow {
    #[diesel(sql_type = diesel::sql_types::Date)]
    due: NaiveDate,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    loan: i64,
}

impl EndOfDayRepository for Tx<'_> {
    fn first_booking(&mut self) -> Result<Option<NaiveDate>, StorageError> {
        let query = loan_transactions::table
            .order(loan_transactions::id)
            .select(loan_transactions::booked_on);
        self.run(|conn| query.first(conn).optional())
    }

    fn late_loans(
        &mut self,
        day: NaiveDate,
        after: Late,
        limit: u16,
    ) -> Result<Vec<Late>, StorageError> {
        let rows: Vec<LateRow> = self.run(|conn| {
            Raw::new(
                "SELECT oldest_unpaid_due AS due, id AS loan FROM loans \
                 WHERE (oldest_unpaid_due, id) > ($1, $2) AND oldest_unpaid_due < $3 \
                 AND status IN ('active', 'default') \
                 ORDER BY oldest_unpaid_due, id LIMIT $4",
            )?
            .bind(after.due)
            .bind(after.loan.get())
            .bind(day)
            .bind(i64::from(limit))
            .load(conn)
        })?;
        Ok(rows.into_iter().map(|row| Late { due: row.due, loan: LoanId::new(row.loan) }).collect())
    }

    fn loans_due(
        &mut self,
        due: DueBetween,
        after: Late,
        limit: u16,
    ) -> Result<Vec<Late>, StorageError> {
        // Before the first loan of the day after.
        let first = Late { due: due.after, loan: LoanId::new(i64::MAX) };
        let after = after.max(first);
        let rows: Vec<LateRow> = self.run(|conn| {
            Raw::new(
                "SELECT oldest_unpaid_due AS due, id AS loan FROM loans \
                 WHERE (oldest_unpaid_due, id) > ($1, $2) AND oldest_unpaid_due <= $3 \
                 AND status = 'active' ORDER BY oldest_unpaid_due, id LIMIT $4",
            )?
            .bind(after.due)
            .bind(after.loan.get())
            .bind(due.through)
            .bind(i64::from(limit))
            .load(conn)
        })?;
        Ok(rows.into_iter().map(|row| Late { due: row.due, loan: LoanId::new(row.loan) }).collect())
    }

    fn pending_loans(&mut self, after: LoanId, limit: u16) -> Result<Vec<LoanId>, StorageError> {
        let query = loans::table
            .filter(loans::status.eq(LoanStatus::Pending.code()))
            .filter(loans::id.gt(after.get()))
            .order(loans::id)
            .limit(limit.into())
            .select(loans::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(LoanId::new).collect())
    }

    fn loans_of_month_end(
        &mut self,
        day: NaiveDate,
        after: LoanId,
        limit: u16,
    ) -> Result<Vec<LoanId>, StorageError> {
        month_ends::candidates(self, day, after, limit)
    }

    fn leave_out_of_month_end(
        &mut self,
        day: NaiveDate,
        loan: LoanId,
    ) -> Result<bool, StorageError> {
        month_end_gaps::add(self, day, loan)
    }

    fn left_out_of_month_end(&mut self, day: NaiveDate) -> Result<u64, StorageError> {
        month_end_gaps::count_open(self, day)
    }

    fn incomplete_month_ends(
        &mut self,
        through: NaiveDate,
    ) -> Result<Vec<NaiveDate>, StorageError> {
        month_end_gaps::open_days(self, through)
    }

    fn month_end_bounds(
        &mut self,
        day: NaiveDate,
        bounds: &KolektibilitasBounds,
    ) -> Result<KolektibilitasBounds, StorageError> {
        month_end_bounds::keep(self, day, bounds)
    }

    fn loans_at_month_end(
        &mut self,
        day: NaiveDate,
        ids: &[LoanId],
    ) -> Result<Vec<LoanAtMonthEnd>, StorageError> {
        month_ends::loans(self, day, ids)
    }

    fn entered(&mut self, ids: &[LoanId]) -> Result<Vec<(LoanId, Entered)>, StorageError> {
        history::entered(self, ids)
    }

    fn put_month_ends(
        &mut self,
        day: NaiveDate,
        ids: &[LoanId],
        rows: &[MonthEnd],
    ) -> Result<(), StorageError> {
        month_end_gaps::close(self, day, ids)?;
        month_ends::put(self, day, ids, rows)
    }

    fn store_statuses(&mut self, changes: &[StatusChange]) -> Result<(), StorageError> {
        let now = self.now();
        let values = changes.iter().map(|change| -> Vec<Value> {
            let StatusChange { loan_id, version, standing } = *change;
            vec![
                loan_id.get().into(),
                standing.status.code().into(),
                standing.default_since.into(),
                version.get().into(),
                now.into(),
            ]
        });
        let changed = self.update_all(STATUS, values.collect())?;
        if changed == changes.len() { Ok(()) } else { Err(StorageError::Stale { thing: "loan" }) }
    }

    fn note_reminders(
        &mut self,
        mut reminders: Vec<Reminder>,
        told_on: NaiveDate,
    ) -> Result<Vec<Reminder>, StorageError> {
        let list = List::numbers(self.backend(), reminders.iter().map(|it| it.loan_id.get()));
        let query = loan_reminders::table.filter(one_of(loan_reminders::loan_id, list)).select((
            loan_reminders::loan_id,
            loan_reminders::due_date,
            loan_reminders::dpd,
        ));
        let told: Vec<(i64, NaiveDate, i32)> = self.run(|conn| query.load(conn))?;
        let told = told.into_iter().map(|(loan, due_date, dpd)| Reminder {
            loan_id: LoanId::new(loan),
            due_date,
            step: dpd,
        });
        let told: std::collections::HashSet<_> = told.collect();
        reminders.retain(|reminder| !told.contains(reminder));
        let rows = reminders.iter().map(|reminder| ReminderRow {
            loan_id: reminder.loan_id.get(),
            due_date: reminder.due_date,
            dpd: reminder.step,
            told_on,
        });
        self.insert_all(rows.collect())?;
        Ok(reminders)
    }
}

const STATUS: BulkUpdate = BulkUpdate {
    table: "loans",
    keys: &["id"],
    set: &["status", "default_since", "version", "updated_at"],
};
