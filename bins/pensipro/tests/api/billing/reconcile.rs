//! Lines that somebody settles, and payments of files that are taken back.

use std::thread;

use serde_json::{Value, json};

use super::desk::{Billed, Desk, assert_balanced, paid_in_full, plain, sen};
use crate::{
    support::{Response, on_each_backend},
    verify::assert_proved,
};

/// A line of nobody's, and its number.
#[track_caller]
fn nobodys(desk: &Desk<'_>, sen: i64) -> (Value, i64) {
    let file = format!("no_pensiun;amount\n999999999999999;{}\n", plain(sen));
    let import = desk.import("TASPEN", file).expect(201);
    assert_eq!(import["summary"]["unmatched"]["count"], 1, "{import}");
    let line = desk.import_lines(&import, "")[0]["id"].as_i64().expect("an id");
    (import, line)
}

fn reconcile(desk: &Desk<'_>, line: i64, loan: i64) -> Response {
    let body = json!({"loan_id": loan, "notes": "asked the pay office"});
    desk.finance.post(&format!("/billing/reconcile/{line}"), &body)
}

#[track_caller]
fn import_now(desk: &Desk<'_>, import: &Value) -> Value {
    let import = desk.finance.get(&format!("/billing/import/{}", import["id"])).expect(200);
    assert_balanced(&import);
    import
}

/// Exceptions about a line, open or settled.
#[track_caller]
fn exceptions(desk: &Desk<'_>, line: i64) -> Vec<Value> {
    let noted = desk.house.admin().get("/logs/exceptions?source=billing.import").expect(200);
    let all = noted["data"].as_array().expect("a list").clone();
    all.into_iter().filter(|row| row["payload"]["line_id"] == line).collect()
}

/// What the month's history of the loan's member says of it.
#[track_caller]
pub(super) fn cut(desk: &Desk<'_>, billed: &Billed) -> (Value, i64) {
    let loan = desk.finance.get(&format!("/loans/{}", billed.loan_id)).expect(200);
    let path = format!("/billing/member/{}", loan["member_id"]);
    let history = desk.finance.get(&path).expect(200);
    let rows = history["data"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["reference"] == billed.reference.as_str());
    let row = row.expect("the cut");
    (row["outcome"].clone(), sen(&row["paid"]))
}

#[track_caller]
fn take_back(desk: &Desk<'_>, loan: i64, payment: &Value) {
    let path = format!("/loans/{loan}/payments/{payment}/reverse");
    desk.finance.post(&path, &json!({"reason": "another member's"})).expect(200);
}

#[test]
fn a_line_of_nobodys_is_settled_once_and_everything_follows() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let (import, line) = nobodys(&desk, lines[0].sen);
        let before = desk.owed(lines[0].loan_id);
        let settled = reconcile(&desk, line, lines[0].loan_id).expect(200);
        assert_eq!((&settled["outcome"], &settled["held"]), (&json!("matched"), &json!("0.00")));
        assert_eq!(settled["loan_id"], lines[0].loan_id);
        assert!(settled["payment_id"].is_i64());
        assert_eq!(
            settled["no_pensiun"], "999999999999999",
            "what the payer wrote can be read still"
        );
        assert_eq!(desk.owed(lines[0].loan_id), before - lines[0].sen);
        assert_eq!(cut(&desk, &lines[0]), (json!("matched"), lines[0].sen));
        let import = import_now(&desk, &import);
        assert_eq!(import["summary"]["matched"]["count"], 1);
        assert_eq!(import["summary"]["unmatched"]["count"], 0);
        let [exception] = &exceptions(&desk, line)[..] else { panic!("one exception") };
        assert_eq!(exception["note"], "asked the pay office");
        assert!(exception["resolved_by"].is_i64());
        let again = reconcile(&desk, line, lines[1].loan_id);
        again.refused(409, "line_paid");
        assert_eq!(desk.payments(lines[1].loan_id), 0);

        let trail = house.admin().get("/logs/audit-trails?ref_table=pension_cut_import_lines");
        let row = &trail.expect(200)["data"][0];
        assert_eq!(
            (&row["action"], &row["ref_id"]),
            (&json!("billing.line.reconcile"), &json!(line))
        );
        assert_eq!(row["new_value"]["notes"], "asked the pay office");
        assert_eq!(row["old_value"]["outcome"], "unmatched");
        assert_proved(house);
    });
}

