//! The month's export to a payer.

use serde_json::json;

use super::desk::{Desk, sen, until};
use crate::support::on_each_backend;

#[test]
fn an_export_bills_each_loan_of_the_payer_once_in_the_payers_file() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 3);
        desk.lend("ASABRI", 100, 1);
        let made = desk.export(&json!({"periode": "2026-07", "payer": "TASPEN"}));
        let location = made.header("location").unwrap().to_owned();
        let export = made.expect(201);
        assert_eq!(location, format!("/billing/export/{}", export["id"]));
        assert_eq!(export["status"], "generated");
        assert_eq!((&export["lines"], &export["left_out"]), (&json!(3), &json!(0)));

        let file = desk.finance.get(&format!("{location}/file"));
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        let name = format!("attachment; filename=\"potongan-2026-07-TASPEN-{}.csv\"", export["id"]);
        assert_eq!(file.header("content-disposition"), Some(name.as_str()));
        let lines = super::desk::billed(&file.text());
        assert_eq!(lines.len(), 3);
        assert_eq!(lines.iter().map(|line| line.sen).sum::<i64>(), sen(&export["total_amount"]));
        assert!(
            lines.iter().all(|line| line.reference == format!("PC-2026-07-{:06}", line.loan_id))
        );
        assert!(lines.iter().all(|line| line.nik.len() == 16 && line.name.starts_with("Siti")));

        let audit =
            house.admin().get("/logs/audit-trails?ref_table=pension_cut_exports").expect(200);
        let actions: Vec<_> =
            audit["data"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
        let (download, generate, create) =
            ("billing.export.download", "billing.export.generate", "billing.export.create");
        assert_eq!(actions, [download, generate, create]);
        let actors = audit["data"].as_array().unwrap().iter();
        assert!(actors.map(|row| &row["actor_id"]).all(|actor| *actor == export["created_by"]));
    });
}

#[test]
fn one_live_export_a_scope_and_one_live_line_a_loan() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let wish = json!({"periode": "2026-07", "payer": "TASPEN"});
        let first = desk.export(&wish).expect(201);
        let again = desk.export(&wish);
        assert!(again.header("location").is_some());
        assert_eq!(again.expect(200)["id"], first["id"]);

        let office =
            json!({"periode": "2026-07", "payer": "TASPEN", "pay_office": "BRI Tanah Abang"});
        let narrow = desk.export(&office).expect(201);
        assert_eq!((&narrow["lines"], &narrow["left_out"]), (&json!(0), &json!(2)));
        let path = format!("/billing/export/{}?limit=5", narrow["id"]);
        let left_out = desk.finance.get(&path).expect(200);
        for loan in left_out["data"].as_array().unwrap() {
            assert_eq!(
                (&loan["reason"], &loan["held_by"]),
                (&json!("held_by_export"), &first["id"])
            );
        }
        let listed = desk.finance.get("/billing/export?periode=2026-07&payer=TASPEN").expect(200);
        assert_eq!(listed["data"][0]["id"], narrow["id"]);
        assert_eq!(listed["data"][1]["id"], first["id"]);
    });
}

#[test]
fn an_export_of_a_pay_office_bills_its_pensioners_and_the_others_are_left_to_the_whole_one() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let of = |office: &str| {
            let wish = json!({"periode": "2026-07", "payer": "TASPEN", "pay_office": office});
            desk.export(&wish).expect(201)
        };
        let other = of("BRI Senen");
        assert_eq!((&other["lines"], &other["left_out"]), (&json!(0), &json!(0)));
        let export = of("BRI Tanah Abang");
        assert_eq!((&export["lines"], &export["left_out"]), (&json!(2), &json!(0)));
        let lines = desk.lines_of(export["id"].as_i64().unwrap());
        assert_eq!(lines.iter().map(|line| line.sen).sum::<i64>(), sen(&export["total_amount"]));

        desk.lend("TASPEN", 100, 1);
        let whole = desk.export(&json!({"periode": "2026-07", "payer": "TASPEN"})).expect(201);
        assert_eq!((&whole["lines"], &whole["left_out"]), (&json!(1), &json!(2)));
        let import = desk.import("TASPEN", super::desk::paid_in_full(&lines)).expect(201);
        assert_eq!(import["summary"]["matched"]["count"], 2, "{import}");
    });
}

