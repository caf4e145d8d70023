//! Kept reports against the loans' month ends that they were made of, and against one another.

use super::{
    Of,
    checks::{Check, check},
};

/// Loans at the ends of months, by what they stand at: days past due or quality.
macro_rules! month_ends_by {
    ($column:literal) => {
        concat!(
            "(SELECT substr(CAST(day AS TEXT), 1, 7) AS periode, ",
            $column,
            ", COUNT(*) AS loans, CAST(SUM(outstanding) AS BIGINT) AS outstanding \
             FROM loan_month_ends WHERE day BETWEEN $3 AND $4 GROUP BY 1, 2)"
        )
    };
}

/// The buckets of the aging, by the days past due of their loans.
macro_rules! buckets {
    () => {
        "(SELECT '0-30' AS bucket, 0 AS low, 30 AS high UNION ALL SELECT '31-60', 31, 60 \
         UNION ALL SELECT '61-90', 61, 90 UNION ALL SELECT '>90', 91, 2147483647 \
         UNION ALL SELECT 'current', 0, 0)"
    };
}

/// Months with an aging, by every way in which it is parted.
macro_rules! parted_agings {
    () => {
        "(SELECT periode, by_what FROM (SELECT periode FROM aging_reports \
         WHERE periode BETWEEN $1 AND $2 GROUP BY periode) months \
         CROSS JOIN (SELECT 'branch' AS by_what UNION ALL SELECT 'payer' UNION ALL SELECT 'product' \
         UNION ALL SELECT 'funder' UNION ALL SELECT 'sales') ways)"
    };
}

/// The figures of agings of all loans, by month, way and bucket: of all groups together, or of the groups.
macro_rules! aging_where {
    ($condition:literal) => {
        concat!(
            "(SELECT periode, grouped_by, bucket, COUNT(*) AS kept, \
             CAST(SUM(loans) AS BIGINT) AS loans, CAST(SUM(outstanding) AS BIGINT) AS outstanding \
             FROM aging_reports WHERE branch_id IS NULL AND ",
            $condition,
            " GROUP BY periode, grouped_by, bucket)"
        )
    };
}

/// The sum of a column where the condition holds, and where it does not.
macro_rules! sums {
    ($column:literal, $condition:literal, $where:literal, $elsewhere:literal) => {
        concat!(
            "CAST(SUM(CASE WHEN ",
            $condition,
            " THEN ",
            $column,
            " ELSE 0 END) AS BIGINT) AS ",
            $where,
            ", CAST(SUM(CASE WHEN ",
            $condition,
            " THEN 0 ELSE ",
            $column,
            " END) AS BIGINT) AS ",
            $elsewhere
        )
    };
}

/// Of which branch a figure is, if of one.
macro_rules! of_branch {
    () => {
        of_branch!("")
    };
    ($table:literal) => {
        concat!("COALESCE(', branch ' || ", $table, "branch_id, '')")
    };
}

/// Of which part a figure is, if of one.
macro_rules! of_group {
    () => {
        "CASE WHEN grouped_by = '' THEN '' ELSE ' by ' || grouped_by || CASE WHEN is_total \
         THEN '' ELSE ', ' || COALESCE(group_name, '-') END END"
    };
}

