//! Restructures asked for, previewed, decided and taken back; interest that stops by hand.

use serde_json::{Value, json};

use crate::support::{
    Response,
    lending::{Lending, id, rows, with},
    on_each_backend,
};

fn path(loan: i64) -> String {
    format!("/loans/{loan}/restructures")
}

/// A year longer, with what is in arrears on top.
fn longer(date: &str) -> Value {
    json!({"effective_on": date, "extra_months": 12, "arrears": "capitalise",
        "reason": "pensiun dipotong bank lain"})
}

fn decide(by: &crate::support::Client, loan: i64, request: i64, decision: &str) -> Response {
    let body = json!({"decision": decision, "notes": "sesuai rapat"});
    by.post(&format!("{}/{request}/decide", path(loan)), &body)
}

fn get(lending: &Lending, path: &str) -> Value {
    lending.staff.auditor.get(path).expect(200)
}

fn owed(lending: &Lending, loan: i64, date: &str) -> Value {
    get(lending, &format!("/loans/{loan}/outstanding?date={date}"))
}

fn sen(amount: &Value) -> i64 {
    amount.as_str().expect("an amount").replace('.', "").parse().expect("digits")
}

/// Principal of these rows of the schedule, in sen.
fn principal(schedule: &Value) -> i64 {
    rows(schedule).iter().map(|row| sen(&row["principal"])).sum()
}

#[test]
fn it_is_previewed_and_decided_by_another_person() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let before = get(&lending, &format!("/loans/{loan}/schedules"));
        house.set_today("2026-07-11");
        let admin = &lending.staff.admin;
        let request = admin.post(&path(loan), &longer("2026-07-11")).expect(201);
        // Rp 500,000 of interest and ten days of a tenth of a percent of Rp 1,660,716.
        let preview = &request["preview"];
        assert_eq!(preview["capitalised"], "516607.16");
        assert_eq!(preview["principal"], "50516607.16");
        assert_eq!((&preview["replaced"], rows_of(preview).len()), (&json!(36), 47));
        assert_eq!(preview["maturity_before"], "2029-06-01");
        assert_eq!(preview["maturity_date"], "2030-06-01");
        assert_eq!(request["kinds"], json!(["tenor_extension"]));
        assert_eq!(request["status"], "requested");
        assert_eq!(get(&lending, &format!("/loans/{loan}/schedules")), aged(&before));

        let again = lending.staff.finance.post(&path(loan), &longer("2026-07-11"));
        assert_eq!(again.refused(409, "restructure_pending")["existing_id"], request["id"]);
        decide(admin, loan, id(&request), "approve").refused(422, "same_person");
        let finance = &lending.staff.finance;
        decide(finance, loan, id(&request), "approve").refused(403, "permission_denied");
        let manager = &lending.staff.manager;
        let decided = decide(manager, loan, id(&request), "approve").expect(200);
        assert_eq!(decided["status"], "approved");
        let refused = decide(manager, loan, id(&request), "reject");
        assert_eq!(refused.refused(409, "invalid_transition")["from"], "approved");

        let now = owed(&lending, loan, "2026-07-11");
        assert_eq!((&now["principal"], &now["total_due"]), (&json!("50516607.16"), &json!("0.00")));
        assert_eq!(lending.loan(loan)["maturity_date"], "2030-06-01");
        let all = get(&lending, &format!("/loans/{loan}/schedules"));
        assert_eq!(rows(&all).len(), 36 + 47);
        let standing = get(&lending, &format!("/loans/{loan}/schedules?superseded=false"));
        assert_eq!(principal(&standing), 5_051_660_716);
        let made = rows(&standing).iter().map(|row| &row["instalment"]).collect::<Vec<_>>();
        assert_eq!(made[1], &preview["instalment"]);
        let replaced = rows(&all).iter().filter(|row| row["status"] == "superseded").count();
        assert_eq!(replaced, 36);

        let reverse = format!("/loans/{loan}/transactions/{}/reverse", decided["transaction_id"]);
        let why = json!({"reason": "salah hitung"});
        assert_eq!(
            finance.post(&reverse, &why).refused(403, "permission_denied")["permission"],
            "APPROVE_RESTRUCTURE"
        );
        admin.post(&reverse, &why).expect(200);
        assert_eq!(get(&lending, &format!("/loans/{loan}/schedules")), aged(&before));
        assert_eq!(lending.loan(loan)["maturity_date"], "2029-06-01");
        let list = get(&lending, &path(loan));
        assert!(rows(&list)[0]["reversed_by"].is_number());
    });
}

fn rows_of(preview: &Value) -> &[Value] {
    preview["schedule"].as_array().expect("rows")
}

/// A schedule ten days after its first due date.
fn aged(schedule: &Value) -> Value {
    let mut schedule = schedule.clone();
    schedule["data"][0]["penalty"] = json!("16607.16");
    schedule
}

#[test]
fn a_preview_that_no_longer_holds_is_not_decided_on() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-11");
        let (finance, manager) = (&lending.staff.finance, &lending.staff.manager);
        let first = finance.post(&path(loan), &longer("2026-07-11")).expect(201);
        lending.pay(loan, "2026-07-05", "700000");
        let before = lending.loan(loan);
        decide(manager, loan, id(&first), "approve").refused(409, "preview_outdated");
        assert_eq!(lending.loan(loan), before, "nothing changed");
        // Another takes its place, and is refused.
        let second = finance.post(&path(loan), &longer("2026-07-11")).expect(201);
        assert_eq!(rows(&get(&lending, &path(loan)))[0]["status"], "lapsed");
        assert_eq!(decide(manager, loan, id(&second), "reject").expect(200)["status"], "rejected");
        // Nobody decides on a third in time.
        let third = finance.post(&path(loan), &longer("2026-07-11")).expect(201);
        house.set_today("2026-08-11");
        assert_eq!(rows(&get(&lending, &path(loan)))[2]["status"], "lapsed");
        let refused = decide(manager, loan, id(&third), "approve");
        assert_eq!(refused.refused(409, "invalid_transition")["from"], "lapsed");
        finance.post(&path(loan), &longer("2026-08-11")).expect(201);
    });
}

