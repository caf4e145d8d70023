//! What stands against export lines: payments and failed cuts of their loans and months.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Date, Text},
};
use pensipro_billing::Candidate;
use pensipro_kernel::{LoanId, Money, StorageError};

use crate::{
    Tx,
    convert::code,
    sql::{First, ForEach, Probe, Second},
};

const PAYMENTS: ForEach = ForEach {
    select: "t.id, t.loan_id, t.cut_periode, t.amount",
    table: "loan_payments",
    condition: "t.loan_id = wanted.one AND t.cut_periode = wanted.two AND t.reversed_by IS NULL",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Number, Second::Code),
};

#[derive(QueryableByName)]
struct Payment {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = Text)]
    cut_periode: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
}

/// Adds the standing payments that are pension cuts of the candidates' loans and months.
pub(super) fn add_payments(
    tx: &mut Tx<'_>,
    candidates: &mut [Candidate],
) -> Result<(), StorageError> {
    let places: Vec<_> = candidates.iter().map(|each| (each.loan_id, each.periode)).collect();
    let mut rows: Vec<Payment> = tx.run(|conn| PAYMENTS.of(conn.backend(), &places)?.load(conn))?;
    rows.sort_unstable_by_key(|row| row.id);
    let mut payments: HashMap<_, Vec<Money>> = HashMap::new();
    for Payment { id: _, loan_id, cut_periode, amount } in rows {
        let periode = code("loan_payments.cut_periode", &cut_periode)?;
        let place = (LoanId::new(loan_id), periode);
        payments.entry(place).or_default().push(Money::from_sen(amount));
    }
    for each in candidates {
        each.payments = payments.remove(&(each.loan_id, each.periode)).unwrap_or_default();
    }
    Ok(())
}

const FAILURES: ForEach = ForEach {
    select: "t.loan_id, t.due_through",
    table: "loan_transactions",
    condition: "t.loan_id = wanted.one AND t.due_through = wanted.two AND t.kind = 'failed_cut' \
                AND NOT EXISTS (SELECT 1 FROM loan_transactions r WHERE r.reverses = t.id)",
    joins: "",
    probe: Probe::Read,
    pairs: (First::Number, Second::Date),
};

#[derive(QueryableByName)]
struct Failure {
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = Date)]
    due_through: NaiveDate,
}

/// Marks the candidates whose month has a failed cut that stands.
pub(super) fn add_failures(
    tx: &mut Tx<'_>,
    candidates: &mut [Candidate],
) -> Result<(), StorageError> {
    let place = |each: &Candidate| (each.loan_id, each.periode.last_day());
    let places: Vec<_> = candidates.iter().map(place).collect();
    let rows: Vec<Failure> = tx.run(|conn| FAILURES.of(conn.backend(), &places)?.load(conn))?;
    let failed: HashSet<_> =
        rows.into_iter().map(|row| (LoanId::new(row.loan_id), row.due_through)).collect();
    for each in candidates {
        each.failed = failed.contains(&place(each));
    }
    Ok(())
}
