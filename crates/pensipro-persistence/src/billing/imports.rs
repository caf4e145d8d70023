//! Imports.

use diesel::{RunQueryDsl, prelude::*};
use pensipro_billing::{
    Candidate, Cut, CutOf, ExportLineId, Import, ImportFilter, ImportRepository, ImportStatus,
    KeyBase, KeyUse, MonthAccount, NewImport, OutcomeKind, Payer, Probes, RetriableQuery, Sha256,
    Standing, StoredChunk, StoredLine,
};
use pensipro_kernel::{
    ImportId, ImportLineId, LoanId, MemberId, Page, PageRequest, Period, Position, StorageError,
    TransactionId, UserId,
};

use super::{
    candidates,
    exports::Number,
    import_lines,
    import_rows::{ImportRow, insert, insertion, summary_text},
    keys, months, standing, stored_lines,
};
use crate::{
    Tx,
    connection::MultiBackend,
    convert::count,
    schema::pension_cut_imports::{self, dsl},
    sql::{Locked, RowLock},
};

const TABLE: &str = "pension_cut_imports";

type Query = diesel::helper_types::IntoBoxed<'static, pension_cut_imports::table, MultiBackend>;

impl ImportRepository for Tx<'_> {
    fn add_import(
        &mut self,
        new: &NewImport,
        by: Option<UserId>,
    ) -> Result<Option<ImportId>, StorageError> {
        let values = insertion(new, by, self.now())?;
        let added: Vec<Number> = self.run(|conn| insert(values)?.load(conn))?;
        Ok(added.first().map(|row| ImportId::new(row.number)))
    }

    fn import_by_hash(&mut self, sha256: &Sha256) -> Result<Option<Import>, StorageError> {
        let query = dsl::pension_cut_imports
            .filter(dsl::sha256.eq(sha256.to_vec()))
            .filter(dsl::status.ne(ImportStatus::Discarded.code()))
            .select(ImportRow::as_select());
        let row: Option<ImportRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(Import::try_from).transpose()
    }

    fn import(&mut self, id: ImportId) -> Result<Import, StorageError> {
        let query = dsl::pension_cut_imports.find(id.get()).select(ImportRow::as_select());
        let row: Option<ImportRow> = self.run(|conn| query.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("import", id.get()))?.try_into()
    }

    fn lock_import(&mut self, id: ImportId) -> Result<Import, StorageError> {
        let query = dsl::pension_cut_imports.find(id.get()).select(ImportRow::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, TABLE);
        let row: Option<ImportRow> = self.run(|conn| locked.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("import", id.get()))?.try_into()
    }

    fn imports(
        &mut self,
        filter: &ImportFilter,
        page: &PageRequest,
    ) -> Result<Page<Import>, StorageError> {
        let mut query = filtered(filter);
        if let Some(last) = &page.after {
            query = query.filter(dsl::id.lt(last.id));
        }
        let query = query
            .order(dsl::id.desc())
            .limit(i64::from(page.limit) + 1)
            .select(ImportRow::as_select());
        let rows: Vec<ImportRow> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(Import::try_from).collect::<Result<_, _>>()?;
        let mut imports = Page::from_rows(rows, page.limit, |import: &Import| Position {
            key: String::new(),
            id: import.id.get(),
        });
        if page.count {
            imports.total = Some(self.run(|conn| filtered(filter).count().get_result(conn))?);
        }
        Ok(imports)
    }

    fn save_import(&mut self, import: &Import) -> Result<(), StorageError> {
        let number = |figure: u32| count::<u32, i32>("pension_cut_imports", figure);
        let update = diesel::update(dsl::pension_cut_imports.find(import.id.get())).set((
            dsl::status.eq(import.status.code()),
            dsl::spool_key.eq(import.spool_key.clone()),
            dsl::lines_done.eq(number(import.lines_done)?),
            dsl::last_line.eq(number(import.last_line)?),
            dsl::summary.eq(summary_text(&import.summary)),
            dsl::updated_at.eq(self.now()),
        ));
        match self.run(|conn| update.execute(conn))? {
            0 => Err(StorageError::not_found("import", import.id.get())),
            _ => Ok(()),
        }
    }

    fn unfinished_imports(&mut self) -> Result<Vec<ImportId>, StorageError> {
        let query = dsl::pension_cut_imports
            .filter(dsl::status.eq(ImportStatus::Processing.code()))
            .order(dsl::id)
            .select(dsl::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(ImportId::new).collect())
    }

    fn import_lines(
        &mut self,
        id: ImportId,
        outcome: Option<OutcomeKind>,
        page: &PageRequest,
    ) -> Result<Page<StoredLine>, StorageError> {
        stored_lines::of_import(self, id, outcome, page)
    }

    fn import_line(&mut self, id: ImportLineId) -> Result<StoredLine, StorageError> {
        stored_lines::one(self, id)
    }

    fn unmatched_lines(
        &mut self,
        periode: Period,
        page: &PageRequest,
    ) -> Result<Page<StoredLine>, StorageError> {
        stored_lines::unmatched(self, periode, page)
    }

    fn candidate_loans(
        &mut self,
        payer: Payer,
        periode: Period,
        probes: &Probes,
    ) -> Result<Vec<LoanId>, StorageError> {
        candidates::loans(self, payer, periode, probes)
    }

    fn lock_candidates(
        &mut self,
        payer: Payer,
        periode: Period,
        probes: &Probes,
    ) -> Result<Vec<Candidate>, StorageError> {
        candidates::lock(self, payer, periode, probes)
    }

    fn key_uses(&mut self, import: &Import, keys: &[KeyBase]) -> Result<Vec<KeyUse>, StorageError> {
        keys::uses(self, import, keys)
    }

    fn store_chunk(&mut self, chunk: &StoredChunk) -> Result<(), StorageError> {
        import_lines::store(self, chunk)
    }

    fn restate_lines(&mut self, chunk: &StoredChunk) -> Result<(), StorageError> {
        import_lines::restate(self, chunk)
    }

    fn retriable_lines(&mut self, query: &RetriableQuery) -> Result<Vec<StoredLine>, StorageError> {
        stored_lines::retriable(self, query)
    }

    fn payer_of(&mut self, member: MemberId) -> Result<Payer, StorageError> {
        standing::payer_of(self, member)
    }

    fn cut_of(
        &mut self,
        loan: LoanId,
        transaction: TransactionId,
    ) -> Result<Option<CutOf>, StorageError> {
        standing::cut_of(self, loan, transaction)
    }

    fn lock_cut(&mut self, loan: LoanId, periode: Period) -> Result<Option<Cut>, StorageError> {
        standing::lock(self, loan, periode)
    }

    fn save_standing(
        &mut self,
        line: ExportLineId,
        standing: &Standing,
    ) -> Result<(), StorageError> {
        standing::save(self, line, standing)
    }

    fn month_account(
        &mut self,
        payer: Payer,
        periode: Period,
    ) -> Result<MonthAccount, StorageError> {
        months::account(self, payer, periode)
    }

    fn live_postings(&mut self, id: ImportId) -> Result<u32, StorageError> {
        import_lines::live_postings(self, id)
    }

    fn release_lines(&mut self, id: ImportId) -> Result<(), StorageError> {
        import_lines::release(self, id)
    }
}

fn filtered(filter: &ImportFilter) -> Query {
    let ImportFilter { periode, payer, status } = *filter;
    let mut query = dsl::pension_cut_imports.into_boxed();
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
