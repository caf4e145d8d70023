//! Files that are not what they should be: each is answered, pays nothing that it should not, and the
//! server goes on.

use serde_json::json;

use super::desk::{Billed, Desk, assert_balanced, paid_in_full, plain, sen};
use crate::support::on_each_backend;

#[test]
fn a_file_whose_columns_are_swapped_pays_nothing() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let row = |line: &Billed| format!("{};{}\n", plain(line.sen), line.reference);
        let rows: String = lines.iter().map(row).collect();
        let import = desk.import("TASPEN", format!("reference;amount\n{rows}")).expect(201);
        assert_eq!(import["summary"]["invalid"]["count"], 2, "{import}");
        assert_eq!((&import["unreadable"], sen(&import["total_amount"])), (&json!(2), 0));
        assert_balanced(&import);
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 0));
        // The right one is another file.
        let import = desk.import("TASPEN", paid_in_full(&lines)).expect(201);
        assert_eq!(import["summary"]["matched"]["count"], 2, "{import}");
    });
}

#[test]
fn a_line_of_ten_megabytes_is_one_invalid_line_among_the_others() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let (_, lines) = desk.bill("TASPEN");
        let long = "x".repeat(10 * 1024 * 1024);
        let file = format!("{}{long}\n", paid_in_full(&lines));
        let import = desk.import("TASPEN", file).expect(201);
        assert_eq!(import["summary"]["matched"]["count"], 1, "{import}");
        let [invalid] = &desk.import_lines(&import, "invalid")[..] else { panic!("{import}") };
        assert_eq!((&invalid["line_no"], &invalid["reason"]), (&json!(3), &json!("line_too_long")));
        assert_balanced(&import);
    });
}

#[test]
fn a_million_empty_lines_are_passed_over() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let (_, lines) = desk.bill("TASPEN");
        let empty = "\n".repeat(1_000_000);
        desk.import("TASPEN", &empty).refused(422, "file_refused");
        let file = paid_in_full(&lines).replacen('\n', &format!("\n{empty}"), 1);
        let import = desk.import("TASPEN", file).expect(201);
        assert_eq!((&import["lines"], &import["status"]), (&json!(1), &json!("done")));
        let paid = desk.import_lines(&import, "matched");
        assert_eq!(paid[0]["line_no"], 1_000_002);
        assert_eq!(desk.spooled(), 0);
    });
}

#[test]
fn the_members_of_another_payer_are_not_paid_by_their_numbers() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        desk.lend("ASABRI", 100, 2);
        desk.bill("TASPEN");
        let (_, others) = desk.bill("ASABRI");
        for heading in ["no_pensiun", "nik"] {
            let row = |line: &Billed| {
                let number = if heading == "nik" { &line.nik } else { &line.no_pensiun };
                format!("{number};{}\n", plain(line.sen))
            };
            let rows: String = others.iter().map(row).collect();
            let import = desk.import("TASPEN", format!("{heading};amount\n{rows}")).expect(201);
            let unmatched = desk.import_lines(&import, "unmatched");
            assert_eq!(unmatched.len(), 2, "{import}");
            assert!(unmatched.iter().all(|line| line["reason"] == "not_billed"), "{unmatched:?}");
            assert_balanced(&import);
        }
        assert!(others.iter().all(|line| desk.payments(line.loan_id) == 0));
    });
}

#[test]
fn a_file_that_says_of_itself_that_it_is_of_another_month_is_refused_whole() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let titled =
            |month: &str| format!("DAFTAR POTONGAN;;\nBULAN {month};;\n{}", paid_in_full(&lines));
        desk.import("TASPEN", titled("JUNI 2026")).refused(422, "file_of_other_month");
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 0));
        let import = desk.import("TASPEN", titled("JULI 2026")).expect(201);
        assert_eq!(import["summary"]["matched"]["count"], 2, "{import}");
    });
}
