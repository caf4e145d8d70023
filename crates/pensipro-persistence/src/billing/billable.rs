//! The loans that an export decides on.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Date, Integer},
};
use pensipro_billing::{Billable, BillableLoan, BillableQuery, DueRow, ExportScope};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, Period, StorageError, TransactionId};
use pensipro_servicing::LoanStatus;

use crate::{
    Tx,
    convert::{code, count},
    schema::{loans, members},
    sql::{First, ForEach, Probe, Second},
};

/// A stretch of loans with their unpaid rows: its end, its loans, what is awaited, rows, and the month's
/// lines. All but the first two probe an index for each loan: lines of a month that is being exported are
/// in no statistics, and a join of them would read them all for every loan.
pub(super) fn loans(tx: &mut Tx<'_>, query: &BillableQuery) -> Result<Billable, StorageError> {
    let BillableQuery { scope, after, limit } = query;
    let after = after.map_or(0, LoanId::get);
    let Some(through) = stretch(tx, after, *limit)? else { return Ok(Billable::default()) };
    let loans = owing(tx, scope, (after, through))?;
    Ok(Billable { loans, through: Some(LoanId::new(through)) })
}

/// The last of the next loans, whatever they owe; `None` after the last.
fn stretch(tx: &mut Tx<'_>, after: i64, limit: u32) -> Result<Option<i64>, StorageError> {
    let ids = loans::table.filter(loans::id.gt(after)).order(loans::id).select(loans::id);
    let ids: Vec<i64> = tx.run(|conn| ids.limit(i64::from(limit)).load(conn))?;
    Ok(ids.last().copied())
}

/// The loans of a stretch that owe something, by ascending id.
fn owing(
    tx: &mut Tx<'_>,
    scope: &ExportScope,
    between: (i64, i64),
) -> Result<Vec<BillableLoan>, StorageError> {
    let mut found = running(tx, scope, between)?;
    if found.is_empty() {
        return Ok(found);
    }
    let periode = scope.periode;
    let of_month: Vec<_> =
        found.iter().map(|loan| (loan.loan_id.get(), periode.to_string())).collect();
    let awaited = awaited(tx, periode, &of_month)?;
    let until_end: Vec<_> =
        found.iter().map(|loan| (loan.loan_id.get(), periode.last_day())).collect();
    let mut due = due_rows(tx, &until_end, &awaited)?;
    let live = live_lines(tx, &of_month)?;
    found.retain_mut(|loan| {
        loan.live_in = live.get(&loan.loan_id.get()).copied();
        loan.rows = due.remove(&loan.loan_id.get()).unwrap_or_default();
        !loan.rows.is_empty()
    });
    Ok(found)
}

/// The loans of the scope's payer that run, by ascending id, their lines and rows still missing.
fn running(
    tx: &mut Tx<'_>,
    scope: &ExportScope,
    (after, through): (i64, i64),
) -> Result<Vec<BillableLoan>, StorageError> {
    let ExportScope { periode: _, payer, pay_office } = scope;
    let mut query = loans::table
        .inner_join(members::table)
        .filter(loans::id.gt(after))
        .filter(loans::id.le(through))
        .filter(
            loans::status
                .eq(LoanStatus::Active.code())
                .or(loans::status.eq(LoanStatus::Default.code())),
        )
        .filter(members::payer.eq(payer.code()))
        .order(loans::id)
        .select((loans::id, loans::member_id, loans::collection))
        .into_boxed();
    if !pay_office.is_empty() {
        query = query.filter(members::pay_office.eq(pay_office.clone()));
    }
    let found: Vec<(i64, i64, String)> = tx.run(|conn| query.load(conn))?;
    found
        .into_iter()
        .map(|(loan, member, collection)| {
            Ok(BillableLoan {
                loan_id: LoanId::new(loan),
                member_id: MemberId::new(member),
                collection: code("loans.collection", &collection)?,
                live_in: None,
                rows: Vec::new(),
            })
        })
        .collect()
}

const LIVE: ForEach = ForEach {
    select: "t.loan_id, t.export_id",
    table: "pension_cut_export_lines",
    condition: "t.loan_id = wanted.one AND t.periode = wanted.two AND t.is_live",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Number, Second::Code),
};

#[derive(QueryableByName)]
struct Live {
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = BigInt)]
    export_id: i64,
}

/// The exports on which loans are billed for a month, by loan.
fn live_lines(
    tx: &mut Tx<'_>,
    of_month: &[(i64, String)],
) -> Result<HashMap<i64, ExportId>, StorageError> {
    let backend = tx.backend();
    let found: Vec<Live> = tx.run(|conn| LIVE.of(backend, of_month)?.load(conn))?;
    Ok(found.into_iter().map(|row| (row.loan_id, ExportId::new(row.export_id))).collect())
}

