//! `pensipro verify`: the books of a portfolio are proved, and what was tampered with is told.

use std::{path::Path, process::Output};

use aws_lc_rs::digest::{SHA256, digest};
use pensipro_server::clock::hex;
use serde_json::{Value, json};

use crate::{
    demo::fill,
    funders::{contract, disburse, funder},
    support::{House, lending::Lending, on_each_backend, running::program},
};

fn verify(house: &House, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut command = program(&house.database, folder.path());
    let command = command.env("PENSIPRO_BUSINESS_DATE", "2026-06-30");
    command.arg("verify").args(arguments).output().expect("the program runs")
}

fn told(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(both).expect("text")
}

/// Nothing stored contradicts anything else.
#[track_caller]
pub(crate) fn assert_proved(house: &House) {
    let output = verify(house, &[]);
    assert!(output.status.success(), "{}", told(&output));
}

/// What the proof of the books tells.
pub(crate) fn told_by_verify(house: &House) -> String {
    told(&verify(house, &[]))
}

#[test]
fn the_books_of_a_portfolio_are_proved() {
    on_each_backend(|house| {
        fill(house);
        let all = verify(house, &[]);
        assert!(all.status.success(), "{}", told(&all));
        assert_eq!(told(&all), "12 loans were replayed, 0 differences were found\n");
        let month = verify(house, &["--period", "2026-06"]);
        assert!(month.status.success(), "{}", told(&month));
    });
}

fn read(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).expect("a file of the evidence")
}

#[test]
fn the_evidence_names_every_loan_and_its_own_checksums() {
    on_each_backend(|house| {
        fill(house);
        let parent = tempfile::tempdir().expect("a temporary folder");
        let folder = parent.path().join("2026-06");
        let wanted = ["--period", "2026-06", "--evidence", folder.to_str().expect("a path")];
        let first = verify(house, &wanted);
        assert!(first.status.success(), "{}", told(&first));

        let summary: Value = serde_json::from_str(&read(&folder, "summary.json")).unwrap();
        assert_eq!((&summary["loans"], &summary["differences"]), (&json!(12), &json!(0)));
        assert_eq!(summary["periode"], "2026-06");
        for file in summary["files"].as_array().unwrap() {
            let text = read(&folder, file["name"].as_str().unwrap());
            assert_eq!(file["sha256"], hex(digest(&SHA256, text.as_bytes()).as_ref()));
        }
        assert_eq!(read(&folder, "loans.csv").lines().count(), 13);
        assert_eq!(read(&folder, "differences.csv").lines().count(), 1);
        assert!(read(&folder, "totals.csv").contains("\npayments,potong_pensiun,"));

        let second = verify(house, &wanted);
        assert!(!second.status.success());
        assert!(told(&second).contains("the folder is not empty"), "{}", told(&second));
    });
}

