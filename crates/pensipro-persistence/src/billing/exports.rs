//! Exports.

use chrono::NaiveDate;
use diesel::{RunQueryDsl, prelude::*, sql_types::BigInt};
use pensipro_billing::{
    Answers, Billable, BillableQuery, Export, ExportFilter, ExportLine, ExportRepository,
    ExportScope, ExportStatus, FileRow, LeftOut, NewExport,
};
use pensipro_kernel::{ExportId, Page, PageRequest, Position, StorageError, UserId};

use super::{
    billable, export_lines,
    export_rows::{ExportRow, insertion},
    file_rows,
};
use crate::{
    Tx,
    connection::MultiBackend,
    convert::count,
    schema::pension_cut_exports::{self, dsl},
    sql::{Locked, RowLock},
};

/// The number that a statement written by hand gives back.
#[derive(diesel::QueryableByName)]
pub(super) struct Number {
    #[diesel(sql_type = BigInt)]
    pub(super) number: i64,
}

const TABLE: &str = "pension_cut_exports";

type Query = diesel::helper_types::IntoBoxed<'static, pension_cut_exports::table, MultiBackend>;

impl ExportRepository for Tx<'_> {
    fn lock_live_export(&mut self, scope: &ExportScope) -> Result<Option<Export>, StorageError> {
        let ExportScope { periode, payer, pay_office } = scope;
        let query = dsl::pension_cut_exports
            .filter(dsl::periode.eq(periode.to_string()))
            .filter(dsl::payer.eq(payer.code()))
            .filter(dsl::pay_office.eq(pay_office.clone()))
            .filter(dsl::status.ne(ExportStatus::Superseded.code()))
            .select(ExportRow::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, TABLE);
        let row: Option<ExportRow> = self.run(|conn| locked.get_result(conn).optional())?;
        row.map(Export::try_from).transpose()
    }

    fn add_export(
        &mut self,
        new: &NewExport,
        by: Option<UserId>,
    ) -> Result<Option<ExportId>, StorageError> {
        let now = self.now();
        let added: Vec<Number> = self.run(|conn| insertion(new, by, now)?.load(conn))?;
        Ok(added.first().map(|row| ExportId::new(row.number)))
    }

    fn export(&mut self, id: ExportId) -> Result<Export, StorageError> {
        let query = dsl::pension_cut_exports.find(id.get()).select(ExportRow::as_select());
        let row: Option<ExportRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("export", id.get()))?.try_into()
    }

    fn lock_export(&mut self, id: ExportId) -> Result<Export, StorageError> {
        let query = dsl::pension_cut_exports.find(id.get()).select(ExportRow::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, TABLE);
        let row: Option<ExportRow> = self.run(|conn| locked.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("export", id.get()))?.try_into()
    }

    fn exports(
        &mut self,
        filter: &ExportFilter,
        page: &PageRequest,
    ) -> Result<Page<Export>, StorageError> {
        let mut query = filtered(filter);
        if let Some(last) = &page.after {
            query = query.filter(dsl::id.lt(last.id));
        }
        let query = query
            .order(dsl::id.desc())
            .limit(i64::from(page.limit) + 1)
            .select(ExportRow::as_select());
        let rows: Vec<ExportRow> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(Export::try_from).collect::<Result<_, _>>()?;
        let mut exports = Page::from_rows(rows, page.limit, |export: &Export| Position {
            key: String::new(),
            id: export.id.get(),
        });
        if page.count {
            exports.total = Some(self.run(|conn| filtered(filter).count().get_result(conn))?);
        }
        Ok(exports)
    }

    fn save_export(&mut self, export: &Export) -> Result<(), StorageError> {
        let number = |figure: u32| count::<u32, i32>("pension_cut_exports", figure);
        let update = diesel::update(dsl::pension_cut_exports.find(export.id.get())).set((
            dsl::status.eq(export.status.code()),
            dsl::cursor.eq(export.cursor.map(|id| id.get())),
            dsl::lines.eq(number(export.lines)?),
            dsl::left_out.eq(number(export.left_out)?),
            dsl::total_amount.eq(export.total_amount.sen()),
            dsl::sent_on.eq(export.sent_on),
            dsl::sent_note.eq(export.sent_note.clone()),
            dsl::updated_at.eq(self.now()),
        ));
        match self.run(|conn| update.execute(conn))? {
            0 => Err(StorageError::not_found("export", export.id.get())),
            _ => Ok(()),
        }
    }

    fn retire_lines(&mut self, id: ExportId, on: NaiveDate) -> Result<(), StorageError> {
        export_lines::retire(self, id, on)
    }

    fn answers(&mut self, id: ExportId) -> Result<Answers, StorageError> {
        export_lines::answers(self, id)
    }

    fn unfinished_exports(&mut self) -> Result<Vec<ExportId>, StorageError> {
        let query = dsl::pension_cut_exports
            .filter(dsl::status.eq(ExportStatus::Generating.code()))
            .order(dsl::id)
            .select(dsl::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(ExportId::new).collect())
    }

    fn billable_loans(&mut self, query: &BillableQuery) -> Result<Billable, StorageError> {
        billable::loans(self, query)
    }

    fn add_export_lines(
        &mut self,
        id: ExportId,
        lines: &[ExportLine],
        left_out: &[LeftOut],
    ) -> Result<(), StorageError> {
        export_lines::add(self, id, lines, left_out)
    }

    fn file_rows(
        &mut self,
        id: ExportId,
        after_line: u32,
        limit: u32,
    ) -> Result<Vec<FileRow>, StorageError> {
        file_rows::load(self, id, after_line, limit)
    }

    fn left_out(
        &mut self,
        id: ExportId,
        page: &PageRequest,
    ) -> Result<Page<LeftOut>, StorageError> {
        export_lines::left_out(self, id, page)
    }
}

fn filtered(filter: &ExportFilter) -> Query {
    let ExportFilter { periode, payer, status } = *filter;
    let mut query = dsl::pension_cut_exports.into_boxed();
    if let Some(periode) = periode {
        query = query.filter(dsl::periode.eq(periode.to_string()));
    }
    if let Some(payer) = payer {
        query = query.filter(dsl::payer.eq(payer.code()));
    }
    if let Some(status) = status {
        query = query.filter(dsl::status.eq(status.code()));
    }
    query
}
