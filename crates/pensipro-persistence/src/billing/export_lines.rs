//! The lines of exports, the rows they bill, and the loans left out.

use std::time::Duration;

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_billing::{Answers, BilledRow, ExportLine, ExportLineUpdate, LeftOut};
use pensipro_kernel::{ExportId, ImportId, LoanId, Page, PageRequest, Position, StorageError};

use super::exports::Number;
use crate::{
    Tx,
    convert::{code, count},
    schema::{
        pension_cut_export_left_out as left, pension_cut_export_lines as lines,
        pension_cut_export_rows as rows, pension_cut_exports as exports,
    },
    sql::{BulkUpdate, Raw, Value, batch_row},
};

#[derive(Insertable)]
#[diesel(table_name = lines)]
#[diesel(treat_none_as_default_value = false)]
struct LineRow {
    export_id: i64,
    line_no: i32,
    periode: String,
    loan_id: i64,
    member_id: i64,
    instalment_no: i32,
    due_date: NaiveDate,
    due_from: NaiveDate,
    made_on: NaiveDate,
    amount: i64,
    is_live: bool,
    paid: i64,
}
batch_row!(LineRow => lines);

#[derive(Insertable)]
#[diesel(table_name = rows)]
#[diesel(treat_none_as_default_value = false)]
struct HeldRow {
    export_id: i64,
    line_no: i32,
    made_by: i64,
    no: i32,
    loan_id: i64,
    due_date: NaiveDate,
    amount: i64,
    hold_after: NaiveDate,
    hold_until: NaiveDate,
}
batch_row!(HeldRow => rows);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = left)]
#[diesel(treat_none_as_default_value = false)]
struct LeftRow {
    export_id: i64,
    loan_id: i64,
    reason: String,
    held_by: Option<i64>,
}
batch_row!(LeftRow => left);

fn figure(number: u32) -> Result<i32, StorageError> {
    count("pension_cut_export_lines", number)
}

impl LineRow {
    fn new(id: ExportId, periode: &str, line: &ExportLine) -> Result<Self, StorageError> {
        let ExportLine {
            line_no,
            loan_id,
            member_id,
            instalment_no,
            due_date,
            amount,
            made_on,
            rows: _,
        } = line;
        Ok(Self {
            export_id: id.get(),
            line_no: figure(*line_no)?,
            periode: periode.to_owned(),
            loan_id: loan_id.get(),
            member_id: member_id.get(),
            instalment_no: figure(*instalment_no)?,
            due_date: *due_date,
            due_from: line.due_from(),
            made_on: *made_on,
            amount: amount.sen(),
            is_live: true,
            paid: 0,
        })
    }
}

impl HeldRow {
    fn new(id: ExportId, line: &ExportLine, row: &BilledRow) -> Result<Self, StorageError> {
        let BilledRow { made_by, no, due_date, amount, hold_until } = *row;
        Ok(Self {
            export_id: id.get(),
            line_no: figure(line.line_no)?,
            made_by: made_by.get(),
            no: figure(no)?,
            loan_id: line.loan_id.get(),
            due_date,
            amount: amount.sen(),
            hold_after: line.made_on,
            hold_until,
        })
    }
}

impl LeftRow {
    fn new(id: ExportId, left_out: &LeftOut) -> Self {
        let LeftOut { loan_id, reason, held_by } = *left_out;
        Self {
            export_id: id.get(),
            loan_id: loan_id.get(),
            reason: reason.code().into(),
            held_by: held_by.map(|id| id.get()),
        }
    }

    fn read(self) -> Result<LeftOut, StorageError> {
        let Self { export_id: _, loan_id, reason, held_by } = self;
        Ok(LeftOut {
            loan_id: LoanId::new(loan_id),
            reason: code("pension_cut_export_left_out.reason", &reason)?,
            held_by: held_by.map(ExportId::new),
        })
    }
}

/// Adds lines with the holds of their rows, and loans left out: four statements.
pub(super) fn add(
    tx: &mut Tx<'_>,
    id: ExportId,
    new: &[ExportLine],
    left_out: &[LeftOut],
) -> Result<(), StorageError> {
    let query = exports::table.find(id.get()).select(exports::periode);
    let periode: String = tx.run(|conn| query.get_result(conn))?;
    let line_rows = new.iter().map(|line| LineRow::new(id, &periode, line));
    tx.insert_all(line_rows.collect::<Result<_, _>>()?)?;
    let billed = new.iter().flat_map(|line| line.rows.iter().map(move |row| (line, row)));
    let held = billed.map(|(line, row)| HeldRow::new(id, line, row));
    tx.insert_all(held.collect::<Result<_, _>>()?)?;
    tx.insert_all(left_out.iter().map(|each| LeftRow::new(id, each)).collect())
}