pub(super) const CHECKS: &[Check] = &[
    // The bounds of that time are not kept, but a worse quality begins where the better one ended.
    check(
        "month_end.kolektibilitas",
        Of::Days,
        "WITH levels AS (SELECT day, kolektibilitas AS level, MIN(dpd) AS shortest, \
         MAX(dpd) AS longest FROM loan_month_ends WHERE day BETWEEN $1 AND $2 \
         GROUP BY day, kolektibilitas) \
         SELECT 'loans at the end of ' || a.day || ', level ' || a.level AS thing, \
         'up to ' || a.longest || ' days past due' AS stored, \
         'fewer than the ' || MIN(b.shortest) || ' of a worse level' AS expected \
         FROM levels a JOIN levels b ON b.day = a.day AND b.level > a.level \
         AND b.shortest <= a.longest GROUP BY a.day, a.level, a.longest",
    ),
    check(
        "aging.month_end",
        Of::MonthsAndDays,
        concat!(
            "SELECT 'aging of ' || w.periode || ', ' || w.bucket AS thing, \
             w.loans || ' loans, ' || w.outstanding || ', rows: ' || w.kept AS stored, \
             w.loans_then || ' loans, ' || w.outstanding_then || ', rows: 1' AS expected \
             FROM (SELECT p.periode, b.bucket, COALESCE(a.kept, 0) AS kept, \
             COALESCE(a.loans, 0) AS loans, COALESCE(a.outstanding, 0) AS outstanding, \
             CAST(COALESCE(SUM(m.loans), 0) AS BIGINT) AS loans_then, \
             CAST(COALESCE(SUM(m.outstanding), 0) AS BIGINT) AS outstanding_then \
             FROM (SELECT periode FROM aging_reports WHERE periode BETWEEN $1 AND $2 \
             GROUP BY periode) p CROSS JOIN ",
            buckets!(),
            " b LEFT JOIN ",
            aging_where!("grouped_by = ''"),
            " a ON a.periode = p.periode AND a.bucket = b.bucket LEFT JOIN ",
            month_ends_by!("dpd"),
            " m ON m.periode = p.periode AND m.dpd BETWEEN b.low AND b.high \
             GROUP BY p.periode, b.bucket, a.kept, a.loans, a.outstanding) w \
             WHERE w.kept <> 1 OR w.loans <> w.loans_then OR w.outstanding <> w.outstanding_then"
        ),
    ),
    // A funder's part counts a loan that others hold parts of too: there the principal alone adds up.
    check(
        "aging.totals",
        Of::Months,
        concat!(
            "SELECT 'aging of ' || p.periode || ' by ' || p.by_what || ', ' || b.bucket AS thing, \
             COALESCE(t.loans, 0) || ' loans, ' || COALESCE(t.outstanding, 0) || ', rows: ' \
             || COALESCE(t.kept, 0) AS stored, \
             COALESCE(w.loans, 0) || ' loans, ' || COALESCE(w.outstanding, 0) || ', rows: 1' AS expected \
             FROM ",
            parted_agings!(),
            " p CROSS JOIN ",
            buckets!(),
            " b LEFT JOIN ",
            aging_where!("is_total = TRUE AND grouped_by <> ''"),
            " t ON t.periode = p.periode AND t.grouped_by = p.by_what AND t.bucket = b.bucket \
             LEFT JOIN ",
            aging_where!("grouped_by = ''"),
            " w ON w.periode = p.periode AND w.bucket = b.bucket \
             WHERE COALESCE(t.kept, 0) <> 1 \
             OR COALESCE(t.outstanding, 0) <> COALESCE(w.outstanding, 0) \
             OR (COALESCE(t.loans, 0) <> COALESCE(w.loans, 0) AND p.by_what <> 'funder')"
        ),
    ),
    check(
        "aging.parts",
        Of::Months,
        concat!(
            "SELECT 'aging of ' || periode || ' by ' || grouped_by || ",
            of_branch!(),
            " || ', ' || bucket AS thing, of_groups || ' loans, ' || money_of_groups AS stored, \
             of_total || ' loans, ' || money_of_total AS expected FROM \
             (SELECT periode, branch_id, grouped_by, bucket, ",
            sums!("loans", "is_total", "of_total", "of_groups"),
            ", ",
            sums!("outstanding", "is_total", "money_of_total", "money_of_groups"),
            " FROM aging_reports WHERE periode BETWEEN $1 AND $2 AND grouped_by <> '' \
             GROUP BY periode, branch_id, grouped_by, bucket) w \
             WHERE of_groups <> of_total OR money_of_groups <> money_of_total"
        ),
    ),
    // Loans that are in a branch, and those that are in none, are all loans, in every part.
    check(
        "aging.branches",
        Of::Months,
        concat!(
            "SELECT 'aging of ' || periode || ",
            of_group!(),
            " || ', ' || bucket AS thing, of_branches || ' loans, ' || money_of_branches AS stored, \
             of_all || ' loans, ' || money_of_all AS expected FROM \
             (SELECT periode, grouped_by, is_total, group_id, group_name, bucket, ",
            sums!("loans", "branch_id IS NULL", "of_all", "of_branches"),
            ", ",
            sums!("outstanding", "branch_id IS NULL", "money_of_all", "money_of_branches"),
            " FROM aging_reports WHERE periode BETWEEN $1 AND $2 \
             GROUP BY periode, grouped_by, is_total, group_id, group_name, bucket) w \
             WHERE (of_branches <> of_all OR money_of_branches <> money_of_all) AND periode IN \
             (SELECT periode FROM aging_reports WHERE branch_id IS NOT NULL)"
        ),
    ),
    check(
        "aging.branch",
        Of::Months,
        "SELECT 'aging of ' || b.periode || ', branch ' || b.branch_id || ', ' || b.bucket AS thing, \
         b.loans || ' loans, ' || b.outstanding AS stored, \
         COALESCE(w.loans || ' loans, ' || w.outstanding, 'not kept') AS expected \
         FROM aging_reports b LEFT JOIN aging_reports w ON w.periode = b.periode \
         AND w.branch_id IS NULL AND w.grouped_by = 'branch' AND w.is_total = FALSE \
         AND COALESCE(w.group_id, 0) = b.branch_id AND w.bucket = b.bucket \
         WHERE b.periode BETWEEN $1 AND $2 AND b.grouped_by = '' AND b.branch_id IS NOT NULL \
         AND (w.loans IS NULL OR w.loans <> b.loans OR w.outstanding <> b.outstanding)",
    ),
    check(
        "quality.levels",
        Of::MonthsAndDays,
        concat!(
            "SELECT 'quality of ' || p.periode || ', level ' || l.mark AS thing, \
             COALESCE(q.loans || ' loans, ' || q.outstanding, 'not kept') AS stored, \
             COALESCE(m.loans, 0) || ' loans, ' || COALESCE(m.outstanding, 0) AS expected \
             FROM (SELECT periode FROM quality_reports WHERE periode BETWEEN $1 AND $2 \
             GROUP BY periode) p CROSS JOIN (SELECT 1 AS mark UNION ALL SELECT 2 UNION ALL SELECT 3 \
             UNION ALL SELECT 4 UNION ALL SELECT 5) l \
             LEFT JOIN quality_reports q ON q.periode = p.periode AND q.kind = 'level' \
             AND q.mark = l.mark AND q.branch_id IS NULL AND q.grouped_by = '' LEFT JOIN ",
            month_ends_by!("kolektibilitas"),
            " m ON m.periode = p.periode AND m.kolektibilitas = l.mark \
             WHERE q.loans IS NULL OR q.loans <> COALESCE(m.loans, 0) \
             OR q.outstanding <> COALESCE(m.outstanding, 0)"
        ),
    ),
    check(
        "quality.late",
        Of::MonthsAndDays,
        concat!(
            "SELECT 'quality of ' || p.periode || ', more than ' || d.mark || ' days' AS thing, \
             COALESCE(q.loans || ' loans, ' || q.outstanding, 'not kept') AS stored, \
             COALESCE(SUM(m.loans), 0) || ' loans, ' || COALESCE(SUM(m.outstanding), 0) AS expected \
             FROM (SELECT periode FROM quality_reports WHERE periode BETWEEN $1 AND $2 \
             GROUP BY periode) p CROSS JOIN (SELECT 30 AS mark UNION ALL SELECT 60 UNION ALL SELECT 90) d \
             LEFT JOIN quality_reports q ON q.periode = p.periode AND q.kind = 'late' \
             AND q.mark = d.mark AND q.branch_id IS NULL AND q.grouped_by = '' LEFT JOIN ",
            month_ends_by!("dpd"),
            " m ON m.periode = p.periode AND m.dpd > d.mark \
             GROUP BY p.periode, d.mark, q.loans, q.outstanding \
             HAVING q.loans IS NULL OR q.loans <> COALESCE(SUM(m.loans), 0) \
             OR q.outstanding <> COALESCE(SUM(m.outstanding), 0)"
        ),
    ),
    check(
        "quality.parts",
        Of::Months,
        concat!(
            "SELECT 'quality of ' || periode || ' by ' || grouped_by || ",
            of_branch!(),
            " || ', ' || kind || ' ' || mark AS thing, \
             of_groups || ' loans, ' || money_of_groups || ', set aside: ' || aside_of_groups AS stored, \
             of_total || ' loans, ' || money_of_total || ', set aside: ' || aside_of_total AS expected \
             FROM (SELECT periode, branch_id, grouped_by, kind, mark, ",
            sums!("loans", "is_total", "of_total", "of_groups"),
            ", ",
            sums!("outstanding", "is_total", "money_of_total", "money_of_groups"),
            ", ",
            sums!("provision", "is_total", "aside_of_total", "aside_of_groups"),
            " FROM quality_reports WHERE periode BETWEEN $1 AND $2 AND grouped_by <> '' \
             GROUP BY periode, branch_id, grouped_by, kind, mark) w WHERE of_groups <> of_total \
             OR money_of_groups <> money_of_total OR aside_of_groups <> aside_of_total"
        ),
    ),
    // As with the aging. What is set aside is rounded in each part.
    check(
        "quality.totals",
        Of::Months,
        concat!(
            "SELECT 'quality of ' || t.periode || ' by ' || t.grouped_by || ",
            of_branch!("t."),
            " || ', ' || t.kind || ' ' || t.mark AS thing, \
             t.loans || ' loans, ' || t.outstanding AS stored, \
             COALESCE(w.loans || ' loans, ' || w.outstanding, 'not kept') AS expected \
             FROM quality_reports t LEFT JOIN quality_reports w ON w.periode = t.periode \
             AND COALESCE(w.branch_id, -1) = COALESCE(t.branch_id, -1) AND w.grouped_by = '' \
             AND w.kind = t.kind AND w.mark = t.mark \
             WHERE t.periode BETWEEN $1 AND $2 AND t.grouped_by <> '' AND t.is_total = TRUE \
             AND (w.loans IS NULL OR w.outstanding <> t.outstanding \
             OR (w.loans <> t.loans AND t.grouped_by <> 'funder'))"
        ),
    ),
    check(
        "quality.branches",
        Of::Months,
        concat!(
            "SELECT 'quality of ' || periode || ",
            of_group!(),
            " || ', ' || kind || ' ' || mark AS thing, \
             of_branches || ' loans, ' || money_of_branches AS stored, \
             of_all || ' loans, ' || money_of_all AS expected FROM \
             (SELECT periode, grouped_by, is_total, group_id, group_name, kind, mark, ",
            sums!("loans", "branch_id IS NULL", "of_all", "of_branches"),
            ", ",
            sums!("outstanding", "branch_id IS NULL", "money_of_all", "money_of_branches"),
            " FROM quality_reports WHERE periode BETWEEN $1 AND $2 \
             GROUP BY periode, grouped_by, is_total, group_id, group_name, kind, mark) w \
             WHERE (of_branches <> of_all OR money_of_branches <> money_of_all) AND periode IN \
             (SELECT periode FROM quality_reports WHERE branch_id IS NOT NULL)"
        ),
    ),
    // Of what was kept without its rate, what is set aside is a part of the level; and it is nothing for loans
    // by their lateness, who are in a level too. The total of parts is their sum. A rate is in millionths, and
    // half a sen is rounded up; in parts, since the product may not fit.
    check(
        "quality.provision",
        Of::Months,
        "SELECT 'quality of ' || periode || ', ' || kind || ' ' || mark AS thing, \
         'set aside: ' || provision AS stored, \
         CASE WHEN kind = 'late' THEN 'nothing' WHEN exact IS NULL THEN 'from 0 to ' || outstanding \
         ELSE 'set aside: ' || exact END AS expected FROM \
         (SELECT periode, kind, mark, outstanding, provision, \
         CASE WHEN grouped_by = '' OR is_total = FALSE THEN outstanding / 1000000 * rate \
         + (outstanding % 1000000 * rate + 500000) / 1000000 END AS exact \
         FROM quality_reports WHERE periode BETWEEN $1 AND $2) q \
         WHERE CASE WHEN kind = 'late' THEN provision <> 0 \
         WHEN exact IS NULL THEN provision < 0 OR provision > outstanding \
         ELSE provision <> exact END",
    ),
    check(
        "quality.marks",
        Of::Months,
        "SELECT 'quality of ' || periode || ', ' || kind || ' ' || mark AS thing, \
         loans || ' loans, ' || outstanding AS stored, 'no such figure' AS expected \
         FROM quality_reports WHERE periode BETWEEN $1 AND $2 \
         AND CASE kind WHEN 'late' THEN mark NOT IN (30, 60, 90) ELSE mark NOT BETWEEN 1 AND 5 END",
    ),
];
