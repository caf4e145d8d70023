//! Billed lines with what stands against them, one at a time: for what happens beside a file.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Date, Integer, Nullable, Text},
};
use pensipro_billing::{
    Answer, Cut, CutOf, CutPayment, ExportLineId, ImportStatus, Payer, Standing, import_line_id,
    split_import_line_id,
};
use pensipro_kernel::{
    ExportId, ImportId, ImportLineId, LoanId, MemberId, Money, Period, StorageError, TransactionId,
};
use pensipro_servicing::TransactionKind;

use crate::{
    Tx,
    convert::{code, count},
    schema::{
        loan_payments, members, pension_cut_export_lines as lines, pension_cut_imports as imports,
    },
    sql::{List, Locked, Raw, RowLock, one_of},
};

/// Who pays a member's pension.
pub(super) fn payer_of(tx: &mut Tx<'_>, member: MemberId) -> Result<Payer, StorageError> {
    let query = members::table.find(member.get()).select(members::payer);
    let payer: Option<String> = tx.run(|conn| query.get_result(conn).optional())?;
    let payer = payer.ok_or(StorageError::not_found("member", member.get()))?;
    code("members.payer", &payer)
}

#[derive(QueryableByName)]
struct Entered {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Date>)]
    due_through: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    cut_periode: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    source_line: Option<i64>,
}

/// What of the pension cut a transaction is: one query.
pub(super) fn cut_of(
    tx: &mut Tx<'_>,
    loan: LoanId,
    transaction: TransactionId,
) -> Result<Option<CutOf>, StorageError> {
    let found: Option<Entered> = tx.run(|conn| {
        Raw::new(
            "SELECT t.kind, t.due_through, p.cut_periode, p.source_line FROM loan_transactions t \
             LEFT JOIN loan_payments p ON p.id = t.id WHERE t.id = $1 AND t.loan_id = $2",
        )?
        .bind(transaction.get())
        .bind(loan.get())
        .get_result(conn)
        .optional()
    })?;
    let Some(Entered { kind, due_through, cut_periode, source_line }) = found else {
        return Ok(None);
    };
    let periode = match cut_periode {
        Some(periode) => Some(code("loan_payments.cut_periode", &periode)?),
        None if kind == TransactionKind::FailedCut.code() => due_through.map(Period::of),
        None => None,
    };
    let source = source_line.map(ImportLineId::new);
    Ok(periode.map(|periode| CutOf { periode, source }))
}

/// The live line that bills a loan for a month, locked: four queries at most.
pub(super) fn lock(
    tx: &mut Tx<'_>,
    loan: LoanId,
    periode: Period,
) -> Result<Option<Cut>, StorageError> {
    let query = lines::table
        .filter(lines::loan_id.eq(loan.get()))
        .filter(lines::periode.eq(periode.to_string()))
        .filter(lines::is_live)
        .select((lines::export_id, lines::line_no, lines::amount));
    let locked = Locked::new(query, RowLock::ForUpdate, "pension_cut_export_lines");
    let found: Option<(i64, i32, i64)> = tx.run(|conn| locked.get_result(conn).optional())?;
    let Some((export, line_no, billed)) = found else { return Ok(None) };
    let line_no = count("pension_cut_export_lines.line_no", line_no)?;
    let line = ExportLineId { export_id: ExportId::new(export), line_no };
    Ok(Some(Cut {
        line,
        billed: Money::from_sen(billed),
        payments: payments(tx, loan, periode)?,
        failure: failure(tx, (loan, periode), line)?,
    }))
}