#[test]
fn what_cannot_be_restructured_is_told_why() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, pending) = lending.approved();
        let loan = lending.disbursed();
        house.set_today("2026-07-11");
        let finance = &lending.staff.finance;
        let body = longer("2026-07-11");
        finance.post(&path(pending), &body).refused(409, "loan_not_open");
        for (other, faults) in [
            (json!({"effective_on": "2026-07-12"}), vec![("effective_on", "date_in_future")]),
            (json!({"extra_months": null}), vec![("extra_months", "required")]),
            (json!({"extra_months": 0}), vec![("extra_months", "out_of_range")]),
            (json!({"new_rate": "12"}), vec![("new_rate", "not_reduced")]),
            (json!({"holiday_months": 3}), vec![("holiday", "required")]),
            (json!({"holiday": "capitalise"}), vec![("holiday_months", "required")]),
            (
                json!({"arrears": "forget", "reason": " "}),
                vec![("arrears", "unknown_value"), ("reason", "required")],
            ),
        ] {
            let told = finance.post(&path(loan), &with(&body, &other)).faults();
            let told: Vec<_> = told.iter().map(|(f, c)| (f.as_str(), c.as_str())).collect();
            assert_eq!(told, faults, "{other}");
        }
        let early = with(&body, &json!({"effective_on": "2026-06-14"}));
        finance.post(&path(loan), &early).refused(422, "payment_before_disbursement");
        let quote = get(&lending, &format!("/loans/{loan}/settlement-quote"));
        let settle =
            json!({"settled_on": "2026-07-11", "amount": quote["total"], "channel": "tunai"});
        let settled = finance.post(&format!("/loans/{loan}/settlements"), &settle).expect(201);
        finance.post(&path(loan), &body).refused(409, "loan_not_open");
        let bounced = format!("/loans/{loan}/payments/{}/reverse", settled["payment_id"]);
        finance.post(&bounced, &json!({"reason": "cek kosong"})).expect(200);
        finance.post(&path(loan), &body).refused(409, "loan_settled");
        assert_eq!(rows(&get(&lending, &path(loan))), &[] as &[Value]);
    });
}

/// The payer was asked for July before the restructure, and answers after it.
#[test]
fn a_deduction_that_is_under_way_pays_the_new_rows() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let (finance, manager) = (&lending.staff.finance, &lending.staff.manager);
        house.set_today("2026-06-20");
        let asked = json!({"periode": "2026-07", "payer": "TASPEN"});
        finance.post("/billing/export", &asked).expect(201);
        house.set_today("2026-06-25");
        let body = with(&longer("2026-06-25"), &json!({"extra_months": null, "new_rate": "9"}));
        let request = finance.post(&path(loan), &body).expect(201);
        decide(manager, loan, id(&request), "approve").expect(200);
        house.set_today("2026-07-10");
        let waits = owed(&lending, loan, "2026-07-10");
        assert_eq!(waits["penalty"], "0.00", "the answer is awaited");
        let august = json!({"periode": "2026-08", "payer": "TASPEN", "include_arrears": true});
        let august = finance.post("/billing/export", &august).expect(201);
        let instalment = &request["preview"]["instalment"];
        assert_eq!(&august["total_amount"], instalment, "July was billed before");
        let reference = format!("PC-2026-07-{loan:06}");
        let cut = json!({"paid_on": "2026-07-02", "amount": instalment,
            "channel": "potong_pensiun", "reference": reference});
        let paid = finance.post(&format!("/loans/{loan}/payments"), &cut).expect(201);
        assert_eq!(paid["excess_amount"], "0.00");
        assert_eq!(owed(&lending, loan, "2026-07-10")["dpd"], 0);
    });
}

#[test]
fn interest_stops_by_hand_and_runs_again() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-11");
        let stop = json!({"effective_on": "2026-07-01", "reason": "putusan pengadilan"});
        let freeze = format!("/loans/{loan}/interest-freezes");
        let finance = &lending.staff.finance;
        finance.post(&freeze, &stop).refused(403, "permission_denied");
        let manager = &lending.staff.manager;
        let stopped = manager.post(&freeze, &stop).expect(201);
        assert_eq!(stopped["kind"], "interest_freeze");
        manager.post(&freeze, &stop).refused(409, "interest_frozen");
        let now = owed(&lending, loan, "2026-09-01");
        let interest = (&now["interest_due"], &now["interest_to_come"]);
        assert_eq!(interest, (&json!("500000.00"), &json!("0.00")));
        // The payer is asked for principal alone.
        let asked = json!({"periode": "2026-09", "payer": "TASPEN"});
        let export = finance.post("/billing/export", &asked).expect(201);
        let schedule = get(&lending, &format!("/loans/{loan}/schedules"));
        assert_eq!(export["total_amount"], rows(&schedule)[2]["principal"]);
        let reverse = format!("/loans/{loan}/transactions/{}/reverse", id(&stopped));
        lending.staff.admin.post(&reverse, &json!({"reason": "banding menang"})).expect(200);
        assert_ne!(owed(&lending, loan, "2026-09-01")["interest_to_come"], "0.00");
    });
}
