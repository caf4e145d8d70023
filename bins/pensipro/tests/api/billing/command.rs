//! `pensipro billing`: the same from the command line.

use std::{path::Path, process::Output};

use super::desk::{Desk, billed, paid_in_full, plain};
use crate::{
    support::{House, on_each_backend, running::program},
    verify::assert_proved,
};

fn billing(house: &House, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = program(&house.database, folder);
    command.arg("billing").args(arguments).output().expect("the program runs")
}

#[track_caller]
fn done(output: &Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_month_from_the_export_to_the_last_line_at_the_command_line() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 3);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let run = |arguments: &[&str]| billing(house, folder.path(), arguments);
        let month = ["--payer", "TASPEN", "--periode", "2026-07"];
        let export = [&["export"], &month[..]].concat();
        let lines = billed(&done(&run(&export)));
        assert_eq!(lines.len(), 3);
        assert_eq!(billed(&done(&run(&export))).len(), 3, "the live one again");

        let file = folder.path().join("realisasi.csv");
        let rows = format!("{};{}\n", "PC-1999-01-000001", plain(100));
        std::fs::write(&file, paid_in_full(&lines[..2]) + &rows).expect("it is written");
        let import = [&["import", file.to_str().expect("a path")], &month[..]].concat();
        let told = done(&run(&import));
        assert!(told.contains("matched: 2 lines"), "{told}");
        assert!(told.contains("unmatched: 1 lines, 1.00"), "{told}");
        assert!(done(&run(&import)).contains("the file is there already"));

        let retried = done(&run(&["retry", "--from-periode", "2026-07"]));
        assert!(retried.starts_with("1 lines were tried again: 0 matched"), "{retried}");
        let waiting = desk.finance.get("/billing/unmatched?periode=2026-07").expect(200);
        let line = waiting["data"][0]["id"].to_string();
        let loan = lines[2].loan_id.to_string();
        let settle = ["reconcile", &line, "--loan", &loan, "--notes", "asked the pay office"];
        assert!(done(&run(&settle)).contains("is partial: 1.00 applied"));
        let other = lines[0].loan_id.to_string();
        let settle = ["reconcile", &line, "--loan", &other, "--notes", "another"];
        assert!(refused(&run(&settle)).contains("the line is paid already"));
        assert!(refused(&run(&["retry", "--from-periode", "July"])).contains("from_periode"));
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
        assert_eq!(desk.spooled(), 0);
        assert_proved(house);
    });
}
