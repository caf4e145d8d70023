//! What happened to a member, and how what is held of him was put right.

use serde_json::{Value, json};

use crate::{
    billing::{Desk, plain, sen},
    support::{
        Client,
        lending::{Lending, id, rows},
        on_each_backend,
        people::{branch, clerk, registered},
    },
};

/// Every event of a member, by pages of so many.
#[track_caller]
fn timeline(client: &Client, member: i64, limit: u32) -> Vec<Value> {
    let (mut events, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/members/{member}/timeline?limit={limit}&count=true{cursor}");
        let page = client.get(&path).expect(200);
        events.extend(rows(&page).iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => {
                assert_eq!(page["total"], events.len());
                return events;
            }
        }
    }
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().rev().map(|event| event["event"].as_str().unwrap()).collect()
}

/// The event of this name, which must be one alone.
#[track_caller]
fn one<'a>(events: &'a [Value], name: &str) -> &'a Value {
    let mut found = events.iter().filter(|event| event["event"] == name);
    let event = found.next().unwrap_or_else(|| panic!("no {name} in {events:#?}"));
    assert!(found.next().is_none(), "{name} twice");
    event
}

fn change(event: &Value, field: &str) -> Value {
    let mut changes = event["changes"].as_array().unwrap().iter();
    let found = changes.find(|change| change["field"] == field).cloned();
    found.unwrap_or_else(|| panic!("no {field} in {event:#}"))
}

#[test]
fn everything_that_people_do_about_a_member_is_told_with_its_actor() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let staff = &lending.staff;
        let loan = lending.disbursed();
        let member = lending.loan(loan)["member_id"].as_i64().unwrap();
        let path = format!("/members/{member}");
        let contact = json!({"kind": "phone", "value": "081234567890"});
        staff.sales.post(&format!("{path}/contacts"), &contact).expect(201);
        staff.sales.put(&path, &json!({"address": "Jl. Mawar 1", "pay_office": "BRI"})).expect(200);
        let payment = lending.pay(loan, "2026-06-15", "100000.00");
        let reverse = format!("/loans/{loan}/payments/{}/reverse", id(&payment));
        staff.admin.post(&reverse, &json!({"reason": "salah catat"})).expect(200);

        let events = timeline(&staff.auditor, member, 3);
        assert_eq!(events, timeline(&staff.auditor, member, 200));
        assert_eq!(
            names(&events),
            [
                "member.register",
                "member.document.upload",
                "member.document.verify",
                "member.document.upload",
                "member.document.verify",
                "member.document.upload",
                "member.document.verify",
                "member.bank_account.add",
                "application.create",
                "application.submit",
                "application.analyze",
                "application.decide",
                "application.decide",
                "loan.create",
                "application.disburse",
                "loan.disburse",
                "member.contact.add",
                "member.update",
                "loan.payment",
                "loan.reverse",
            ]
        );
        let update = one(&events, "member.update");
        assert_eq!(update["personal_fields"], json!(["address"]));
        assert_eq!(update["changes"], json!([{"field": "pay_office", "old": null, "new": "BRI"}]));
        let sales = staff.sales.get("/auth/me").expect(200);
        assert_eq!(update["actor_id"], sales["user_id"]);
        assert_eq!(update["actor_name"], sales["full_name"]);
        assert_eq!((&update["ref_table"], &update["ref_id"]), (&json!("members"), &json!(member)));
        assert!(update["at"].is_string());
        let disbursed = one(&events, "loan.disburse");
        assert_eq!(change(disbursed, "amount")["new"], "50000000.00");
        let text = serde_json::to_string(&events).unwrap();
        for secret in ["081234567890", "Jl. Mawar 1", "3173051708570001", "001201000123456"] {
            assert!(!text.contains(secret), "{secret} is told");
        }
    });
}

#[test]
fn a_death_is_told_with_what_it_did_to_loans_and_applications() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let member = lending.loan(loan)["member_id"].as_i64().unwrap();
        let manager = &lending.staff.manager;
        let died = json!({"status": "meninggal", "deceased_on": "2026-06-10"});
        manager.put(&format!("/members/{member}"), &died).expect(200);
        let events = timeline(&lending.staff.auditor, member, 2);
        let update = one(&events, "member.update");
        assert_eq!(change(update, "status")["new"], "meninggal");
        assert!(update["personal_fields"].as_array().unwrap().contains(&json!("deceased_on")));
        let followed = one(&events, "loan.follow_member");
        assert_eq!((&followed["ref_table"], &followed["ref_id"]), (&json!("loans"), &json!(loan)));
        assert_eq!(followed["actor_id"], manager.get("/auth/me").expect(200)["user_id"]);
    });
}

