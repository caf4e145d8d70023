//! The outbox as who delivers reads it.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Date},
};
use pensipro_kernel::{Event, LoanId, MemberId, Money, StorageError};
use pensipro_notifications::{OutboxQueue, PendingEvent};

use crate::{
    Tx,
    convert::from_time,
    schema::outbox,
    sql::{List, Locked, Raw, RowLock, one_of},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = outbox)]
struct Row {
    id: i64,
    event: String,
    ref_table: String,
    ref_id: i64,
    member_id: Option<i64>,
    params: String,
    created_at: NaiveDateTime,
}

impl From<Row> for PendingEvent {
    fn from(row: Row) -> Self {
        let Row { id, event, ref_table, ref_id, member_id, params, created_at } = row;
        Self {
            id: Some(id),
            name: event,
            ref_table,
            ref_id,
            member_id: member_id.map(MemberId::new),
            // One that cannot be read must not hold up those behind it.
            params: serde_json::from_str(&params).unwrap_or_default(),
            happened_at: from_time(created_at),
        }
    }
}

/// A payment that a line of a payer's file became.
#[derive(QueryableByName)]
struct PaidRow {
    #[diesel(sql_type = BigInt)]
    payment_id: i64,
    #[diesel(sql_type = BigInt)]
    member_id: i64,
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = Date)]
    approved_on: NaiveDate,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = Date)]
    paid_on: NaiveDate,
}

impl PaidRow {
    fn event(self, happened_at: DateTime<Utc>) -> PendingEvent {
        let Self { payment_id, member_id, loan_id, approved_on, amount, paid_on } = self;
        let loan = LoanId::new(loan_id);
        let event = Event::new("payment.received", "loan_payments", payment_id)
            .with("loan_id", loan)
            .with("loan_number", loan.number(approved_on.year()))
            .with("amount", Money::from_sen(amount))
            .with("paid_on", paid_on);
        let Event { name, ref_table, ref_id, member_id: _, params } = event;
        PendingEvent {
            id: None,
            name: name.to_owned(),
            ref_table: ref_table.to_owned(),
            ref_id,
            member_id: Some(MemberId::new(member_id)),
            params,
            happened_at,
        }
    }
}

impl OutboxQueue for Tx<'_> {
    fn is_anything_to_tell(&mut self) -> Result<bool, StorageError> {
        let query = outbox::table
            .filter(outbox::delivered_at.is_null())
            .filter(outbox::available_at.le(self.now()))
            .select(outbox::id);
        let found: Option<i64> = self.run(|conn| query.first(conn).optional())?;
        Ok(found.is_some())
    }

    fn take_events(&mut self, limit: u32) -> Result<Vec<PendingEvent>, StorageError> {
        let query = outbox::table
            .filter(outbox::delivered_at.is_null())
            .filter(outbox::available_at.le(self.now()))
            .order((outbox::available_at, outbox::id))
            .limit(limit.into())
            .select(Row::as_select());
        let locked = Locked::new(query, RowLock::FreeForUpdate, "outbox");
        let rows: Vec<Row> = self.run(|conn| locked.get_results(conn))?;
        Ok(rows.into_iter().map(PendingEvent::from).collect())
    }

    fn payments_of_file(
        &mut self,
        chunk: &PendingEvent,
    ) -> Result<Vec<PendingEvent>, StorageError> {
        let Some((first, last)) = chunk.file_lines() else { return Ok(Vec::new()) };
        let rows: Vec<PaidRow> = self.run(|conn| {
            Raw::new(
                "SELECT l.payment_id, n.member_id, n.id AS loan_id, n.approved_on, \
                 COALESCE(l.amount, 0) AS amount, i.paid_on FROM pension_cut_import_lines l \
                 JOIN pension_cut_imports i ON i.id = l.import_id JOIN loans n ON n.id = l.loan_id \
                 WHERE l.import_id = $1 AND l.line_no BETWEEN $2 AND $3 \
                 AND l.payment_id IS NOT NULL ORDER BY l.line_no",
            )?
            .bind(chunk.ref_id)
            .bind(first)
            .bind(last)
            .load(conn)
        })?;
        Ok(rows.into_iter().map(|row| row.event(chunk.happened_at)).collect())
    }

    fn mark_told(&mut self, ids: &[i64]) -> Result<(), StorageError> {
        let now = self.now();
        let list = List::numbers(self.backend(), ids.iter().copied());
        let told = outbox::table.filter(one_of(outbox::id, list));
        let at = outbox::delivered_at.eq(now);
        self.run(|conn| diesel::update(told).set(at).execute(conn))?;
        Ok(())
    }
}
