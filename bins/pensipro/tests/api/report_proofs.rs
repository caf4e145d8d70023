//! Reports that were kept of closed months are proved, and what was tampered with is told.

use pensipro_persistence::Backend;
use serde_json::json;

use crate::{
    support::{lending::Lending, on_each_backend},
    verify::{assert_proved, told_by_verify},
};

/// What is done to kept reports behind the program's back, and the comparison that must tell of it.
const TAMPERED: &[(&str, &str)] = &[
    // The loan is moved from one bucket to another.
    (
        "aging.month_end: aging of 2026-07, 31-60:",
        "UPDATE aging_reports SET loans = 1 - loans, outstanding = 5000000000 - outstanding \
         WHERE grouped_by = '' AND bucket IN ('0-30', '31-60')",
    ),
    (
        "aging.month_end: aging of 2026-07, 0-30:",
        "UPDATE aging_reports SET loans = loans + 1 WHERE grouped_by = '' AND bucket = '0-30'",
    ),
    (
        "aging.month_end: aging of 2026-07, current:",
        "UPDATE aging_reports SET loans = loans + 1 WHERE grouped_by = '' AND bucket = 'current'",
    ),
    (
        "aging.month_end: aging of 2026-07, >90:",
        "INSERT INTO aging_reports \
         (periode, grouped_by, is_total, group_name, bucket, loans, outstanding) \
         VALUES ('2026-07', '', TRUE, 'lain', '>90', 0, 0)",
    ),
    (
        "aging.totals: aging of 2026-07 by payer, >90:",
        "INSERT INTO aging_reports \
         (periode, grouped_by, is_total, group_name, bucket, loans, outstanding) \
         VALUES ('2026-07', 'payer', TRUE, 'lain', '>90', 0, 0)",
    ),
    (
        "aging.totals: aging of 2026-07 by sales, 61-90:",
        "UPDATE aging_reports SET outstanding = 7 \
         WHERE grouped_by = 'sales' AND is_total = TRUE AND bucket = '61-90'",
    ),
    (
        "aging.parts: aging of 2026-07 by product, 0-30:",
        "UPDATE aging_reports SET outstanding = outstanding + 1 \
         WHERE grouped_by = 'product' AND is_total = FALSE AND bucket = '0-30'",
    ),
    (
        "quality.levels: quality of 2026-07, level 2:",
        "UPDATE quality_reports SET outstanding = outstanding + 1 WHERE kind = 'level' AND mark = 2",
    ),
    (
        "quality.late: quality of 2026-07, more than 30 days:",
        "UPDATE quality_reports SET loans = loans + 1 WHERE kind = 'late' AND mark = 30",
    ),
    (
        "quality.provision: quality of 2026-07, level 3:",
        "UPDATE quality_reports SET provision = outstanding + 1 WHERE kind = 'level' AND mark = 3",
    ),
    (
        "quality.marks: quality of 2026-07, late 45:",
        "UPDATE quality_reports SET mark = 45 WHERE kind = 'late' AND mark = 60",
    ),
    (
        "aging.parts: aging of 2026-07 by payer, branch 0, 61-90:",
        "UPDATE aging_reports SET loans = loans + 1 WHERE branch_id = 0 AND grouped_by = 'payer' \
         AND is_total = FALSE AND bucket = '61-90'",
    ),
    (
        "aging.branches: aging of 2026-07 by product, Kredit Pensiun, current:",
        "UPDATE aging_reports SET loans = loans + 1 WHERE branch_id IS NULL \
         AND grouped_by = 'product' AND bucket = 'current'",
    ),
    (
        "aging.branch: aging of 2026-07, branch 0, >90:",
        "UPDATE aging_reports SET loans = loans + 1 WHERE branch_id = 0 AND grouped_by = '' \
         AND bucket = '>90'",
    ),
    (
        "quality.parts: quality of 2026-07 by sales, level 4:",
        "UPDATE quality_reports SET provision = provision + 1 WHERE branch_id IS NULL \
         AND grouped_by = 'sales' AND is_total = TRUE AND kind = 'level' AND mark = 4",
    ),
    (
        "quality.totals: quality of 2026-07 by branch, branch 0, level 5:",
        "UPDATE quality_reports SET loans = loans + 1 WHERE branch_id = 0 \
         AND grouped_by = 'branch' AND is_total = TRUE AND kind = 'level' AND mark = 5",
    ),
    (
        "quality.branches: quality of 2026-07 by funder, -, late 90:",
        "UPDATE quality_reports SET loans = loans + 1 WHERE branch_id = 0 \
         AND grouped_by = 'funder' AND is_total = FALSE AND kind = 'late' AND mark = 90",
    ),
    (
        "quality.provision: quality of 2026-07, level 2: stored is set aside: 0, ",
        "UPDATE quality_reports SET provision = 0 WHERE kind = 'level' AND mark = 2",
    ),
    // What is inserted above is counted too.
    (
        "aging.kept: aging of 2026-07: stored is 57 figures, expected 110 figures",
        "DELETE FROM aging_reports WHERE branch_id IS NOT NULL",
    ),
    (
        "quality.kept: quality of 2026-07: stored is 144 figures, expected 176 figures",
        "DELETE FROM quality_reports WHERE grouped_by = 'product'",
    ),
    ("aging.kept: aging of 2026-07: stored is 0 ", "DELETE FROM aging_reports"),
    ("quality.kept: quality of 2026-07: stored is 0 ", "DELETE FROM quality_reports"),
];

#[test]
fn reports_that_were_kept_are_proved() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        lending.disbursed();
        house.set_today("2026-08-02");
        admin.post("/jobs/end-of-day", &json!({"date": "2026-08-01"})).expect(201);
        admin.post("/jobs/end-of-month", &json!({})).expect(201);
        assert_proved(house);
        for table in ["aging_reports", "quality_reports"] {
            let unlock = match house.app.store().backend() {
                Backend::Sqlite => {
                    format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete")
                }
                Backend::Postgres => format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
            };
            house.database.execute(&unlock).expect("the triggers are gone");
        }
        for (told_as, sql) in TAMPERED {
            house.database.execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let output = told_by_verify(house);
            assert!(output.contains(told_as), "{told_as} after {sql}: {output}");
        }
    });
}