#[test]
fn what_files_of_pension_cuts_did_is_told_too() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let file = format!(
            "reference;amount;status;reason\n{};{};paid;\n{};0;failed;SALDO TIDAK CUKUP\n",
            lines[0].reference,
            plain(lines[0].sen + 500_000),
            lines[1].reference
        );
        desk.import("TASPEN", file).expect(201);
        let clerk = house.admin();
        let member = |loan: i64| {
            clerk.get(&format!("/loans/{loan}")).expect(200)["member_id"].as_i64().unwrap()
        };

        let paid = timeline(&clerk, member(lines[0].loan_id), 1);
        let payment = one(&paid, "loan.payment");
        assert_eq!(sen(&change(payment, "amount")["new"]), lines[0].sen + 500_000);
        assert_eq!(change(payment, "channel")["new"], "potong_pensiun");
        assert_eq!(change(payment, "periode")["new"], "2026-07");
        let finance = desk.finance.get("/auth/me").expect(200);
        assert_eq!(payment["actor_id"], finance["user_id"]);
        let billed = one(&paid, "pension_cut.billed");
        assert_eq!(change(billed, "outcome")["new"], "over");
        let refund = one(&paid, "refund.request");
        assert_eq!(change(refund, "amount")["new"], "5000.00");

        let failed = timeline(&clerk, member(lines[1].loan_id), 200);
        assert_eq!(change(one(&failed, "loan.cut_failed"), "due_from")["new"], "2026-07-05");
        let billed = one(&failed, "pension_cut.billed");
        assert_eq!(change(billed, "outcome")["new"], "failed");
        assert!(change(billed, "reason")["new"].is_string());
        assert!(failed.iter().all(|event| event["event"] != "loan.payment"));
    });
}

#[test]
fn rectifications_show_what_was_and_what_is() {
    on_each_backend(|house| {
        let (sales, auditor) = (house.user(&["SALES"]), house.user(&["AUDITOR"]));
        let path = registered(&sales, 1);
        let (contacts, history) = (format!("{path}/contacts"), format!("{path}/rectifications"));
        assert_eq!(auditor.get(&history).expect(200)["data"], json!([]));
        let fields = json!({"name": "Suparman Hadi", "nik": "3173051708570099"});
        sales.put(&path, &fields).expect(200);
        let contact = json!({"kind": "phone", "value": "081234567890"});
        let contact = id(&sales.post(&contacts, &contact).expect(201));
        let number = json!({"value": "081298765432"});
        sales.put(&format!("{contacts}/{contact}"), &number).expect(200);
        sales.delete(&format!("{contacts}/{contact}")).expect(204);

        let first = auditor.get(&format!("{history}?limit=2&count=true")).expect(200);
        assert_eq!(first["total"], 3);
        let next = first["next_cursor"].as_str().unwrap();
        let second = auditor.get(&format!("{history}?limit=2&count=true&cursor={next}"));
        let second = second.expect(200);
        assert!(second["next_cursor"].is_null());
        let made: Vec<&Value> = rows(&first).iter().chain(rows(&second)).collect();
        let actions: Vec<_> = made.iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(actions, ["member.contact.delete", "member.contact.update", "member.update"]);
        assert_eq!(
            made[1]["changes"],
            json!([{"field": "value", "old": "+6281234567890", "new": "+6281298765432"}])
        );
        assert_eq!(
            made[2]["changes"],
            json!([
                {"field": "name", "old": "Suparman 001", "new": "Suparman Hadi"},
                {"field": "nik", "old": "3173051708570001", "new": "3173051708570099"},
            ])
        );
        assert_eq!(change(made[0], "value")["new"], Value::Null);
        let who = sales.get("/auth/me").expect(200);
        assert_eq!(
            (&made[2]["actor_id"], &made[2]["actor_name"]),
            (&who["user_id"], &who["full_name"])
        );
    });
}

#[test]
fn whoever_does_not_see_the_member_sees_no_history_of_his() {
    on_each_backend(|house| {
        branch(house, 1);
        branch(house, 2);
        let (own, other) = (clerk(house, 1, "SALES"), clerk(house, 2, "SALES"));
        let path = registered(&own, 1);
        for below in ["timeline", "rectifications"] {
            own.get(&format!("{path}/{below}")).expect(200);
            other.get(&format!("{path}/{below}")).refused(404, "not_found");
            let another = registered(&own, if below == "timeline" { 2 } else { 3 });
            let first = own.get(&format!("{path}/{below}?limit=1")).expect(200);
            if let Some(cursor) = first["next_cursor"].as_str() {
                let moved = own.get(&format!("{another}/{below}?limit=1&cursor={cursor}"));
                moved.refused(400, "invalid_cursor");
            }
        }
        house.admin().delete(&path).expect(204);
        own.get(&format!("{path}/timeline")).refused(404, "not_found");
    });
}
