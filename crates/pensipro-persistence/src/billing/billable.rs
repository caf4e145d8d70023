//! The loans that an export decides on.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{dsl::exists, prelude::*};
use pensipro_billing::{BillableLoan, BillableQuery, DueRow, ExportScope};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, Period, StorageError, TransactionId};
use pensipro_servicing::LoanStatus;

use crate::{
    Tx,
    convert::{code, count},
    schema::{
        loan_schedules as schedules, loans, members, pension_cut_export_lines as lines,
        pension_cut_export_rows as rows,
    },
    sql::{List, one_of},
};

/// A chunk of loans with their unpaid rows: three queries, for loans, rows, and what is awaited.
pub(super) fn loans(
    tx: &mut Tx<'_>,
    query: &BillableQuery,
) -> Result<Vec<BillableLoan>, StorageError> {
    let mut found = owing(tx, query)?;
    if found.is_empty() {
        return Ok(found);
    }
    let ids = || found.iter().map(|loan| loan.loan_id.get());
    let list = List::numbers(tx.backend(), ids());
    let awaited = awaited(tx, list.clone(), query.scope.periode)?;
    let mut due = due_rows(tx, list, query.scope.periode, &awaited)?;
    for loan in &mut found {
        loan.rows = due.remove(&loan.loan_id.get()).unwrap_or_default();
    }
    Ok(found)
}

/// Loans by ascending id, their rows still missing.
fn owing(tx: &mut Tx<'_>, query: &BillableQuery) -> Result<Vec<BillableLoan>, StorageError> {
    let BillableQuery { scope, after, limit } = query;
    let ExportScope { periode, payer, pay_office } = scope;
    let unpaid = schedules::table
        .filter(schedules::loan_id.eq(loans::id))
        .filter(schedules::is_open)
        .filter(schedules::due_date.le(periode.last_day()))
        .filter(schedules::state.eq("live"))
        .filter(owed().gt(0));
    let this_month = lines::loan_id
        .eq(loans::id)
        .and(lines::periode.eq(periode.to_string()))
        .and(lines::is_live);
    let mut query = loans::table
        .inner_join(members::table)
        .left_join(lines::table.on(this_month))
        .filter(loans::id.gt(after.map_or(0, LoanId::get)))
        .filter(
            loans::status
                .eq(LoanStatus::Active.code())
                .or(loans::status.eq(LoanStatus::Default.code())),
        )
        .filter(members::payer.eq(payer.code()))
        .filter(exists(unpaid))
        .order(loans::id)
        .limit(i64::from(*limit))
        .select((loans::id, loans::member_id, loans::collection, lines::export_id.nullable()))
        .into_boxed();
    if !pay_office.is_empty() {
        query = query.filter(members::pay_office.eq(pay_office.clone()));
    }
    let found: Vec<(i64, i64, String, Option<i64>)> = tx.run(|conn| query.load(conn))?;
    found
        .into_iter()
        .map(|(loan, member, collection, live_in)| {
            Ok(BillableLoan {
                loan_id: LoanId::new(loan),
                member_id: MemberId::new(member),
                collection: code("loans.collection", &collection)?,
                live_in: live_in.map(ExportId::new),
                rows: Vec::new(),
            })
        })
        .collect()
}

/// What a row still asks for of principal, interest and fee.
#[diesel::dsl::auto_type(no_type_alias)]
fn owed() -> _ {
    schedules::principal - schedules::principal_paid + schedules::interest
        - schedules::interest_paid
        - schedules::interest_waived
        + schedules::fee
        - schedules::fee_paid
        - schedules::fee_waived
}

type DuePlace = (i64, NaiveDate);

/// Until when the answer to an earlier month's live line is awaited, by loan and due date: a restructure
/// may have put another row in the place of the one billed.
fn awaited(
    tx: &mut Tx<'_>,
    loans: List,
    periode: Period,
) -> Result<HashMap<DuePlace, NaiveDate>, StorageError> {
    let line = lines::export_id.eq(rows::export_id).and(lines::line_no.eq(rows::line_no));
    let query = rows::table
        .inner_join(lines::table.on(line))
        .filter(one_of(rows::loan_id, loans))
        .filter(lines::is_live)
        .filter(lines::outcome.is_null())
        .filter(lines::periode.lt(periode.to_string()))
        .order(rows::hold_until)
        .select((rows::loan_id, rows::due_date, rows::hold_until));
    let found: Vec<(i64, NaiveDate, NaiveDate)> = tx.run(|conn| query.load(conn))?;
    Ok(found.into_iter().map(|(loan, due, until)| ((loan, due), until)).collect())
}

fn due_rows(
    tx: &mut Tx<'_>,
    loans: List,
    periode: Period,
    awaited: &HashMap<DuePlace, NaiveDate>,
) -> Result<HashMap<i64, Vec<DueRow>>, StorageError> {
    let query = schedules::table
        .filter(one_of(schedules::loan_id, loans))
        .filter(schedules::is_open)
        .filter(schedules::due_date.le(periode.last_day()))
        .filter(schedules::state.eq("live"))
        .filter(owed().gt(0))
        .order((schedules::loan_id, schedules::due_date, schedules::made_by, schedules::no))
        .select((
            schedules::loan_id,
            schedules::made_by,
            schedules::no,
            schedules::due_date,
            owed(),
        ));
    let found: Vec<(i64, i64, i32, NaiveDate, i64)> = tx.run(|conn| query.load(conn))?;
    let mut by_loan: HashMap<i64, Vec<DueRow>> = HashMap::new();
    for (loan, made_by, no, due_date, owed) in found {
        by_loan.entry(loan).or_default().push(DueRow {
            made_by: TransactionId::new(made_by),
            no: count("loan_schedules.no", no)?,
            due_date,
            owed: Money::from_sen(owed),
            awaited_until: awaited.get(&(loan, due_date)).copied(),
        });
    }
    Ok(by_loan)
}
