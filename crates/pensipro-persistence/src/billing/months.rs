//! A payer's month over its live billed lines.

use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Nullable, Text},
};
use pensipro_billing::{MonthAccount, MonthTotals, OutcomeKind, Payer};
use pensipro_kernel::{Money, Period, StorageError};

use super::exports::Number;
use crate::{
    Tx,
    convert::{code, count},
    sql::Raw,
};

const EXPORTED: &str = "SELECT CAST(COALESCE(SUM(total_amount), 0) AS BIGINT) AS number \
    FROM pension_cut_exports WHERE payer = $1 AND periode = $2 AND status IN ('generated', 'sent')";

const BY_OUTCOME: &str = "SELECT l.outcome, COUNT(*) AS lines, \
    CAST(SUM(l.amount) AS BIGINT) AS billed, CAST(SUM(l.paid) AS BIGINT) AS paid \
    FROM pension_cut_exports e JOIN pension_cut_export_lines l ON l.export_id = e.id AND l.is_live \
    WHERE e.payer = $1 AND e.periode = $2 AND e.status IN ('generated', 'sent') GROUP BY l.outcome";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Text>)]
    outcome: Option<String>,
    #[diesel(sql_type = BigInt)]
    lines: i64,
    #[diesel(sql_type = BigInt)]
    billed: i64,
    #[diesel(sql_type = BigInt)]
    paid: i64,
}

/// The month's account: two queries; all its live lines are read.
pub(super) fn account(
    tx: &mut Tx<'_>,
    payer: Payer,
    periode: Period,
) -> Result<MonthAccount, StorageError> {
    let of = |sql| -> diesel::QueryResult<Raw> {
        Ok(Raw::new(sql)?.bind(payer.code()).bind(periode.to_string()))
    };
    let exported: Number = tx.run(|conn| of(EXPORTED)?.get_result(conn))?;
    let rows: Vec<Row> = tx.run(|conn| of(BY_OUTCOME)?.load(conn))?;
    let row = |row: Row| {
        let Row { outcome, lines, billed, paid } = row;
        let kind = |text: String| code::<OutcomeKind>("pension_cut_export_lines.outcome", &text);
        let totals = MonthTotals {
            count: count("pension_cut_export_lines", lines)?,
            billed: Money::from_sen(billed),
            paid: Money::from_sen(paid),
        };
        Ok((outcome.map(kind).transpose()?, totals))
    };
    let rows = rows.into_iter().map(row).collect::<Result<_, StorageError>>()?;
    Ok(MonthAccount::new(Money::from_sen(exported.number), rows))
}