fn payments(
    tx: &mut Tx<'_>,
    loan: LoanId,
    periode: Period,
) -> Result<Vec<CutPayment>, StorageError> {
    let query = loan_payments::table
        .filter(loan_payments::loan_id.eq(loan.get()))
        .filter(loan_payments::cut_periode.eq(periode.to_string()))
        .filter(loan_payments::reversed_by.is_null())
        .order(loan_payments::id)
        .select((loan_payments::amount, loan_payments::source_line));
    let rows: Vec<(i64, Option<i64>)> = tx.run(|conn| query.load(conn))?;
    let import_of = |source: i64| split_import_line_id(ImportLineId::new(source));
    let of_imports = rows.iter().filter_map(|(_, source)| import_of((*source)?));
    let ids = List::numbers(tx.backend(), of_imports.map(|(import, _)| import.get()));
    let query =
        imports::table.filter(one_of(imports::id, ids)).select((imports::id, imports::tolerance));
    let tolerances: HashMap<i64, i64> =
        tx.run(|conn| query.load::<(i64, i64)>(conn))?.into_iter().collect();
    let source = |source: i64| {
        let (import, _) = import_of(source)?;
        let tolerance = tolerances.get(&import.get()).copied().unwrap_or_default();
        Some((ImportLineId::new(source), Money::from_sen(tolerance)))
    };
    let payment = |(amount, from): (i64, Option<i64>)| CutPayment {
        amount: Money::from_sen(amount),
        source: from.and_then(source),
    };
    Ok(rows.into_iter().map(payment).collect())
}

#[derive(QueryableByName)]
struct Failure {
    #[diesel(sql_type = BigInt)]
    import_id: i64,
    #[diesel(sql_type = Integer)]
    line_no: i32,
    #[diesel(sql_type = Text)]
    reason: String,
}

const FAILURE: &str = "SELECT l.import_id, l.line_no, l.reason FROM pension_cut_import_lines l \
    JOIN pension_cut_imports i ON i.id = l.import_id AND i.status <> $1 \
    WHERE l.loan_id = $2 AND l.outcome = 'failed' AND l.export_id = $3 AND l.export_line_no = $4 \
    AND EXISTS (SELECT 1 FROM loan_transactions t WHERE t.loan_id = l.loan_id \
    AND t.kind = 'failed_cut' AND t.due_through = $5 \
    AND NOT EXISTS (SELECT 1 FROM loan_transactions r WHERE r.reverses = t.id)) \
    ORDER BY l.import_id DESC, l.line_no DESC LIMIT 1";

/// The latest import line that told of a failure, if the failed cut stands.
fn failure(
    tx: &mut Tx<'_>,
    (loan, periode): (LoanId, Period),
    line: ExportLineId,
) -> Result<Option<(ImportLineId, pensipro_billing::FailReason)>, StorageError> {
    let found: Option<Failure> = tx.run(|conn| {
        Raw::new(FAILURE)?
            .bind(ImportStatus::Discarded.code())
            .bind(loan.get())
            .bind(line.export_id.get())
            .bind(i64::from(line.line_no))
            .bind(periode.last_day())
            .get_result(conn)
            .optional()
    })?;
    let Some(Failure { import_id, line_no, reason }) = found else { return Ok(None) };
    let line_no = count("pension_cut_import_lines.line_no", line_no)?;
    let reason = code("pension_cut_import_lines.reason", &reason)?;
    Ok(import_line_id(ImportId::new(import_id), line_no).map(|id| (id, reason)))
}

/// Stores what a billed line comes to.
pub(super) fn save(
    tx: &mut Tx<'_>,
    line: ExportLineId,
    standing: &Standing,
) -> Result<(), StorageError> {
    let Standing { paid, answer } = *standing;
    let by = answer.and_then(|Answer { by, .. }| split_import_line_id(by));
    let outcome = answer.map(|Answer { outcome, .. }| outcome);
    let line_no = |number: u32| count::<u32, i32>("pension_cut_export_lines", number);
    let row = lines::table
        .filter(lines::export_id.eq(line.export_id.get()))
        .filter(lines::line_no.eq(line_no(line.line_no)?));
    let saved = diesel::update(row).set((
        lines::outcome.eq(outcome.map(|outcome| outcome.kind().code())),
        lines::reason.eq(outcome.and_then(|outcome| outcome.reason())),
        lines::paid.eq(paid.sen()),
        lines::import_id.eq(by.map(|(import, _)| import.get())),
        lines::import_line_no.eq(by.map(|(_, number)| line_no(number)).transpose()?),
    ));
    tx.run(|conn| saved.execute(conn)).map(drop)
}
