//! The books: what was billed is accounted for, line by line, whatever the payer sends.

use super::desk::{Billed, Desk, assert_balanced, plain, sen};
use crate::support::on_each_backend;

#[test]
fn what_was_billed_is_what_came_back_by_outcome_and_what_did_not() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 12);
        let (_, lines) = desk.bill("TASPEN");
        // Of twelve: four in full, two short, one over, two failed; three do not come back.
        let row = |line: &Billed, sen: i64| format!("{};{};paid;\n", line.reference, plain(sen));
        let rows: Vec<String> = lines
            .iter()
            .enumerate()
            .filter_map(|(at, line)| match at {
                0..4 => Some(row(line, line.sen)),
                4..6 => Some(row(line, line.sen - 5_000_000)),
                6 => Some(row(line, line.sen + 1_000_000)),
                7..9 => Some(format!("{};;failed;SALDO TIDAK CUKUP\n", line.reference)),
                _ => None,
            })
            .collect();
        // And money that belongs to no line, or that came before.
        let strays = format!("{}PC-2026-07-999999;250000.00;paid;\n", row(&lines[0], lines[0].sen));
        let file = format!("reference;amount;status;reason\n{}{strays}", rows.concat());
        let import = desk.import("TASPEN", file).expect(201);
        assert_balanced(&import);

        let summary = &import["summary"];
        let billed = |outcome: &str| sen(&summary[outcome]["billed"]);
        let answered: i64 =
            ["matched", "partial", "over", "failed"].iter().map(|o| billed(o)).sum();
        let not_returned: i64 = lines[9..].iter().map(|line| line.sen).sum();
        assert_eq!(answered + not_returned, lines.iter().map(|line| line.sen).sum::<i64>());
        for outcome in ["unmatched", "duplicate", "invalid"] {
            assert_eq!(billed(outcome), 0, "{outcome}");
        }
        let counts: Vec<i64> = ["matched", "partial", "over", "failed", "unmatched", "duplicate"]
            .iter()
            .map(|outcome| summary[outcome]["count"].as_i64().unwrap())
            .collect();
        assert_eq!(counts, [4, 2, 1, 2, 1, 1]);
        // The export's own lines hold the same.
        let by_line = house.database.texts(
            "SELECT COALESCE(outcome, 'not_returned') || ' ' || CAST(COUNT(*) AS TEXT) || ' ' || \
             CAST(SUM(amount) AS TEXT) AS text FROM pension_cut_export_lines WHERE is_live \
             GROUP BY outcome ORDER BY 1",
        );
        let mut of: Vec<String> = ["failed", "matched", "over", "partial"]
            .iter()
            .map(|outcome| format!("{outcome} {} {}", summary[outcome]["count"], billed(outcome)))
            .collect();
        of.push(format!("not_returned 3 {not_returned}"));
        of.sort();
        assert_eq!(by_line, of);
    });
}
