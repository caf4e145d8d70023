//! What the books come to, by kind.

use diesel::{QueryableByName, RunQueryDsl as _};
use pensipro_kernel::{Money, Period, StorageError};
use pensipro_servicing::BookTotal;

use super::Of;
use crate::Tx;

#[derive(QueryableByName)]
struct Total {
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    amount: i64,
}

/// Each selects `kind`, `count` and `amount`.
const TOTALS: &[(&str, Of, &str)] = &[
    (
        "transactions",
        Of::Days,
        "SELECT kind, COUNT(*) AS count, CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount \
         FROM loan_transactions WHERE booked_on BETWEEN $1 AND $2 GROUP BY kind ORDER BY kind",
    ),
    (
        "payments",
        Of::Days,
        "SELECT channel AS kind, COUNT(*) AS count, CAST(SUM(amount) AS BIGINT) AS amount \
         FROM loan_payments WHERE paid_on BETWEEN $1 AND $2 AND reversed_by IS NULL \
         GROUP BY channel ORDER BY channel",
    ),
    (
        "allocations",
        Of::Days,
        "SELECT component AS kind, COUNT(*) AS count, CAST(SUM(amount) AS BIGINT) AS amount \
         FROM loan_transaction_allocations WHERE booked_on BETWEEN $1 AND $2 \
         GROUP BY component ORDER BY component",
    ),
    (
        "export_lines",
        Of::Months,
        "SELECT COALESCE(outcome, 'unanswered') AS kind, COUNT(*) AS count, \
         CAST(SUM(amount) AS BIGINT) AS amount FROM pension_cut_export_lines \
         WHERE periode BETWEEN $1 AND $2 AND is_live GROUP BY 1 ORDER BY 1",
    ),
    (
        "import_lines",
        Of::Months,
        "SELECT outcome AS kind, COUNT(*) AS count, \
         CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount FROM pension_cut_import_lines \
         WHERE periode BETWEEN $1 AND $2 GROUP BY outcome ORDER BY outcome",
    ),
];

pub(super) fn of(tx: &mut Tx<'_>, period: Option<Period>) -> Result<Vec<BookTotal>, StorageError> {
    let mut totals = Vec::new();
    for (book, of, sql) in TOTALS {
        let found: Vec<Total> = tx.run(|conn| of.bind(sql, period)?.load(conn))?;
        totals.extend(found.into_iter().map(|Total { kind, count, amount }| BookTotal {
            book: (*book).to_owned(),
            kind,
            count: u64::try_from(count).unwrap_or(0),
            amount: Money::from_sen(amount),
        }));
    }
    Ok(totals)
}