/// What is done to the tables behind the program's back, and the comparison that must tell of it.
const TAMPERED: &[(&str, &str)] = &[
    (
        "export_line.outcome: export line ",
        "UPDATE pension_cut_export_lines SET outcome = 'partial' WHERE outcome = 'matched'",
    ),
    (
        "export_line.paid: export line ",
        "UPDATE pension_cut_export_lines SET paid = paid + 1 WHERE outcome IS NOT NULL",
    ),
    (
        "import.summary: import ",
        "UPDATE pension_cut_imports SET lines_done = lines_done - 1 \
         WHERE id = (SELECT MIN(import_id) FROM pension_cut_import_lines)",
    ),
    (
        "import_line.split: import line ",
        "UPDATE pension_cut_import_lines SET held = applied, applied = 0 WHERE outcome = 'matched'",
    ),
    (
        "export.live_lines: export ",
        "UPDATE pension_cut_export_lines SET is_live = FALSE WHERE line_no = 1",
    ),
    ("loan.principal: loan 1:", "UPDATE loans SET principal = principal + 1 WHERE id = 1"),
    ("loan.oldest_unpaid_due: loan 1:", "UPDATE loans SET oldest_unpaid_due = NULL WHERE id = 1"),
    ("loan.readable: loan 3:", "UPDATE loan_terms SET terms = '{}' WHERE loan_id = 3"),
    (
        "schedule.row: loan 2 row",
        "UPDATE loan_schedules SET interest_paid = interest_paid - 1 \
         WHERE loan_id = 2 AND no = 1 AND interest_paid > 0",
    ),
    (
        "schedule.row_read: loan 4 row",
        "UPDATE loans SET touched_through = maturity_date WHERE id = 4; \
         UPDATE loan_schedules SET is_open = FALSE WHERE loan_id = 4",
    ),
    (
        "payment.allocation: loan ",
        "INSERT INTO loan_transaction_allocations SELECT transaction_id, 999999, made_by, no, \
         component, 1, booked_on, loan_id FROM loan_transaction_allocations \
         WHERE transaction_id = (SELECT MIN(id) FROM loan_payments) AND component = 'principal'",
    ),
    (
        "allocation.transaction: payment ",
        "INSERT INTO loan_transaction_allocations SELECT transaction_id, 999998, made_by, no, \
         component, 1, booked_on, loan_id FROM loan_transaction_allocations \
         WHERE transaction_id = (SELECT MIN(id) FROM loan_payments) AND caused_by = 999999",
    ),
    (
        "payment.transaction: payment ",
        "UPDATE loan_payments SET amount = amount + 1 \
         WHERE id = (SELECT MIN(id) FROM loan_payments)",
    ),
    (
        "transaction.payment: transaction ",
        "DELETE FROM loan_payments WHERE id = (SELECT MAX(id) FROM loan_payments)",
    ),
    (
        "payment.import_line: payment ",
        "UPDATE loan_payments SET source_line = source_line + 9000000 \
         WHERE id = (SELECT id FROM loan_payments ORDER BY id LIMIT 1 OFFSET 1)",
    ),
    (
        "import_line.payment: import line ",
        "UPDATE pension_cut_import_lines SET payment_id = payment_id + 1000000 \
         WHERE payment_id = (SELECT id FROM loan_payments ORDER BY id LIMIT 1 OFFSET 3)",
    ),
    (
        "payment.reversed_by: payment ",
        "UPDATE loan_payments SET reversed_by = 1 \
         WHERE id = (SELECT id FROM loan_payments ORDER BY id LIMIT 1 OFFSET 2)",
    ),
    ("export_line.rows: export line ", "DELETE FROM pension_cut_export_rows"),
    ("export.lines: export 1:", "UPDATE pension_cut_exports SET lines = lines + 1 WHERE id = 1"),
    (
        "disbursement.sources: disbursement ",
        "UPDATE loan_disbursement_sources SET amount = amount - 1",
    ),
    (
        "disbursement.transaction: disbursement ",
        "UPDATE loan_disbursements SET disbursed_on = '2026-01-01' WHERE loan_id = 11",
    ),
    (
        "disbursement.reversed_by: disbursement ",
        "UPDATE loan_disbursements SET reversed_by = 1 WHERE loan_id = 10",
    ),
    (
        "allocation.row: payment ",
        "INSERT INTO loan_transaction_allocations SELECT transaction_id, caused_by, 888888, no, \
         component, 1, booked_on, loan_id FROM loan_transaction_allocations \
         WHERE transaction_id = (SELECT MIN(id) FROM loan_payments) AND caused_by = 999999",
    ),
    (
        "schedule.maker: loan 12 row 999999/1:",
        "INSERT INTO loan_schedules SELECT loan_id, 999999, no, starts_on, due_date, principal, \
         interest, fee, 0, 0, 0, 0, tolerated, counted_sen_days, counted_base, held_sen_days, \
         held_base, cut_failed_on, 'superseded', FALSE, 0, 0, 0, 0 FROM loan_schedules \
         WHERE loan_id = 12 AND no = 1 AND made_by <> 0",
    ),
];

#[test]
fn what_was_tampered_with_is_told() {
    on_each_backend(|house| {
        fill(house);
        for (told_as, sql) in TAMPERED {
            house.database.execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let output = verify(house, &[]);
            assert!(!output.status.success(), "{sql}");
            assert!(told(&output).contains(told_as), "{told_as} after {sql}: {}", told(&output));
        }
    });
}

#[test]
fn the_shares_of_funders_are_proved() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let bank = funder(&lending.staff.admin, "BBM");
        contract(&lending.staff.admin, bank, &json!({})).expect(201);
        let (_, loan) = lending.approved();
        let sources = json!({"sources": [{"funder_id": bank, "amount": "20000000"},
            {"funder_id": null, "amount": "30000000"}]});
        disburse(&lending, loan, &sources).expect(201);
        assert_proved(house);
        for (told_as, sql) in [
            ("contract.allocated: contract ", "UPDATE funder_contracts SET allocated = 7"),
            ("funder_shares.sum: loan ", "UPDATE funder_allocations SET principal = 5000000100"),
            ("disbursement.shares: disbursement ", "DELETE FROM funder_allocations"),
        ] {
            house.database.execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let output = verify(house, &[]);
            assert!(told(&output).contains(told_as), "{told_as} after {sql}: {}", told(&output));
        }
    });
}

