//! Rows of `pension_cut_exports`.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_billing::{Arrears, Export, ExportScope, ExportStatus, NewExport};
use pensipro_kernel::{ExportId, LoanId, Money, StorageError, UserId};

use crate::{
    convert::{code, count, from_time, unreadable},
    schema::pension_cut_exports,
    sql::{Raw, Value},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = pension_cut_exports)]
pub(super) struct ExportRow {
    id: i64,
    periode: String,
    payer: String,
    pay_office: String,
    arrears: String,
    tolerance: i64,
    profile: String,
    status: String,
    cursor: Option<i64>,
    lines: i32,
    left_out: i32,
    total_amount: i64,
    replaces: Option<i64>,
    reason: Option<String>,
    sent_on: Option<NaiveDate>,
    sent_note: Option<String>,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

const EXCLUDE: &str = "exclude";
const INCLUDE: &str = "include";

impl TryFrom<ExportRow> for Export {
    type Error = StorageError;

    fn try_from(row: ExportRow) -> Result<Self, StorageError> {
        let ExportRow {
            id,
            periode,
            payer,
            pay_office,
            arrears,
            tolerance,
            profile,
            status,
            cursor,
            lines,
            left_out,
            total_amount,
            replaces,
            reason,
            sent_on,
            sent_note,
            created_at,
            created_by,
        } = row;
        let scope = ExportScope {
            periode: code("pension_cut_exports.periode", &periode)?,
            payer: code("pension_cut_exports.payer", &payer)?,
            pay_office,
        };
        Ok(Self {
            id: ExportId::new(id),
            scope,
            arrears: match arrears.as_str() {
                EXCLUDE => Arrears::Exclude,
                INCLUDE => Arrears::Include,
                _ => return Err(unreadable("pension_cut_exports.arrears")),
            },
            tolerance: Money::from_sen(tolerance),
            profile,
            status: code("pension_cut_exports.status", &status)?,
            cursor: cursor.map(LoanId::new),
            lines: count("pension_cut_exports.lines", lines)?,
            left_out: count("pension_cut_exports.left_out", left_out)?,
            total_amount: Money::from_sen(total_amount),
            replaces: replaces.map(ExportId::new),
            reason,
            sent_on,
            sent_note,
            created_by: created_by.map(UserId::new),
            created_at: from_time(created_at),
        })
    }
}

/// Inserts an export, or nothing where a live one of its scope stands.
pub(super) fn insertion(
    new: &NewExport,
    by: Option<UserId>,
    now: NaiveDateTime,
) -> diesel::QueryResult<Raw> {
    let NewExport { scope, arrears, tolerance, profile, replaces, reason } = new;
    let ExportScope { periode, payer, pay_office } = scope;
    let arrears = match arrears {
        Arrears::Exclude => EXCLUDE,
        Arrears::Include => INCLUDE,
    };
    let insert = Raw::new(
        "INSERT INTO pension_cut_exports (periode, payer, pay_office, arrears, tolerance, profile, \
         status, lines, left_out, total_amount, replaces, reason, created_at, updated_at, \
         created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, $8, $9, $10, $11, $12) \
         ON CONFLICT DO NOTHING RETURNING id AS number",
    )?;
    Ok(insert
        .bind(periode.to_string())
        .bind(payer.code())
        .bind(pay_office.as_str())
        .bind(arrears)
        .bind(tolerance.sen())
        .bind(profile.as_str())
        .bind(ExportStatus::Generating.code())
        .bind(Value::Int(replaces.map(|id| id.get())))
        .bind(reason.clone())
        .bind(now)
        .bind(now)
        .bind(Value::Int(by.map(|id| id.get()))))
}
