//! The loans that an export decides on.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{BigInt, Date, Integer},
};
use pensipro_billing::{BillableLoan, BillableQuery, DueRow, ExportScope};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, StorageError, TransactionId};
use pensipro_servicing::LoanStatus;

use crate::{
    Tx,
    convert::{code, count},
    schema::{loan_schedules as schedules, loans, members},
    sql::{First, ForEach, Probe, Second},
};

/// A chunk of loans with their unpaid rows: four queries, for loans, the month's lines, rows, and what is
/// awaited. All but the first probe an index for each loan: lines of a month that is being exported are in
/// no statistics, and a join of them would read them all for every loan.
pub(super) fn loans(
    tx: &mut Tx<'_>,
    query: &BillableQuery,
) -> Result<Vec<BillableLoan>, StorageError> {
    let mut found = owing(tx, query)?;
    if found.is_empty() {
        return Ok(found);
    }
    let periode = query.scope.periode;
    let of_month: Vec<_> =
        found.iter().map(|loan| (loan.loan_id.get(), periode.to_string())).collect();
    let live = live_lines(tx, &of_month)?;
    let awaited = awaited(tx, &of_month)?;
    let until_end: Vec<_> =
        found.iter().map(|loan| (loan.loan_id.get(), periode.last_day())).collect();
    let mut due = due_rows(tx, &until_end, &awaited)?;
    for loan in &mut found {
        loan.live_in = live.get(&loan.loan_id.get()).copied();
        loan.rows = due.remove(&loan.loan_id.get()).unwrap_or_default();
    }
    Ok(found)
}

/// Loans by ascending id, their lines and rows still missing.
fn owing(tx: &mut Tx<'_>, query: &BillableQuery) -> Result<Vec<BillableLoan>, StorageError> {
    let BillableQuery { scope, after, limit } = query;
    let ExportScope { periode, payer, pay_office } = scope;
    let after = after.map_or(0, LoanId::get);
    let unpaid = schedules::table
        .filter(schedules::loan_id.eq(loans::id))
        // Said again, so that no join reads the rows of loans that are done.
        .filter(schedules::loan_id.gt(after))
        .filter(schedules::is_open)
        .filter(schedules::due_date.le(periode.last_day()))
        .filter(schedules::state.eq("live"))
        .filter(owed().gt(0));
    let mut query = loans::table
        .inner_join(members::table)
        .filter(loans::id.gt(after))
        .filter(
            loans::status
                .eq(LoanStatus::Active.code())
                .or(loans::status.eq(LoanStatus::Default.code())),
        )
        .filter(members::payer.eq(payer.code()))
        .filter(exists(unpaid))
        .order(loans::id)
        .limit(i64::from(*limit))
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

const AWAITED: ForEach = ForEach {
    select: "t.loan_id, t.due_date, t.hold_until",
    table: "pension_cut_export_rows",
    condition: "t.loan_id = wanted.one",
    joins: "JOIN pension_cut_export_lines l ON l.export_id = t.export_id AND l.line_no = t.line_no \
            AND l.is_live AND l.outcome IS NULL AND l.periode < wanted.two",
    probe: Probe::Read,
    pairs: (First::Number, Second::Code),
};

#[derive(QueryableByName)]
struct Awaited {
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = Date)]
    due_date: NaiveDate,
    #[diesel(sql_type = Date)]
    hold_until: NaiveDate,
}

/// Until when the answer to an earlier month's live line is awaited, by loan and due date: a restructure
/// may have put another row in the place of the one billed.
fn awaited(
    tx: &mut Tx<'_>,
    of_month: &[(i64, String)],
) -> Result<HashMap<DuePlace, NaiveDate>, StorageError> {
    let backend = tx.backend();
    let found: Vec<Awaited> = tx.run(|conn| AWAITED.of(backend, of_month)?.load(conn))?;
    let mut latest: HashMap<DuePlace, NaiveDate> = HashMap::new();
    for Awaited { loan_id, due_date, hold_until } in found {
        let until = latest.entry((loan_id, due_date)).or_insert(hold_until);
        *until = hold_until.max(*until);
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
