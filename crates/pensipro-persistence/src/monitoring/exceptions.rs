//! Exceptions: what went wrong and wants somebody's attention.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_audit::{
    ExceptionFilter, ExceptionLog, ExceptionRepository, ExceptionRow, NewException,
};
use pensipro_kernel::{ExceptionId, Page, PageRequest, Position, StorageError, UserId};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{code, from_time, unreadable},
    schema::exception_logs,
    sql::{List, Locked, RowLock, batch_row, one_of},
};

#[derive(Insertable)]
#[diesel(table_name = exception_logs)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    severity: &'static str,
    source: &'static str,
    message: String,
    payload: String,
    ref_id: Option<i64>,
    request_id: Option<String>,
    created_at: NaiveDateTime,
}
batch_row!(NewRow => exception_logs);

#[derive(Queryable, Selectable)]
#[diesel(table_name = exception_logs)]
struct Row {
    id: i64,
    severity: String,
    source: String,
    message: String,
    payload: String,
    request_id: Option<String>,
    created_at: NaiveDateTime,
    resolved_by: Option<i64>,
    resolved_at: Option<NaiveDateTime>,
    note: Option<String>,
}

impl TryFrom<Row> for ExceptionRow {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            severity,
            source,
            message,
            payload,
            request_id,
            created_at,
            resolved_by,
            resolved_at,
            note,
        } = row;
        Ok(Self {
            id: ExceptionId::new(id),
            severity: code("exception_logs.severity", &severity)?,
            source,
            message,
            payload: serde_json::from_str(&payload)
                .map_err(|_| unreadable("exception_logs.payload"))?,
            request_id,
            created_at: from_time(created_at),
            resolved_by: resolved_by.map(UserId::new),
            resolved_at: resolved_at.map(from_time),
            note,
        })
    }
}

type Query = diesel::helper_types::IntoBoxed<'static, exception_logs::table, MultiBackend>;

fn filtered(filter: &ExceptionFilter) -> Query {
    let ExceptionFilter { severity, source, resolved, from, to } = filter.clone();
    let mut query = exception_logs::table.into_boxed();
    if let Some(severity) = severity {
        query = query.filter(exception_logs::severity.eq(severity.code()));
    }
    if let Some(source) = source {
        query = query.filter(exception_logs::source.eq(source));
    }
    query = match resolved {
        Some(true) => query.filter(exception_logs::resolved_at.is_not_null()),
        Some(false) => query.filter(exception_logs::resolved_at.is_null()),
        None => query,
    };
    if let Some(from) = from {
        query = query.filter(exception_logs::created_at.ge(from.naive_utc()));
    }
    if let Some(to) = to {
        query = query.filter(exception_logs::created_at.lt(to.naive_utc()));
    }
    query
}

impl ExceptionLog for Tx<'_> {
    fn note_exceptions(&mut self, new: &[NewException]) -> Result<(), StorageError> {
        let created_at = self.now();
        for exception in new {
            self.note_exception(exception.severity.code(), exception.source);
        }
        let row = |new: &NewException| {
            let NewException { severity, source, message, payload, about, request_id } =
                new.clone();
            NewRow {
                severity: severity.code(),
                source,
                message,
                payload: payload.to_string(),
                ref_id: about,
                request_id,
                created_at,
            }
        };
        self.insert_all(new.iter().map(row).collect())
    }

    fn settle_exceptions(
        &mut self,
        source: &'static str,
        about: &[i64],
        by: Option<UserId>,
        note: &str,
    ) -> Result<usize, StorageError> {
        if about.is_empty() {
            return Ok(0);
        }
        let about = List::numbers(self.backend(), about.iter().copied());
        let open = diesel::update(exception_logs::table)
            .filter(exception_logs::source.eq(source))
            .filter(one_of(exception_logs::ref_id, about))
            .filter(exception_logs::resolved_at.is_null());
        let settled = open.set((
            exception_logs::resolved_by.eq(by.map(UserId::get)),
            exception_logs::resolved_at.eq(Some(self.now())),
            exception_logs::note.eq(note.to_owned()),
        ));
        self.run(|conn| settled.execute(conn))
    }
}

impl ExceptionRepository for Tx<'_> {
    fn exceptions(
        &mut self,
        filter: &ExceptionFilter,
        page: &PageRequest,
    ) -> Result<Page<ExceptionRow>, StorageError> {
        let mut query = filtered(filter);
        if let Some(last) = &page.after {
            query = query.filter(exception_logs::id.lt(last.id));
        }
        let query = query
            .order(exception_logs::id.desc())
            .limit(i64::from(page.limit) + 1)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(ExceptionRow::try_from).collect::<Result<_, _>>()?;
        let mut exceptions = Page::from_rows(rows, page.limit, |row: &ExceptionRow| Position {
            key: String::new(),
            id: row.id.get(),
        });
        if page.count {
            exceptions.total = Some(self.run(|conn| filtered(filter).count().get_result(conn))?);
        }
        Ok(exceptions)
    }

    fn lock_exception(&mut self, id: ExceptionId) -> Result<ExceptionRow, StorageError> {
        let query = exception_logs::table.find(id.get()).select(Row::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, "exception_logs");
        let row: Option<Row> = self.run(|conn| locked.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("exception", id.get()))?.try_into()
    }

    fn save_resolution(&mut self, exception: &ExceptionRow) -> Result<(), StorageError> {
        let row = exception_logs::table.find(exception.id.get());
        let resolution = (
            exception_logs::resolved_by.eq(exception.resolved_by.map(UserId::get)),
            exception_logs::resolved_at.eq(exception.resolved_at.map(|at| at.naive_utc())),
            exception_logs::note.eq(&exception.note),
        );
        self.run(|conn| diesel::update(row).set(resolution).execute(conn))?;
        Ok(())
    }
}
