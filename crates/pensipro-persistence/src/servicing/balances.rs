//! The balances of loans after postings.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::RunQueryDsl;
use pensipro_kernel::{LoanId, Money, StorageError};
use pensipro_servicing::{AccountState, LoanBalances, LoanDates, Order};

use crate::{
    Tx,
    connection::Backend,
    sql::{Raw, Value},
};

/// The columns that a posting sets, each with how PostgreSQL reads its texts.
const COLUMNS: [(&str, &str); 26] = [
    ("status", "text"),
    ("disbursed_on", "date"),
    ("first_due_date", "date"),
    ("maturity_date", "date"),
    ("state_on", "date"),
    ("state_rank", "integer"),
    ("state_id", "bigint"),
    ("closed_on", "date"),
    ("default_since", "date"),
    ("default_by_hand_since", "date"),
    ("deceased_on", "date"),
    ("frozen_on", "date"),
    ("collection", "text"),
    ("settled_on", "date"),
    ("written_off_on", "date"),
    ("excess", "bigint"),
    ("due_from_member", "bigint"),
    ("deposit", "bigint"),
    ("loan_penalty", "bigint"),
    ("discount", "bigint"),
    ("oldest_unpaid_due", "date"),
    ("principal", "bigint"),
    ("interest", "bigint"),
    ("fee", "bigint"),
    ("penalty", "bigint"),
    ("touched_through", "date"),
];

/// Stores balances and raises versions: one statement on PostgreSQL, one a loan on SQLite.
pub(super) fn store(
    tx: &mut Tx<'_>,
    loans: &BTreeMap<LoanId, LoanBalances>,
    touched: &BTreeMap<LoanId, NaiveDate>,
) -> Result<(), StorageError> {
    if loans.is_empty() {
        return Ok(());
    }
    let rows = loans.iter().map(|(id, balances)| values(balances, touched.get(id).copied(), *id));
    let changed = match tx.backend() {
        Backend::Postgres => at_once(tx, rows)?,
        Backend::Sqlite => one_by_one(tx, rows)?,
    };
    if changed == loans.len() { Ok(()) } else { Err(StorageError::Stale { thing: "loan" }) }
}

/// The values of the columns, then the id.
fn values(balances: &LoanBalances, touched: Option<NaiveDate>, id: LoanId) -> Vec<Value> {
    let LoanBalances { status, state, oldest_unpaid_due, principal, interest, fee, penalty } =
        *balances;
    let AccountState {
        dates,
        closed_on,
        default_since,
        default_by_hand_since,
        deceased_on,
        frozen_on,
        collection,
        settled_on,
        written_off_on,
        last,
        excess,
        due_from_member,
        deposit,
        loan_penalty,
        discount,
    } = state;
    let order = |part: fn(Order) -> i64| Value::Int(last.map(part));
    let date = |part: fn(LoanDates) -> NaiveDate| Value::Date(dates.map(part));
    let money = |amount: Money| Value::from(amount.sen());
    vec![
        status.code().into(),
        date(|dates| dates.disbursed_on),
        date(|dates| dates.first_due_date),
        date(|dates| dates.maturity_date),
        last.map(|order| order.effective_on).into(),
        order(|order| order.rank.get().into()),
        order(|order| order.id.get()),
        closed_on.into(),
        default_since.into(),
        default_by_hand_since.into(),
        deceased_on.into(),
        frozen_on.into(),
        collection.code().into(),
        settled_on.into(),
        written_off_on.into(),
        money(excess),
        money(due_from_member),
        money(deposit),
        money(loan_penalty),
        money(discount),
        oldest_unpaid_due.into(),
        money(principal),
        money(interest),
        money(fee),
        money(penalty),
        touched.into(),
        id.get().into(),
    ]
}

/// `UPDATE loans SET … FROM`: the same on both databases, but for where the new values come from.
/// A loan without a disbursement keeps its dates; the last touched due date only rises.
fn update(source: &str, now: usize) -> String {
    let sets = COLUMNS.map(|(column, _)| match column {
        "first_due_date" | "maturity_date" => {
            format!("{column} = COALESCE(changed.{column}, loans.{column})")
        }
        "touched_through" => format!(
            "{column} = CASE WHEN changed.{column} > loans.{column} THEN changed.{column} \
             ELSE loans.{column} END"
        ),
        _ => format!("{column} = changed.{column}"),
    });
    format!(
        "WITH changed AS ({source}) UPDATE loans SET {}, version = loans.version + 1, \
         updated_at = ${now} FROM changed WHERE loans.id = changed.id",
        sets.join(", ")
    )
}

fn names() -> impl Iterator<Item = (usize, &'static str, &'static str)> {
    let columns = COLUMNS.into_iter().chain([("id", "bigint")]);
    (1..).zip(columns).map(|(place, (column, kind))| (place, column, kind))
}

fn one_by_one(
    tx: &mut Tx<'_>,
    mut rows: impl Iterator<Item = Vec<Value>>,
) -> Result<usize, StorageError> {
    let values: Vec<_> = names().map(|(place, name, _)| format!("${place} AS {name}")).collect();
    let sql = update(&format!("SELECT {}", values.join(", ")), values.len() + 1);
    let now = tx.now();
    tx.run(|conn| {
        let statement = Raw::new(&sql)?;
        rows.try_fold(0, |changed, row| Ok(changed + statement.with(row).bind(now).execute(conn)?))
    })
}

fn at_once(tx: &mut Tx<'_>, rows: impl Iterator<Item = Vec<Value>>) -> Result<usize, StorageError> {
    let (arrays, columns): (Vec<_>, Vec<_>) =
        names().map(|(place, name, kind)| (format!("${place}::text::{kind}[]"), name)).unzip();
    let source =
        format!("SELECT * FROM unnest({}) AS given({})", arrays.join(", "), columns.join(", "));
    let sql = update(&source, columns.len() + 1);
    let mut texts = vec![String::new(); columns.len()];
    for row in rows {
        for (text, value) in texts.iter_mut().zip(row) {
            text.push(if text.is_empty() { '{' } else { ',' });
            push(text, &value)?;
        }
    }
    let texts = texts.into_iter().map(|text| Value::from(text + "}"));
    let now = tx.now();
    tx.run(|conn| Raw::new(&sql)?.bind_all(texts).bind(now).execute(conn))
}

/// Appends a number, a date or a code as an array's text holds it.
fn push(text: &mut String, value: &Value) -> Result<(), StorageError> {
    let element = match value {
        Value::Int(Some(number)) => number.to_string(),
        Value::Date(Some(date)) => date.to_string(),
        Value::Text(Some(code)) => code.clone(),
        Value::Int(None) | Value::Date(None) | Value::Text(None) => "NULL".to_owned(),
        Value::Bytes(_) | Value::Bool(_) | Value::Time(_) => {
            return Err(StorageError::Failed("no column of a balance".to_owned()));
        }
    };
    text.push_str(&element);
    Ok(())
}
