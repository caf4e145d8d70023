//! Rows of `pension_cut_imports`.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_billing::{Import, ImportStatus, NewImport, OutcomeTotals, Summary};
use pensipro_kernel::{ImportId, Money, StorageError, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    convert::{code, count, digest, from_time, unreadable},
    schema::pension_cut_imports,
    sql::{Raw, Value},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = pension_cut_imports)]
pub(super) struct ImportRow {
    id: i64,
    payer: String,
    periode: String,
    profile: String,
    paid_on: NaiveDate,
    tolerance: i64,
    sha256: Vec<u8>,
    bytes: i64,
    spool_key: Option<String>,
    status: String,
    lines: i32,
    lines_done: i32,
    last_line: i32,
    summary: String,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl TryFrom<ImportRow> for Import {
    type Error = StorageError;

    fn try_from(row: ImportRow) -> Result<Self, StorageError> {
        let ImportRow {
            id,
            payer,
            periode,
            profile,
            paid_on,
            tolerance,
            sha256,
            bytes,
            spool_key,
            status,
            lines,
            lines_done,
            last_line,
            summary,
            created_at,
            created_by,
        } = row;
        let number = |figure: i32| count::<i32, u32>("pension_cut_imports", figure);
        Ok(Self {
            id: ImportId::new(id),
            payer: code("pension_cut_imports.payer", &payer)?,
            periode: code("pension_cut_imports.periode", &periode)?,
            profile,
            paid_on,
            tolerance: Money::from_sen(tolerance),
            sha256: digest("pension_cut_imports.sha256", sha256)?,
            bytes: count("pension_cut_imports.bytes", bytes)?,
            spool_key,
            status: code("pension_cut_imports.status", &status)?,
            lines: number(lines)?,
            lines_done: number(lines_done)?,
            last_line: number(last_line)?,
            summary: read_summary(&summary)?,
            created_by: created_by.map(UserId::new),
            created_at: from_time(created_at),
        })
    }
}

/// A summary as JSON: by outcome, count, billed, amount, applied, to refund, held, in sen.
#[derive(Serialize, Deserialize)]
struct StoredSummary {
    totals: BTreeMap<String, [i64; 6]>,
    unreadable: u32,
}

/// A summary as its column holds it.
pub(super) fn summary_text(summary: &Summary) -> String {
    let totals = summary.iter().map(|(kind, totals)| {
        let OutcomeTotals { count, billed, amount, applied, to_refund, held } = totals;
        let [billed, amount, applied, to_refund, held] =
            [billed, amount, applied, to_refund, held].map(Money::sen);
        (kind.code().to_owned(), [count.into(), billed, amount, applied, to_refund, held])
    });
    let stored = StoredSummary { totals: totals.collect(), unreadable: summary.unreadable() };
    serde_json::to_string(&stored).unwrap_or_default()
}

/// The summary that its column holds.
pub(crate) fn read_summary(text: &str) -> Result<Summary, StorageError> {
    const COLUMN: &str = "pension_cut_imports.summary";
    let stored: StoredSummary = serde_json::from_str(text).map_err(|_| unreadable(COLUMN))?;
    let totals = stored.totals.into_iter().map(|(kind, figures)| {
        let [lines, billed, amount, applied, to_refund, held] = figures;
        let totals = OutcomeTotals {
            count: count(COLUMN, lines)?,
            billed: Money::from_sen(billed),
            amount: Money::from_sen(amount),
            applied: Money::from_sen(applied),
            to_refund: Money::from_sen(to_refund),
            held: Money::from_sen(held),
        };
        Ok((code(COLUMN, &kind)?, totals))
    });
    let totals = totals.collect::<Result<Vec<_>, StorageError>>()?;
    Ok(Summary::from_stored(totals, stored.unreadable))
}

/// Inserts an import, or nothing where one that is not discarded has its hash.
pub(super) fn insertion(
    new: &NewImport,
    by: Option<UserId>,
    now: NaiveDateTime,
) -> Result<Vec<Value>, StorageError> {
    let NewImport { payer, periode, profile, paid_on, tolerance, sha256, bytes, spool_key, lines } =
        new;
    let bytes: i64 = count("pension_cut_imports.bytes", *bytes)?;
    Ok(vec![
        payer.code().into(),
        periode.to_string().into(),
        profile.as_str().into(),
        (*paid_on).into(),
        tolerance.sen().into(),
        sha256.to_vec().into(),
        bytes.into(),
        spool_key.as_str().into(),
        ImportStatus::Processing.code().into(),
        i64::from(*lines).into(),
        summary_text(&Summary::default()).into(),
        now.into(),
        now.into(),
        Value::Int(by.map(|id| id.get())),
    ])
}

/// The statement of [`insertion`].
pub(super) fn insert(values: Vec<Value>) -> diesel::QueryResult<Raw> {
    Ok(Raw::new(
        "INSERT INTO pension_cut_imports (payer, periode, profile, paid_on, tolerance, sha256, \
         bytes, spool_key, status, lines, summary, created_at, updated_at, created_by, lines_done, \
         last_line) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0) \
         ON CONFLICT DO NOTHING RETURNING id AS number",
    )?
    .bind_all(values))
}
