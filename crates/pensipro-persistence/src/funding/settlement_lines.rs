//! The lines of settlements.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text},
};
use pensipro_funding::settlement::{KindTotals, SettlementLine, StatementLine};
use pensipro_kernel::{FunderSettlementId, Money, StorageError, TransactionId};

use super::settlement_rows::LineRow;
use crate::{
    Tx,
    convert::{code, count},
    schema::{funder_settlement_lines as lines, loan_transactions, loans},
    sql::{List, Raw, one_of},
};

/// Adds lines.
pub(super) fn add(
    tx: &mut Tx<'_>,
    id: FunderSettlementId,
    lines: &[SettlementLine],
) -> Result<(), StorageError> {
    let rows: Result<_, _> = lines.iter().map(|line| LineRow::new(id, line)).collect();
    tx.insert_all::<LineRow>(rows?)
}

#[derive(QueryableByName)]
struct KindRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    lines: i64,
    #[diesel(sql_type = BigInt)]
    principal: i64,
    #[diesel(sql_type = BigInt)]
    interest: i64,
    #[diesel(sql_type = BigInt)]
    originator: i64,
    #[diesel(sql_type = BigInt)]
    servicing: i64,
}

/// The lines by kind.
pub(super) fn by_kind(
    tx: &mut Tx<'_>,
    id: FunderSettlementId,
) -> Result<Vec<KindTotals>, StorageError> {
    let rows: Vec<KindRow> = tx.run(|conn| {
        Raw::new(
            "SELECT kind, COUNT(*) AS lines, CAST(SUM(principal) AS BIGINT) AS principal, \
             CAST(SUM(interest) AS BIGINT) AS interest, \
             CAST(SUM(fee_originator) AS BIGINT) AS originator, \
             CAST(SUM(fee_servicing) AS BIGINT) AS servicing \
             FROM funder_settlement_lines WHERE settlement_id = $1 GROUP BY kind ORDER BY kind",
        )?
        .bind(id.get())
        .load(conn)
    })?;
    let totals = |row: KindRow| {
        Ok(KindTotals {
            kind: code("funder_settlement_lines.kind", &row.kind)?,
            count: count("funder_settlement_lines", row.lines)?,
            principal: Money::from_sen(row.principal),
            interest: Money::from_sen(row.interest),
            fee_originator: Money::from_sen(row.originator),
            fee_servicing: Money::from_sen(row.servicing),
        })
    };
    rows.into_iter().map(totals).collect()
}

/// The lines after a number, with the loans' numbers and the transactions' value dates.
pub(super) fn load(
    tx: &mut Tx<'_>,
    id: FunderSettlementId,
    after: u32,
    limit: u32,
) -> Result<Vec<StatementLine>, StorageError> {
    let query = lines::table
        .left_join(loans::table.on(lines::loan_id.eq(loans::id.nullable())))
        .filter(lines::settlement_id.eq(id.get()))
        .filter(lines::no.gt(count::<u32, i32>("funder_settlement_lines.no", after)?))
        .order(lines::no)
        .limit(limit.into())
        .select((LineRow::as_select(), loans::approved_on.nullable()));
    let rows: Vec<(LineRow, Option<NaiveDate>)> = tx.run(|conn| query.load(conn))?;
    let rows: Vec<(SettlementLine, Option<NaiveDate>)> = rows
        .into_iter()
        .map(|(row, approved)| Ok((row.read()?, approved)))
        .collect::<Result<_, StorageError>>()?;
    let days = value_dates(tx, rows.iter().filter_map(|(line, _)| line.of.transaction))?;
    let shown = |(line, approved): (SettlementLine, Option<NaiveDate>)| StatementLine {
        line,
        loan_number: line.of.loan_id.zip(approved).map(|(id, day)| id.number(day.year())),
        on: line.of.transaction.and_then(|id| days.get(&id.get()).copied()),
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn value_dates(
    tx: &mut Tx<'_>,
    ids: impl Iterator<Item = TransactionId>,
) -> Result<HashMap<i64, NaiveDate>, StorageError> {
    let list = List::numbers(tx.backend(), ids.map(TransactionId::get));
    let query = loan_transactions::table
        .filter(one_of(loan_transactions::id, list))
        .select((loan_transactions::id, loan_transactions::effective_on));
    let rows: Vec<(i64, NaiveDate)> = tx.run(|conn| query.load(conn))?;
    Ok(rows.into_iter().collect())
}
