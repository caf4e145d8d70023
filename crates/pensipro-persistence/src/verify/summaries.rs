//! Imports' summaries against their lines: what stands as JSON is compared here.

use std::collections::BTreeMap;

use diesel::{QueryableByName, RunQueryDsl as _, sql_types::BigInt};
use pensipro_billing::{OutcomeKind, OutcomeTotals, Summary};
use pensipro_kernel::{Money, Period, StorageError};
use pensipro_servicing::Difference;

use super::Of;
use crate::{
    Tx,
    billing::read_summary,
    convert::{code, count},
};

const STORED: &str = "SELECT id, summary, CAST(lines_done AS BIGINT) AS lines_done \
    FROM pension_cut_imports WHERE periode BETWEEN $1 AND $2 ORDER BY id";

const COUNTED: &str = "SELECT import_id, outcome, COUNT(*) AS lines, \
    CAST(SUM(CASE WHEN amount IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unreadable, \
    CAST(SUM(billed) AS BIGINT) AS billed, \
    CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount, \
    CAST(SUM(applied) AS BIGINT) AS applied, CAST(SUM(to_refund) AS BIGINT) AS to_refund, \
    CAST(SUM(held) AS BIGINT) AS held FROM pension_cut_import_lines \
    WHERE periode BETWEEN $1 AND $2 GROUP BY import_id, outcome";

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    summary: String,
    #[diesel(sql_type = BigInt)]
    lines_done: i64,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    import_id: i64,
    #[diesel(sql_type = diesel::sql_types::Text)]
    outcome: String,
    #[diesel(sql_type = BigInt)]
    lines: i64,
    #[diesel(sql_type = BigInt)]
    unreadable: i64,
    #[diesel(sql_type = BigInt)]
    billed: i64,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    applied: i64,
    #[diesel(sql_type = BigInt)]
    to_refund: i64,
    #[diesel(sql_type = BigInt)]
    held: i64,
}

/// Totals by outcome, and lines whose amount cannot be read.
type Totals = (Vec<(OutcomeKind, OutcomeTotals)>, u32);

/// Imports whose summary is not that of their lines, or does not balance: two queries; memory for the
/// imports of the period.
pub(super) fn compare(
    tx: &mut Tx<'_>,
    period: Option<Period>,
) -> Result<Vec<Difference>, StorageError> {
    let counted: Vec<Counted> = tx.run(|conn| Of::Months.bind(COUNTED, period)?.load(conn))?;
    let mut by_import: BTreeMap<i64, Totals> = BTreeMap::new();
    for row in counted {
        let (totals, unreadable) = by_import.entry(row.import_id).or_default();
        *unreadable = unreadable.saturating_add(number(row.unreadable)?);
        totals.push(row.read()?);
    }
    let stored: Vec<Stored> = tx.run(|conn| Of::Months.bind(STORED, period)?.load(conn))?;
    let mut differences = Vec::new();
    for Stored { id, summary, lines_done } in stored {
        let (totals, unreadable) = by_import.remove(&id).unwrap_or_default();
        let expected = Summary::from_stored(totals, unreadable);
        let stored = read_summary(&summary)?;
        let same = stored == expected && i64::from(expected.total().count) == lines_done;
        if !same || !stored.balances() {
            differences.push(Difference {
                check: "import.summary".into(),
                thing: format!("import {id}"),
                stored: told(&stored, lines_done),
                expected: told(&expected, expected.total().count.into()),
            });
        }
    }
    Ok(differences)
}

fn number(number: i64) -> Result<u32, StorageError> {
    count("pension_cut_import_lines", number)
}

impl Counted {
    fn read(self) -> Result<(OutcomeKind, OutcomeTotals), StorageError> {
        let Self {
            import_id: _,
            outcome,
            lines,
            unreadable: _,
            billed,
            amount,
            applied,
            to_refund,
            held,
        } = self;
        let totals = OutcomeTotals {
            count: number(lines)?,
            billed: Money::from_sen(billed),
            amount: Money::from_sen(amount),
            applied: Money::from_sen(applied),
            to_refund: Money::from_sen(to_refund),
            held: Money::from_sen(held),
        };
        Ok((code("pension_cut_import_lines.outcome", &outcome)?, totals))
    }
}

fn told(summary: &Summary, lines_done: i64) -> String {
    let total = summary.total();
    format!(
        "{lines_done} lines, {} = {} applied + {} to be refunded + {} held",
        total.amount, total.applied, total.to_refund, total.held
    )
}