#[test]
fn settlements_with_funders_are_proved() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (admin, finance) = (&lending.staff.admin, &lending.staff.finance);
        let bank = funder(admin, "BBM");
        contract(admin, bank, &json!({})).expect(201);
        let loan = lending.disbursed();
        let share = json!({"funder_id": bank, "kind": "participation"});
        finance.post(&format!("/loans/{loan}/allocate-funder"), &share).expect(200);
        house.set_today("2026-07-10");
        lending.pay(loan, "2026-07-10", "1700000");
        house.set_today("2026-08-02");
        admin.post("/jobs/end-of-day", &json!({"date": "2026-08-01"})).expect(201);
        admin.post("/jobs/end-of-month", &json!({})).expect(201);
        let path = format!("/funders/{bank}/settlements");
        let july = finance.post(&path, &json!({"periode": "2026-07"})).expect(201);
        let july = format!("{path}/{}", july["id"]);
        finance.put(&july, &json!({"status": "final"})).expect(200);
        assert_proved(house);
        for (told_as, sql) in [
            (
                "settlement.lines: settlement ",
                "UPDATE funder_settlement_lines SET interest = interest + 1 WHERE no = 1",
            ),
            (
                "settlement.payment: settlement ",
                "UPDATE funder_settlement_lines SET paid_principal = paid_principal + 1 WHERE no = 1",
            ),
        ] {
            house.database.execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let output = verify(house, &["--period", "2026-07"]);
            assert!(told(&output).contains(told_as), "{told_as} after {sql}: {}", told(&output));
        }
    });
}

#[test]
fn what_the_ends_of_months_wrote_down_is_proved() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (late, paid) = (lending.disbursed(), lending.disbursed());
        let (_, pending) = lending.approved();
        house.set_today("2026-07-10");
        let first = lending.pay(late, "2026-07-10", "1700000");
        lending.pay(paid, "2026-07-10", "1700000");
        house.set_today("2026-08-02");
        // Neither was known at the end of July.
        let path = format!("/loans/{late}/payments/{}/reverse", first["id"]);
        lending.staff.finance.post(&path, &json!({"reason": "salah setor"})).expect(200);
        lending.pay(paid, "2026-07-20", "900000");
        lending.staff.admin.post("/jobs/end-of-day", &json!({"date": "2026-08-01"})).expect(201);
        assert_proved(house);
        // Bounds that come later judge no month that was.
        house.configure("KOLEKTIBILITAS_BOUNDS", "[10,20,30,40]");
        assert_proved(house);
        let in_july =
            |what: &str| format!("UPDATE loan_month_ends SET {what} AND day = '2026-07-31'");
        let insert = format!(
            "INSERT INTO loan_month_ends (day, loan_id, dpd, kolektibilitas, outstanding) \
             VALUES ('2026-06-30', {pending}, 0, 1, 5000000000)"
        );
        let of_late = format!("loan.month_end: loan {late} on 2026-07-31: stored is ");
        for (told_as, sql) in [
            (
                of_late.clone(),
                in_july(&format!("outstanding = outstanding + 1 WHERE loan_id = {late}")),
            ),
            (
                format!(
                    "{of_late}Rp48839284.00, 1 days past due, level 1, expected Rp48839284.00, 0 "
                ),
                in_july(&format!(
                    "outstanding = outstanding - 1, dpd = dpd + 1 WHERE loan_id = {late}"
                )),
            ),
            (
                format!("loan.month_end: loan {paid} on 2026-07-31: stored is not open"),
                format!(
                    "DELETE FROM loan_month_ends WHERE loan_id = {paid} AND day = '2026-07-31'"
                ),
            ),
            (format!("loan.month_end: loan {pending} on 2026-06-30: stored is "), insert),
            (
                "month_end.kolektibilitas: loans at the end of 2026-06-30, level 1: ".into(),
                format!(
                    "UPDATE loan_month_ends SET kolektibilitas = 2 \
                     WHERE loan_id = {paid} AND day = '2026-06-30'"
                ),
            ),
        ] {
            house.database.execute(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let output = told(&verify(house, &[]));
            assert!(output.contains(&told_as), "{told_as} after {sql}: {output}");
        }
        let may = verify(house, &["--period", "2026-05"]);
        assert!(may.status.success(), "{}", told(&may));
    });
}