#[test]
fn a_line_settled_by_many_at_once_pays_once() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 4);
        let (_, lines) = desk.bill("TASPEN");
        let (_, line) = nobodys(&desk, 10_000_000);
        let desk = &desk;
        let statuses: Vec<u16> = thread::scope(|scope| {
            let tries = lines
                .iter()
                .map(|billed| scope.spawn(move || reconcile(desk, line, billed.loan_id).status));
            let tries: Vec<_> = tries.collect();
            tries.into_iter().map(|each| each.join().expect("an answer")).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        let paid: usize = lines.iter().map(|billed| desk.payments(billed.loan_id)).sum();
        assert_eq!(paid, 1);
    });
}

#[test]
fn a_duplicate_is_paid_when_somebody_says_that_it_is_other_money() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let (_, lines) = desk.bill("TASPEN");
        desk.import("TASPEN", paid_in_full(&lines)).expect(201);
        let twice = desk.import("TASPEN", format!("{}\n", paid_in_full(&lines))).expect(201);
        let line = &desk.import_lines(&twice, "duplicate")[0];
        let settled = reconcile(&desk, line["id"].as_i64().unwrap(), lines[0].loan_id).expect(200);
        assert_eq!(settled["outcome"], "over");
        assert_eq!(sen(&settled["to_refund"]), lines[0].sen);
        assert_eq!(sen(&settled["difference"]), lines[0].sen);
        assert_eq!(cut(&desk, &lines[0]), (json!("over"), 2 * lines[0].sen));
        let path = format!("/billing/refunds?status=requested&loan_id={}", lines[0].loan_id);
        let refunds = desk.finance.get(&path).expect(200);
        assert_eq!(refunds["data"][0]["source_line_id"], line["id"]);
        import_now(&desk, &twice);
        assert_proved(house);
    });
}

#[test]
fn a_mismatch_is_accepted_as_it_is() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let part = format!("reference;amount\n{};{}\n", lines[0].reference, plain(10_000_000));
        let import = desk.import("TASPEN", part).expect(201);
        let line = &desk.import_lines(&import, "partial")[0];
        let id = line["id"].as_i64().unwrap();
        reconcile(&desk, id, lines[1].loan_id).refused(409, "line_paid");
        let accepted = reconcile(&desk, id, lines[0].loan_id).expect(200);
        assert_eq!(
            (&accepted["outcome"], &accepted["payment_id"]),
            (&json!("partial"), &line["payment_id"])
        );
        assert_eq!(desk.payments(lines[0].loan_id), 1);
        let [exception] = &exceptions(&desk, id)[..] else { panic!("one exception") };
        assert!(exception["resolved_at"].is_string());
    });
}

#[test]
fn what_cannot_be_paid_is_refused_and_stays_as_it_was() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        desk.lend("ASABRI", 100, 1);
        let (_, lines) = desk.bill("TASPEN");
        let (_, asabris) = desk.bill("ASABRI");
        let (import, line) = nobodys(&desk, 5_000_000);
        reconcile(&desk, line, asabris[0].loan_id).refused(422, "other_payers_loan");
        reconcile(&desk, line, 999_999).refused(404, "not_found");
        reconcile(&desk, 999_999, lines[0].loan_id).refused(404, "not_found");
        let path = format!("/billing/reconcile/{line}");
        let faults = desk.finance.post(&path, &json!({})).faults();
        let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["loan_id", "notes"]);

        let quote = format!("/loans/{}/settlement-quote", lines[1].loan_id);
        let total = desk.finance.get(&quote).expect(200)["total"].clone();
        let settle = json!({"settled_on": "2026-07-02", "amount": total, "channel": "tunai"});
        let path = format!("/loans/{}/settlements", lines[1].loan_id);
        house.admin().post(&path, &settle).expect(201);
        reconcile(&desk, line, lines[1].loan_id).refused(422, "loan_takes_no_money");

        let failed = format!("reference;amount;status\n{};0,00;failed\n", lines[0].reference);
        let failed = desk.import("TASPEN", failed).expect(201);
        let failure = desk.import_lines(&failed, "failed")[0]["id"].as_i64().unwrap();
        reconcile(&desk, failure, lines[0].loan_id).refused(409, "nothing_held");
        assert_eq!(import_now(&desk, &import)["summary"]["unmatched"]["held"], "50000.00");
        assert!(exceptions(&desk, line)[0]["resolved_at"].is_null());

        desk.finance.delete(&format!("/billing/import/{}", import["id"]));
        reconcile(&desk, line, lines[0].loan_id).refused(409, "import_discarded");
        assert_proved(house);
    });
}