type DuePlace = (i64, NaiveDate);

const UNANSWERED: ForEach = ForEach {
    select: "t.loan_id, t.export_id, t.line_no",
    table: "pension_cut_export_lines",
    condition: "t.loan_id = wanted.one AND t.periode < wanted.two AND t.is_live \
                AND t.outcome IS NULL",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Number, Second::Code),
};

#[derive(QueryableByName)]
struct Unanswered {
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = BigInt)]
    export_id: i64,
    #[diesel(sql_type = Integer)]
    line_no: i32,
}

const BILLED: ForEach = ForEach {
    select: "t.loan_id, t.export_id, t.line_no, t.due_date, t.hold_until",
    table: "pension_cut_export_rows",
    condition: "t.loan_id = wanted.one AND t.due_date <= wanted.two",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Number, Second::Date),
};

#[derive(QueryableByName)]
struct Billed {
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = BigInt)]
    export_id: i64,
    #[diesel(sql_type = Integer)]
    line_no: i32,
    #[diesel(sql_type = Date)]
    due_date: NaiveDate,
    #[diesel(sql_type = Date)]
    hold_until: NaiveDate,
}

/// Until when the answer to an earlier month's live line is awaited, by loan and due date: a restructure
/// may have put another row in the place of the one billed. Rows are read of loans alone that have such a
/// line: few, where answers came.
fn awaited(
    tx: &mut Tx<'_>,
    periode: Period,
    of_month: &[(i64, String)],
) -> Result<HashMap<DuePlace, NaiveDate>, StorageError> {
    let backend = tx.backend();
    let lines: Vec<Unanswered> = tx.run(|conn| UNANSWERED.of(backend, of_month)?.load(conn))?;
    let of_loans: BTreeSet<i64> = lines.iter().map(|line| line.loan_id).collect();
    if of_loans.is_empty() {
        return Ok(HashMap::new());
    }
    let of_loans: Vec<_> = of_loans.into_iter().map(|loan| (loan, periode.last_day())).collect();
    let rows: Vec<Billed> = tx.run(|conn| BILLED.of(backend, &of_loans)?.load(conn))?;
    let unanswered: HashSet<_> = lines.iter().map(|line| (line.export_id, line.line_no)).collect();
    let mut latest: HashMap<DuePlace, NaiveDate> = HashMap::new();
    for Billed { loan_id, export_id, line_no, due_date, hold_until } in rows {
        if unanswered.contains(&(export_id, line_no)) {
            let until = latest.entry((loan_id, due_date)).or_insert(hold_until);
            *until = hold_until.max(*until);
        }
    }
    Ok(latest)
}

const DUE: ForEach = ForEach {
    select: "t.loan_id, t.made_by, t.no, t.due_date, t.principal - t.principal_paid + t.interest \
             - t.interest_paid - t.interest_waived + t.fee - t.fee_paid - t.fee_waived AS owed",
    table: "loan_schedules",
    condition: "t.loan_id = wanted.one AND t.is_open AND t.due_date <= wanted.two \
                AND t.state = 'live'",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Number, Second::Date),
};

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = BigInt)]
    made_by: i64,
    #[diesel(sql_type = Integer)]
    no: i32,
    #[diesel(sql_type = Date)]
    due_date: NaiveDate,
    #[diesel(sql_type = BigInt)]
    owed: i64,
}

/// The rows on which something is owed, by loan, in the order of their due dates.
fn due_rows(
    tx: &mut Tx<'_>,
    until_end: &[(i64, NaiveDate)],
    awaited: &HashMap<DuePlace, NaiveDate>,
) -> Result<HashMap<i64, Vec<DueRow>>, StorageError> {
    let backend = tx.backend();
    let mut found: Vec<Due> = tx.run(|conn| DUE.of(backend, until_end)?.load(conn))?;
    found.retain(|row| row.owed > 0);
    found.sort_unstable_by_key(|row| (row.due_date, row.made_by, row.no));
    let mut by_loan: HashMap<i64, Vec<DueRow>> = HashMap::new();
    for Due { loan_id, made_by, no, due_date, owed } in found {
        by_loan.entry(loan_id).or_default().push(DueRow {
            made_by: TransactionId::new(made_by),
            no: count("loan_schedules.no", no)?,
            due_date,
            owed: Money::from_sen(owed),
            awaited_until: awaited.get(&(loan_id, due_date)).copied(),
        });
    }
    Ok(by_loan)
}
