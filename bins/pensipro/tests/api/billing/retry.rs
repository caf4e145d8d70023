//! Lines of nobody's that are tried again.

use std::thread;

use serde_json::{Value, json};

use super::{
    desk::{Desk, assert_balanced, paid_in_full, plain},
    reconcile::cut,
};
use crate::{support::on_each_backend, verify::assert_proved};

#[track_caller]
fn retry(desk: &Desk<'_>) -> Value {
    desk.finance.post("/billing/unmatched/retry", &json!({"from_periode": "2026-07"})).expect(200)
}

fn count(answer: &Value) -> [i64; 4] {
    ["retried", "matched", "duplicate", "still_unmatched"]
        .map(|field| answer[field].as_i64().expect("a number"))
}

/// A file that came before the month was billed: all of it waits.
#[track_caller]
fn early(desk: &Desk<'_>, count: u32) -> Value {
    let rows: String = (1..=count).map(|no| format!("{no:015};{}\n", plain(10_000_000))).collect();
    let import = desk.import("TASPEN", format!("no_pensiun;amount\n{rows}")).expect(201);
    assert_eq!(import["summary"]["unmatched"]["count"], count, "{import}");
    import
}

#[test]
fn lines_that_came_before_their_bill_are_paid_once() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 3);
        let import = early(&desk, 4);
        assert_eq!(count(&retry(&desk)), [4, 0, 0, 4]);
        let (_, lines) = desk.bill("TASPEN");
        assert_eq!(count(&retry(&desk)), [4, 3, 0, 1]);
        assert_eq!(count(&retry(&desk)), [1, 0, 0, 1]);
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
        let path = format!("/billing/import/{}", import["id"]);
        let import = desk.finance.get(&path).expect(200);
        assert_balanced(&import);
        assert_eq!(import["summary"]["partial"]["count"], 3);
        let open = house.admin().get("/logs/exceptions?source=billing.import&resolved=false");
        assert_eq!(open.expect(200)["data"].as_array().unwrap().len(), 1);
        let actions = house.admin().get("/logs/audit-trails?ref_table=pension_cut_imports");
        assert_eq!(actions.expect(200)["data"][0]["action"], "billing.import.retry");
        assert_proved(house);
    });
}

#[test]
fn a_line_is_tried_in_the_present_month_after_its_own() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        early(&desk, 1);
        house.set_today("2026-08-02");
        let wish = json!({"periode": "2026-08", "payer": "TASPEN"});
        let export = desk.export(&wish).expect(201);
        let lines = desk.lines_of(export["id"].as_i64().unwrap());
        assert_eq!(count(&retry(&desk)), [1, 1, 0, 0]);
        assert_eq!(lines[0].reference, "PC-2026-08-000001");
        assert_eq!(cut(&desk, &lines[0]), (json!("partial"), 10_000_000));
        assert_proved(house);
    });
}

#[test]
fn money_of_a_month_that_is_paid_by_now_is_a_duplicate() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        early(&desk, 1);
        let (_, lines) = desk.bill("TASPEN");
        desk.import("TASPEN", paid_in_full(&lines)).expect(201);
        assert_eq!(count(&retry(&desk)), [1, 0, 1, 0]);
        assert_eq!(count(&retry(&desk)), [0, 0, 0, 0]);
        assert_eq!(desk.payments(lines[0].loan_id), 1);
        assert_proved(house);
    });
}

#[test]
fn retries_at_once_pay_each_line_once() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 12);
        early(&desk, 12);
        let (_, lines) = desk.bill("TASPEN");
        let desk = &desk;
        let matched: i64 = thread::scope(|scope| {
            let tries: Vec<_> =
                (0..4).map(|_| scope.spawn(move || count(&retry(desk))[1])).collect();
            tries.into_iter().map(|each| each.join().expect("an answer")).sum()
        });
        assert_eq!(matched, 12);
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
        assert_proved(house);
    });
}

#[test]
fn a_key_gives_the_first_answer_again() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        early(&desk, 1);
        let key = [("Idempotency-Key", "again")];
        let wish = json!({"from_periode": "2026-07"});
        let path = "/billing/unmatched/retry";
        let first = desk.finance.post_with(path, &key, &wish).expect(200);
        desk.bill("TASPEN");
        let again = desk.finance.post_with(path, &key, &wish);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(200), first);
        let other = json!({"from_periode": "2026-07", "payer": "TASPEN"});
        desk.finance.post_with(path, &key, &other).refused(422, "idempotency_key_reused");
        assert_eq!(count(&retry(&desk)), [1, 1, 0, 0]);
        let asabris = json!({"from_periode": "2026-07", "payer": "ASABRI"});
        assert_eq!(desk.finance.post(path, &asabris).expect(200)["retried"], 0);
    });
}
