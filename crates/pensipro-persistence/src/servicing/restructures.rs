//! Requests to restructure loans.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{LoanId, Rate, RestructureId, StorageError, TransactionId, UserId};
use pensipro_servicing::{
    Holiday, NewRestructure, Restructure, RestructurePreview, RestructureRepository,
    RestructureStatus, RestructureTerms,
};

use crate::{
    Tx,
    convert::{code, count, from_time, unreadable},
    schema::loan_restructures::{self, dsl},
};

/// A row of `loan_restructures`.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = loan_restructures)]
#[diesel(treat_none_as_default_value = false)]
struct Stored {
    id: i64,
    loan_id: i64,
    status: String,
    effective_on: NaiveDate,
    extra_months: i32,
    new_rate: Option<i64>,
    holiday_months: Option<i32>,
    holiday: Option<String>,
    arrears: String,
    reason: String,
    preview: String,
    requested_on: NaiveDate,
    decided_on: Option<NaiveDate>,
    decided_by: Option<i64>,
    notes: Option<String>,
    transaction_id: Option<i64>,
    reversed_by: Option<i64>,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl Stored {
    fn new(
        id: i64,
        new: NewRestructure,
        now: NaiveDateTime,
        by: Option<UserId>,
    ) -> Result<Self, StorageError> {
        let NewRestructure { loan_id, terms, reason, preview, requested_on } = new;
        let RestructureTerms { effective_on, extra_months, new_rate, holiday, arrears } = terms;
        let preview = serde_json::to_string(&preview);
        Ok(Self {
            id,
            loan_id: loan_id.get(),
            status: RestructureStatus::Requested.code().into(),
            effective_on,
            extra_months: extra_months.into(),
            new_rate: new_rate.map(Rate::units),
            holiday_months: holiday.map(|holiday| holiday.months.into()),
            holiday: holiday.map(|holiday| holiday.kind.code().into()),
            arrears: arrears.code().into(),
            reason,
            preview: preview.map_err(|error| StorageError::Failed(error.to_string()))?,
            requested_on,
            decided_on: None,
            decided_by: None,
            notes: None,
            transaction_id: None,
            reversed_by: None,
            created_at: now,
            created_by: by.map(UserId::get),
        })
    }

    fn read(self) -> Result<Restructure, StorageError> {
        let Self {
            id,
            loan_id,
            status,
            effective_on,
            extra_months,
            new_rate,
            holiday_months,
            holiday,
            arrears,
            reason,
            preview,
            requested_on,
            decided_on,
            decided_by,
            notes,
            transaction_id,
            reversed_by,
            created_at,
            created_by,
        } = self;
        let preview: RestructurePreview =
            serde_json::from_str(&preview).map_err(|_| unreadable("loan_restructures.preview"))?;
        let holiday = match (holiday_months, holiday) {
            (Some(months), Some(kind)) => Some(Holiday {
                months: count("loan_restructures.holiday_months", months)?,
                kind: code("loan_restructures.holiday", &kind)?,
            }),
            _ => None,
        };
        Ok(Restructure {
            id: RestructureId::new(id),
            loan_id: LoanId::new(loan_id),
            status: code("loan_restructures.status", &status)?,
            terms: RestructureTerms {
                effective_on,
                extra_months: count("loan_restructures.extra_months", extra_months)?,
                new_rate: new_rate.map(Rate::from_units),
                holiday,
                arrears: code("loan_restructures.arrears", &arrears)?,
            },
            reason,
            preview,
            requested_on,
            requested_by: created_by.map(UserId::new),
            decided_on,
            decided_by: decided_by.map(UserId::new),
            notes,
            transaction_id: transaction_id.map(TransactionId::new),
            reversed_by: reversed_by.map(TransactionId::new),
            created_at: from_time(created_at),
        })
    }
}

impl RestructureRepository for Tx<'_> {
    fn restructures(&mut self, loan: LoanId) -> Result<Vec<Restructure>, StorageError> {
        let query = dsl::loan_restructures
            .filter(dsl::loan_id.eq(loan.get()))
            .order(dsl::id)
            .select(Stored::as_select());
        let rows: Vec<Stored> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Stored::read).collect()
    }

    fn restructure(
        &mut self,
        loan: LoanId,
        id: RestructureId,
    ) -> Result<Restructure, StorageError> {
        let query = dsl::loan_restructures
            .filter(dsl::id.eq(id.get()))
            .filter(dsl::loan_id.eq(loan.get()))
            .select(Stored::as_select());
        let row: Option<Stored> = self.run(|conn| query.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("restructure", id.get()))?.read()
    }

    fn add_restructure(
        &mut self,
        new: NewRestructure,
        by: Option<UserId>,
    ) -> Result<Restructure, StorageError> {
        let id = self.reserve_id("loan_restructures")?;
        let row = Stored::new(id, new, self.now(), by)?;
        self.run(|conn| diesel::insert_into(loan_restructures::table).values(&row).execute(conn))?;
        row.read()
    }

    fn save_restructure(&mut self, restructure: &Restructure) -> Result<(), StorageError> {
        let id = restructure.id;
        let change = diesel::update(dsl::loan_restructures.filter(dsl::id.eq(id.get()))).set((
            dsl::status.eq(restructure.status.code()),
            dsl::decided_on.eq(restructure.decided_on),
            dsl::decided_by.eq(restructure.decided_by.map(UserId::get)),
            dsl::notes.eq(restructure.notes.clone()),
            dsl::transaction_id.eq(restructure.transaction_id.map(TransactionId::get)),
        ));
        match self.run(|conn| change.execute(conn))? {
            0 => Err(StorageError::not_found("restructure", id.get())),
            _ => Ok(()),
        }
    }
}