#[test]
fn a_payment_taken_back_leaves_its_line_to_be_settled_anew() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let failed = format!("reference;amount;status\n{};0,00;failed\n", lines[0].reference);
        desk.import("TASPEN", failed).expect(201);
        let late = format!("reference;amount\n{};{}\n", lines[0].reference, plain(lines[0].sen));
        let import = desk.import("TASPEN", late).expect(201);
        let paid = &desk.import_lines(&import, "matched")[0];
        assert_eq!(cut(&desk, &lines[0]), (json!("matched"), lines[0].sen));

        take_back(&desk, lines[0].loan_id, &paid["payment_id"]);
        let id = paid["id"].as_i64().unwrap();
        let waiting = &desk.import_lines(&import, "unmatched")[0];
        assert_eq!((&waiting["id"], &waiting["reason"]), (&json!(id), &json!("payment_reversed")));
        assert_eq!((sen(&waiting["held"]), &waiting["payment_id"]), (lines[0].sen, &Value::Null));
        assert_eq!(cut(&desk, &lines[0]), (json!("failed"), 0), "the earlier answer stands again");
        assert_eq!(import_now(&desk, &import)["summary"]["matched"]["count"], 0);
        assert!(exceptions(&desk, id).iter().any(|row| row["resolved_at"].is_null()));
        let retried =
            desk.finance.post("/billing/unmatched/retry", &json!({"from_periode": "2026-07"}));
        assert_eq!(retried.expect(201)["retried"], 0, "that is for people");
        assert_proved(house);

        let settled = reconcile(&desk, id, lines[1].loan_id).expect(200);
        assert_ne!(settled["payment_id"], paid["payment_id"]);
        assert_eq!(settled["loan_id"], lines[1].loan_id);
        assert_eq!(settled["reference"], lines[0].reference.as_str());
        import_now(&desk, &import);
        assert_proved(house);
    });
}

#[test]
fn what_is_entered_beside_a_file_counts_against_the_billed_line() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let (_, lines) = desk.bill("TASPEN");
        let part = format!("reference;amount\n{};{}\n", lines[0].reference, plain(10_000_000));
        desk.import("TASPEN", part).expect(201);
        let rest = lines[0].sen - 10_000_000;
        let path = format!("/loans/{}/payments", lines[0].loan_id);
        let counter = json!({"paid_on": "2026-07-02", "amount": plain(rest),
            "channel": "potong_pensiun", "reference": lines[0].reference});
        let counter = desk.finance.post(&path, &counter).expect(201);
        assert_eq!(cut(&desk, &lines[0]), (json!("matched"), lines[0].sen));
        take_back(&desk, lines[0].loan_id, &counter["id"]);
        assert_eq!(cut(&desk, &lines[0]), (json!("partial"), 10_000_000));
        assert_proved(house);
    });
}

#[test]
fn a_failed_cut_taken_back_leaves_the_line_unanswered() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let (_, lines) = desk.bill("TASPEN");
        let failed = format!("reference;amount;status\n{};0,00;failed\n", lines[0].reference);
        desk.import("TASPEN", failed).expect(201);
        assert_eq!(cut(&desk, &lines[0]), (json!("failed"), 0));
        let loan = lines[0].loan_id;
        let all = desk.finance.get(&format!("/loans/{loan}/transactions")).expect(200);
        let of_kind = |row: &&Value| row["kind"] == "failed_cut";
        let id = all["data"].as_array().unwrap().iter().find(of_kind).unwrap()["id"].clone();
        let path = format!("/loans/{loan}/transactions/{id}/reverse");
        house.admin().post(&path, &json!({"reason": "the payer erred"})).expect(200);
        assert_eq!(cut(&desk, &lines[0]), (Value::Null, 0));
        assert_proved(house);
    });
}
