//! Lines of nobody's that are tried again.

use std::{collections::BTreeMap, thread};

use serde_json::{Value, json};

use super::{
    desk::{Desk, assert_balanced, paid_in_full, plain},
    reconcile::cut,
};
use crate::{
    support::{on_each_backend, running::until},
    verify::assert_proved,
};

#[track_caller]
fn retry(desk: &Desk<'_>) -> Value {
    desk.finance.post("/billing/unmatched/retry", &json!({"from_periode": "2026-07"})).expect(201)
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
        let runs = house.admin().get("/logs/audit-trails?ref_table=billing_retries").expect(200);
        let runs: Vec<_> = runs["data"].as_array().unwrap().iter().take(2).collect();
        assert_eq!(
            (&runs[0]["action"], &runs[1]["action"]),
            (&json!("billing.retry.done"), &json!("billing.retry.begin"))
        );
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
        // Who asks while a run goes on is shown that run.
        let runs: BTreeMap<i64, i64> = thread::scope(|scope| {
            let told = |run: Value| (run["id"].as_i64().expect("an id"), count(&run)[1]);
            let tries: Vec<_> = (0..4).map(|_| scope.spawn(move || told(retry(desk)))).collect();
            tries.into_iter().map(|each| each.join().expect("an answer")).collect()
        });
        assert_eq!(runs.values().sum::<i64>(), 12);
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
        let first = desk.finance.post_with(path, &key, &wish).expect(201);
        desk.bill("TASPEN");
        let again = desk.finance.post_with(path, &key, &wish);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        // It shows how the run stands, as every answer of something longer.
        assert_eq!(again.expect(201), first);
        let other = json!({"from_periode": "2026-07", "payer": "TASPEN"});
        desk.finance.post_with(path, &key, &other).refused(422, "idempotency_key_reused");
        assert_eq!(count(&retry(&desk)), [1, 1, 0, 0]);
        let asabris = json!({"from_periode": "2026-07", "payer": "ASABRI"});
        assert_eq!(desk.finance.post(path, &asabris).expect(201)["retried"], 0);
    });
}

#[test]
fn a_long_retry_is_told_of_and_goes_on_after_a_kill() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        early(&desk, 2);
        desk.bill("TASPEN");
        // A run that was left by a process that is gone: one line tried, one left.
        let admin = house.admin();
        let lines = admin.get("/billing/unmatched?periode=2026-07").expect(200);
        let first = lines["data"][0]["id"].as_i64().expect("a line");
        house
            .database
            .execute(&format!(
                "INSERT INTO billing_retries (id, from_periode, payer, status, through, retried, \
                 matched, duplicate, created_at) \
                 VALUES (77, '2026-07', '', 'running', {first}, 1, 0, 0, '2026-06-15 00:00:00')"
            ))
            .expect("the run is there");
        let path = "/billing/unmatched/retry/77";
        let run = until("the run ends", || {
            let run = admin.get(path).expect(200);
            (run["status"] == "done").then_some(run)
        });
        assert_eq!(count(&run), [2, 1, 0, 1]);
        desk.finance.get(path).expect(200);
        admin.get("/billing/unmatched/retry/78").refused(404, "not_found");
        let soon = [("Prefer", "respond-async")];
        let wish = json!({"from_periode": "2026-07"});
        let begun = desk.finance.post_with("/billing/unmatched/retry", &soon, &wish);
        let place = begun.header("location").expect("its place").to_owned();
        begun.expect(202);
        let run = until("the run ends", || {
            let run = desk.finance.get(&place).expect(200);
            (run["status"] == "done").then_some(run)
        });
        assert_eq!(count(&run), [1, 1, 0, 0]);
    });
}