/// What a statement over a whole month's lines may take.
pub(super) const WHOLE_MONTH: Duration = Duration::from_secs(600);

/// Takes the lines out of the live ones and ends their holds.
pub(super) fn retire(tx: &mut Tx<'_>, id: ExportId, on: NaiveDate) -> Result<(), StorageError> {
    tx.allow_time(WHOLE_MONTH)?;
    let retired = diesel::update(lines::table)
        .filter(lines::export_id.eq(id.get()))
        .set(lines::is_live.eq(false));
    tx.run(|conn| retired.execute(conn))?;
    let ended = diesel::update(rows::table)
        .filter(rows::export_id.eq(id.get()))
        .filter(rows::hold_until.gt(on))
        .set(rows::hold_until.eq(on));
    tx.run(|conn| ended.execute(conn).map(drop))
}

/// Whether anything counts against a line of the export.
pub(super) fn answers(tx: &mut Tx<'_>, id: ExportId) -> Result<Answers, StorageError> {
    let found: Vec<Number> = tx.run(|conn| {
        Raw::new(
            "SELECT l.loan_id AS number FROM pension_cut_export_lines l WHERE l.export_id = $1 \
             AND (l.outcome IS NOT NULL OR EXISTS (SELECT 1 FROM loan_payments p \
             WHERE p.loan_id = l.loan_id AND p.cut_periode = l.periode \
             AND p.reversed_by IS NULL)) LIMIT 1",
        )?
        .bind(id.get())
        .load(conn)
    })?;
    Ok(if found.is_empty() { Answers::None } else { Answers::Some })
}

const ANSWER: BulkUpdate = BulkUpdate {
    table: "pension_cut_export_lines",
    keys: &["export_id", "line_no"],
    set: &["outcome", "reason", "paid", "import_id", "import_line_no"],
};

/// Stores the latest answers to lines.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    import: ImportId,
    updates: &[ExportLineUpdate],
) -> Result<(), StorageError> {
    let values = |update: &ExportLineUpdate| -> Vec<Value> {
        let ExportLineUpdate { line, outcome, paid, line_no } = *update;
        vec![
            line.export_id.get().into(),
            i64::from(line.line_no).into(),
            outcome.kind().code().into(),
            Value::Text(outcome.reason().map(str::to_owned)),
            paid.sen().into(),
            import.get().into(),
            i64::from(line_no).into(),
        ]
    };
    tx.update_all(ANSWER, updates.iter().map(values).collect()).map(drop)
}

/// Takes an import's answers off the lines that they were the latest of; what other payments brought
/// stays paid.
pub(super) fn withdraw_answers(tx: &mut Tx<'_>, import: ImportId) -> Result<(), StorageError> {
    tx.run(|conn| {
        Raw::new(
            "UPDATE pension_cut_export_lines SET outcome = NULL, reason = NULL, import_id = NULL, \
             import_line_no = NULL, paid = COALESCE((SELECT SUM(p.amount) FROM loan_payments p \
             WHERE p.loan_id = pension_cut_export_lines.loan_id \
             AND p.cut_periode = pension_cut_export_lines.periode \
             AND p.reversed_by IS NULL), 0) WHERE import_id = $1 AND (export_id, line_no) IN \
             (SELECT a.export_id, a.export_line_no FROM pension_cut_import_lines a \
             WHERE a.import_id = $2 AND a.export_id IS NOT NULL)",
        )?
        .bind(import.get())
        .bind(import.get())
        .execute(conn)
        .map(drop)
    })
}

/// A page of the loans left out.
pub(super) fn left_out(
    tx: &mut Tx<'_>,
    id: ExportId,
    page: &PageRequest,
) -> Result<Page<LeftOut>, StorageError> {
    let after = page.after.as_ref().map_or(0, |last| last.id);
    let query = left::table
        .filter(left::export_id.eq(id.get()))
        .filter(left::loan_id.gt(after))
        .order(left::loan_id)
        .limit(i64::from(page.limit) + 1)
        .select(LeftRow::as_select());
    let found: Vec<LeftRow> = tx.run(|conn| query.load(conn))?;
    let found = found.into_iter().map(LeftRow::read).collect::<Result<_, _>>()?;
    let mut found = Page::from_rows(found, page.limit, |left: &LeftOut| Position {
        key: String::new(),
        id: left.loan_id.get(),
    });
    if page.count {
        let all = left::table.filter(left::export_id.eq(id.get())).count();
        found.total = Some(tx.run(|conn| all.get_result(conn))?);
    }
    Ok(found)
}