#[test]
fn a_sent_export_is_replaced_only_with_a_reason_and_its_references_stay() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (first, lines) = desk.bill("TASPEN");
        let path = format!("/billing/export/{first}/sent");
        desk.finance.post(&path, &json!({"sent_on": "2026-07-03"})).refused(422, "sent_on_ahead");
        let faults = desk.finance.post(&path, &json!({})).faults();
        assert_eq!(faults, [("sent_on".to_owned(), "required".to_owned())]);
        let sent = desk.finance.post(&path, &json!({"sent_on": "2026-07-01", "note": "by mail"}));
        let sent = sent.expect(200);
        assert_eq!((&sent["status"], &sent["note"]), (&json!("sent"), &json!("by mail")));

        let mut wish = json!({"periode": "2026-07", "payer": "TASPEN", "replace": true});
        desk.export(&wish).refused(422, "reason_required");
        wish["reason"] = json!("wrong amounts");
        let second = desk.export(&wish).expect(201);
        assert_eq!((&second["replaces"], &second["lines"]), (&json!(first), &json!(2)));
        let old = desk.finance.get(&format!("/billing/export/{first}")).expect(200);
        assert_eq!(old["status"], "superseded");
        let after = desk.lines_of(second["id"].as_i64().unwrap());
        let references = |lines: &[super::desk::Billed]| {
            lines.iter().map(|line| line.reference.clone()).collect::<Vec<_>>()
        };
        assert_eq!(references(&after), references(&lines));

        desk.import("TASPEN", super::desk::paid_in_full(&lines)).expect(201);
        desk.export(&wish).refused(409, "export_answered");
    });
}

#[test]
fn who_does_not_wait_gets_202_and_the_key_gives_the_present_state() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let wish = json!({"periode": "2026-07", "payer": "TASPEN"});
        let headers = [("Prefer", "respond-async"), ("Idempotency-Key", "july")];
        let begun = desk.finance.post_with("/billing/export", &headers, &wish);
        let location = begun.header("location").unwrap().to_owned();
        let begun = begun.expect(202);
        assert_eq!(begun["status"], "generating");
        until("the export", || {
            let export = desk.finance.get(&location).expect(200);
            (export["status"] == "generated").then_some(())
        });
        let again = desk.finance.post_with("/billing/export", &headers[1..], &wish);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        let again = again.expect(201);
        assert_eq!((&again["id"], &again["status"]), (&begun["id"], &json!("generated")));
        let other = json!({"periode": "2026-08", "payer": "TASPEN"});
        let reused = desk.finance.post_with("/billing/export", &headers, &other);
        reused.refused(422, "idempotency_key_reused");
    });
}

#[test]
fn what_cannot_be_exported_is_told_field_by_field() {
    on_each_backend(|house| {
        let desk = Desk::new(house);
        let faults = desk.export(&json!({"periode": "2026-13", "payer": "PLN"})).faults();
        let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["periode", "payer"]);
        desk.export(&json!({"period": "2026-07"})).refused(400, "unreadable_body");
        desk.finance.get("/billing/export/999").refused(404, "not_found");
        desk.finance.get("/billing/export/999/file").refused(404, "not_found");
        desk.finance.get("/billing/export?bank=BRI").refused(400, "invalid_query");
        desk.finance.get("/billing/export?status=done").refused(400, "invalid_query");
        let auditor = house.user(&["AUDITOR"]);
        let denied = auditor.post("/billing/export", &json!({})).refused(403, "permission_denied");
        assert_eq!(denied["permission"], "EXPORT_BILLING");
    });
}

/// Sets a configuration key.
#[track_caller]
fn set(house: &crate::support::House, key: &str, value: &str) {
    let admin = house.admin();
    let keys = admin.get("/configurations?limit=200").expect(200);
    let rows = keys["data"].as_array().expect("a list");
    let row = rows.iter().find(|row| row["config_key"] == key).expect("the key");
    let path = format!("/configurations/{}", row["id"]);
    admin.put(&path, &json!({"config_value": value})).expect(200);
}

#[test]
fn an_export_past_its_cut_off_needs_a_reason() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        set(house, "BILLING_CUT_OFF_DAY", "20");
        let mut wish = json!({"periode": "2026-08", "payer": "TASPEN"});
        assert_eq!(desk.export(&wish).expect(201)["reason"], json!(null));
        let mut late = json!({"periode": "2026-07", "payer": "TASPEN"});
        desk.export(&late).refused(422, "past_cut_off");
        late["reason"] = json!("the pay office takes it until the 3rd");
        let export = desk.export(&late).expect(201);
        assert_eq!(export["reason"], late["reason"]);
        assert_eq!(desk.export(&late).expect(200)["id"], export["id"]);
        house.set_today("2026-07-21");
        wish["replace"] = json!(true);
        desk.export(&wish).refused(422, "past_cut_off");
    });
}

#[test]
fn arrears_are_billed_by_rule_unless_an_export_says_otherwise() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        house.set_today("2026-08-02");
        let bill = |more: &serde_json::Value| {
            let mut wish = json!({"periode": "2026-08", "payer": "TASPEN", "replace": true});
            wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let export = desk.export(&wish).expect(201);
            desk.lines_of(export["id"].as_i64().unwrap())[0].sen
        };
        let month = bill(&json!({}));
        set(house, "BILLING_ARREARS", "true");
        assert_eq!(bill(&json!({})), 2 * month);
        assert_eq!(bill(&json!({"include_arrears": false})), month);
    });
}
