//! Kept reports against the loans' month ends that they were made of.

use super::{
    Of,
    checks::{Check, check},
};

pub(super) const CHECKS: &[Check] = &[
    check(
        "aging.month_end",
        Of::Months,
        "SELECT 'aging of ' || a.periode AS thing, a.loans || ' loans, ' || a.outstanding AS stored, \
         COALESCE(m.loans, 0) || ' loans, ' || COALESCE(m.outstanding, 0) AS expected \
         FROM (SELECT periode, CAST(SUM(loans) AS BIGINT) AS loans, \
         CAST(SUM(outstanding) AS BIGINT) AS outstanding FROM aging_reports \
         WHERE periode BETWEEN $1 AND $2 AND grouped_by = '' AND bucket <> 'current' \
         GROUP BY periode) a \
         LEFT JOIN (SELECT substr(CAST(day AS TEXT), 1, 7) AS periode, COUNT(*) AS loans, \
         CAST(SUM(outstanding) AS BIGINT) AS outstanding FROM loan_month_ends GROUP BY 1) m \
         ON m.periode = a.periode \
         WHERE a.loans <> COALESCE(m.loans, 0) OR a.outstanding <> COALESCE(m.outstanding, 0)",
    ),
    // A funder's part counts a loan that others hold parts of too: there the principal alone adds up.
    check(
        "aging.parts",
        Of::Months,
        "SELECT 'aging of ' || p.periode || ' by ' || p.grouped_by AS thing, \
         p.loans || ' loans, ' || p.outstanding AS stored, \
         w.loans || ' loans, ' || w.outstanding AS expected \
         FROM (SELECT periode, grouped_by, CAST(SUM(loans) AS BIGINT) AS loans, \
         CAST(SUM(outstanding) AS BIGINT) AS outstanding FROM aging_reports \
         WHERE periode BETWEEN $1 AND $2 AND is_total = FALSE AND bucket <> 'current' \
         GROUP BY periode, grouped_by) p \
         JOIN (SELECT periode, CAST(SUM(loans) AS BIGINT) AS loans, \
         CAST(SUM(outstanding) AS BIGINT) AS outstanding FROM aging_reports \
         WHERE grouped_by = '' AND bucket <> 'current' GROUP BY periode) w ON w.periode = p.periode \
         WHERE p.outstanding <> w.outstanding \
         OR (p.loans <> w.loans AND p.grouped_by <> 'funder')",
    ),
    check(
        "quality.levels",
        Of::Months,
        "SELECT 'quality of ' || q.periode || ', level ' || q.mark AS thing, \
         q.loans || ' loans, ' || q.outstanding AS stored, \
         COALESCE(m.loans, 0) || ' loans, ' || COALESCE(m.outstanding, 0) AS expected \
         FROM quality_reports q LEFT JOIN (SELECT substr(CAST(day AS TEXT), 1, 7) AS periode, \
         kolektibilitas, COUNT(*) AS loans, CAST(SUM(outstanding) AS BIGINT) AS outstanding \
         FROM loan_month_ends GROUP BY 1, 2) m \
         ON m.periode = q.periode AND m.kolektibilitas = q.mark \
         WHERE q.periode BETWEEN $1 AND $2 AND q.kind = 'level' \
         AND (q.loans <> COALESCE(m.loans, 0) OR q.outstanding <> COALESCE(m.outstanding, 0))",
    ),
    check(
        "quality.late",
        Of::Months,
        "SELECT 'quality of ' || q.periode || ', more than ' || q.mark || ' days' AS thing, \
         q.loans || ' loans, ' || q.outstanding AS stored, \
         COALESCE(SUM(m.loans), 0) || ' loans, ' || COALESCE(SUM(m.outstanding), 0) AS expected \
         FROM quality_reports q LEFT JOIN (SELECT substr(CAST(day AS TEXT), 1, 7) AS periode, dpd, \
         COUNT(*) AS loans, CAST(SUM(outstanding) AS BIGINT) AS outstanding \
         FROM loan_month_ends GROUP BY 1, 2) m ON m.periode = q.periode AND m.dpd > q.mark \
         WHERE q.periode BETWEEN $1 AND $2 AND q.kind = 'late' \
         GROUP BY q.periode, q.mark, q.loans, q.outstanding \
         HAVING q.loans <> COALESCE(SUM(m.loans), 0) \
         OR q.outstanding <> COALESCE(SUM(m.outstanding), 0)",
    ),
];
