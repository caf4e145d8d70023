//! Payments at the counter, and taking them back.

use serde_json::{Value, json};

use crate::support::{
    Response,
    lending::{Lending, id, rows, with},
    on_each_backend,
};

fn pay(lending: &Lending, loan: i64, body: &Value) -> Response {
    let usual = json!({"paid_on": "2026-07-01", "amount": "1660716", "channel": "transfer"});
    lending.staff.finance.post(&format!("/loans/{loan}/payments"), &with(&usual, body))
}

fn outstanding(lending: &Lending, loan: i64, date: &str) -> Value {
    let path = format!("/loans/{loan}/outstanding?date={date}");
    lending.staff.auditor.get(&path).expect(200)
}

/// The rows, whichever transaction made them.
fn schedule(lending: &Lending, loan: i64) -> Vec<Value> {
    let path = format!("/loans/{loan}/schedules");
    let mut rows = rows(&lending.staff.auditor.get(&path).expect(200)).to_vec();
    for row in &mut rows {
        row.as_object_mut().expect("a row").remove("made_by");
    }
    rows
}

#[test]
fn an_instalment_pays_interest_then_principal_of_its_row() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-01");
        let body = json!({"reference": "TRF-1"});
        let made = pay(&lending, loan, &body);
        assert_eq!(made.header("location"), Some(format!("/loans/{loan}/payments").as_str()));
        let made = made.expect(201);
        assert_eq!((&made["amount"], &made["channel"]), (&json!("1660716.00"), &json!("transfer")));
        assert_eq!(
            (&made["excess_to"], &made["excess_amount"]),
            (&json!("prepay_next"), &json!("0.00"))
        );
        let parts = json!([
            {"no": 1, "component": "interest", "amount": "500000.00"},
            {"no": 1, "component": "principal", "amount": "1160716.00"},
        ]);
        assert_eq!(made["allocations"], parts);
        let row = &schedule(&lending, loan)[0];
        assert_eq!((&row["status"], &row["interest_paid"]), (&json!("paid"), &json!("500000.00")));
        let owed = outstanding(&lending, loan, "2026-07-01");
        assert_eq!(
            (&owed["principal"], &owed["total_due"]),
            (&json!("48839284.00"), &json!("0.00"))
        );
        assert_eq!((&owed["dpd"], &owed["kolektibilitas"]), (&json!(0), &json!(1)));
        let path = format!("/loans/{loan}/payments");
        assert_eq!(rows(&lending.staff.auditor.get(&path).expect(200)), [made]);
    });
}

#[test]
fn every_fault_of_a_payment_is_told_at_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let path = format!("/loans/{loan}/payments");
        let faults = |body: &Value| {
            let faults = lending.staff.finance.post(&path, body).faults();
            faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        let all = ["amount required", "paid_on required", "channel required"];
        assert_eq!(faults(&json!({})), all);
        let body = json!({"paid_on": "2026-06-16", "amount": "0", "channel": "kartu",
            "reference": "a\u{1}", "excess_to": "keep"});
        let all = [
            "amount not_positive",
            "paid_on date_in_future",
            "reference control_character",
            "channel unknown_value",
            "excess_to unknown_value",
        ];
        assert_eq!(faults(&body), all);
        for body in [
            json!({"amount": "1.500.000,00"}),
            json!({"amount": "1e6"}),
            json!({"amount": 0.001}),
            json!({"paid_on": "16-06-2026"}),
            json!({"paid": true}),
        ] {
            lending.staff.finance.post(&path, &body).refused(400, "unreadable_body");
        }
        assert_eq!(rows(&lending.staff.finance.get(&path).expect(200)), [] as [Value; 0]);
    });
}

#[test]
fn a_payment_that_cannot_be_is_refused() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, pending) = lending.approved();
        let today = json!({"paid_on": "2026-06-15"});
        let refused = pay(&lending, pending, &today).refused(409, "loan_not_open");
        assert_eq!(refused["loan_status"], "pending");
        lending.disburse(pending);
        let loan = pending;
        pay(&lending, loan, &json!({"paid_on": "2026-06-14"}))
            .refused(422, "payment_before_disbursement");
        let all = json!({"paid_on": "2026-06-15", "amount": "50000000.01"});
        let refused = pay(&lending, loan, &all).refused(422, "amount_exceeds_outstanding");
        assert_eq!(refused["outstanding"], "50000000.00");
        let path = format!("/loans/{loan}/payments");
        lending.staff.sales.post(&path, &json!({})).refused(403, "permission_denied");
        pay(&lending, 999_999, &today).refused(404, "not_found");
    });
}

#[test]
fn a_reference_is_taken_once_a_channel_and_free_again_after_a_reversal() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (one, other) = (lending.disbursed(), lending.disbursed());
        let body = json!({"paid_on": "2026-06-15", "amount": "100000", "reference": "BCA-77"});
        let first = pay(&lending, one, &body).expect(201);
        let refused = pay(&lending, other, &body).refused(409, "duplicate_reference");
        assert_eq!(refused["existing_id"], first["id"]);
        pay(&lending, other, &with(&body, &json!({"channel": "tunai"}))).expect(201);
        let path = format!("/loans/{one}/payments/{}/reverse", id(&first));
        lending.staff.finance.post(&path, &json!({"reason": "salah pinjaman"})).expect(200);
        pay(&lending, other, &body).expect(201);
    });
}

#[test]
fn the_same_request_pays_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let path = format!("/loans/{loan}/payments");
        let body = json!({"paid_on": "2026-06-15", "amount": "100000", "channel": "tunai"});
        let key = [("Idempotency-Key", "kwitansi 17")];
        let finance = &lending.staff.finance;
        let first = finance.post_with(&path, &key, &body).expect(201);
        let again = finance.post_with(&path, &key, &body);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201), first);
        let other = with(&body, &json!({"amount": "200000"}));
        finance.post_with(&path, &key, &other).refused(422, "idempotency_key_reused");
        assert_eq!(rows(&finance.get(&path).expect(200)).len(), 1);
    });
}

#[test]
fn what_is_left_over_prepays_or_waits_for_its_refund() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let body = json!({"paid_on": "2026-06-15", "amount": "600000"});
        let ahead = pay(&lending, loan, &body).expect(201);
        let parts = json!([
            {"no": 1, "component": "interest", "amount": "500000.00"},
            {"no": 1, "component": "principal", "amount": "100000.00"},
        ]);
        assert_eq!(ahead["allocations"], parts);
        let refund = with(&body, &json!({"excess_to": "refund"}));
        let kept = pay(&lending, loan, &refund).expect(201);
        assert_eq!(
            kept["allocations"],
            json!([{"no": null, "component": "excess", "amount": "600000.00"}])
        );
        assert_eq!(kept["excess_amount"], "600000.00");
        assert_eq!(outstanding(&lending, loan, "2026-06-15")["excess"], "600000.00");
        assert_eq!(schedule(&lending, loan)[0]["status"], "partial");
    });
}

#[test]
fn lateness_costs_from_the_due_date_once_the_grace_has_passed() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let penalty = |date: &str| outstanding(&lending, loan, date)["penalty"].clone();
        assert_eq!(penalty("2026-07-04"), "0.00");
        // 0.1 % a day of Rp 1,660,716, four days.
        assert_eq!(penalty("2026-07-05"), "6642.86");
        house.set_today("2026-07-11");
        let late = lending.loan(loan);
        assert_eq!((&late["dpd"], &late["kolektibilitas"]), (&json!(10), &json!(2)));
        assert_eq!(
            (&late["outstanding"]["penalty"], &late["state_on"]),
            (&json!("16607.16"), &json!("2026-07-11"))
        );
        let made = lending.pay(loan, "2026-07-11", "1677323.16");
        let first = &made["allocations"][0];
        assert_eq!(
            (&first["component"], &first["amount"]),
            (&json!("penalty"), &json!("16607.16"))
        );
        assert_eq!(outstanding(&lending, loan, "2026-07-11")["total_due"], "0.00");
        house.set_today("2026-11-01");
        let default = lending.loan(loan);
        assert_eq!((&default["status"], &default["dpd"]), (&json!("default"), &json!(92)));
        assert_eq!(default["kolektibilitas"], 3);
    });
}

#[test]
fn a_payment_entered_late_counts_as_if_it_had_come_in_time() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (in_order, late) = (lending.disbursed(), lending.disbursed());
        house.set_today("2026-08-20");
        lending.pay(in_order, "2026-07-01", "1660716");
        lending.pay(in_order, "2026-08-10", "500000");
        lending.pay(late, "2026-08-10", "500000");
        lending.pay(late, "2026-07-01", "1660716");
        assert_eq!(schedule(&lending, late), schedule(&lending, in_order));
        for date in ["2026-07-15", "2026-08-05", "2026-08-20", "2026-12-31"] {
            assert_eq!(outstanding(&lending, late, date), outstanding(&lending, in_order, date));
        }
        let parts = |loan: i64| {
            let list = lending.staff.finance.get(&format!("/loans/{loan}/payments")).expect(200);
            let mut parts: Vec<_> = rows(&list)
                .iter()
                .map(|row| (row["paid_on"].to_string(), row["allocations"].clone()))
                .collect();
            parts.sort_by(|one, other| one.0.cmp(&other.0));
            parts
        };
        assert_eq!(parts(late), parts(in_order));
    });
}

#[test]
fn a_reversed_payment_is_as_if_it_had_never_been() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-01");
        let before = (schedule(&lending, loan), outstanding(&lending, loan, "2026-07-01"));
        let made = pay(&lending, loan, &json!({})).expect(201);
        let finance = &lending.staff.finance;
        let path = format!("/loans/{loan}/payments/{}/reverse", id(&made));
        assert_eq!(
            finance.post(&path, &json!({})).faults(),
            [("reason".into(), "required".into())]
        );
        lending
            .staff
            .manager
            .post(&path, &json!({"reason": "x"}))
            .refused(403, "permission_denied");
        let key = [("Idempotency-Key", "undo")];
        let gone = finance.post_with(&path, &key, &json!({"reason": "cek kosong"})).expect(200);
        assert_eq!((&gone["allocations"], gone["reversed_by"].is_i64()), (&json!([]), true));
        let again = finance.post_with(&path, &key, &json!({"reason": "cek kosong"}));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        finance.post(&path, &json!({"reason": "lagi"})).refused(409, "already_reversed");
        assert_eq!((schedule(&lending, loan), outstanding(&lending, loan, "2026-07-01")), before);

        let list = finance.get(&format!("/loans/{loan}/transactions")).expect(200);
        let kinds: Vec<_> = rows(&list).iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["disbursement", "payment", "reversal"]);
        let reversal = &rows(&list)[2];
        assert_eq!(
            (&reversal["reverses"], &reversal["reason"]),
            (&made["transaction_id"], &json!("cek kosong"))
        );
        let of_reversal = format!("/loans/{loan}/transactions/{}/reverse", id(reversal));
        finance.post(&of_reversal, &json!({"reason": "x"})).refused(409, "not_reversible");
        let other = lending.disbursed();
        let elsewhere = format!("/loans/{other}/payments/{}/reverse", id(&made));
        finance.post(&elsewhere, &json!({"reason": "x"})).refused(404, "not_found");
    });
}

#[test]
fn the_last_payment_closes_the_loan_and_its_reversal_opens_it_again() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application =
            lending.draft(lending.member(), &json!({"plafon": "10000000", "tenor": 6}));
        lending.submit(application);
        lending.analyse(application);
        let loan = lending.approve(application);
        lending.disburse(loan);
        house.set_today("2026-12-01");
        let due =
            outstanding(&lending, loan, "2026-12-01")["total_due"].as_str().unwrap().to_owned();
        let last = lending.pay(loan, "2026-12-01", &due);
        let closed = lending.loan(loan);
        assert_eq!(
            (&closed["status"], &closed["outstanding"]["total"]),
            (&json!("closed"), &json!("0.00"))
        );
        let more = json!({"paid_on": "2026-12-01", "amount": "1"});
        let refused = pay(&lending, loan, &more).refused(409, "loan_not_open");
        assert_eq!(refused["loan_status"], "closed");
        let path = format!("/loans/{loan}/transactions/{}/reverse", last["transaction_id"]);
        lending.staff.finance.post(&path, &json!({"reason": "ditolak bank"})).expect(200);
        assert_eq!(lending.loan(loan)["status"], "default");
    });
}

#[test]
fn payments_at_once_are_all_counted() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let body = json!({"paid_on": "2026-06-15", "amount": "100000"});
            let tries: Vec<_> = (0..6)
                .map(|_| {
                    let body = body.clone();
                    let lending = &lending;
                    scope.spawn(move || pay(lending, loan, &body).status)
                })
                .collect();
            tries.into_iter().map(|each| each.join().unwrap()).collect()
        });
        assert_eq!(statuses, [201; 6]);
        let row = &schedule(&lending, loan)[0];
        assert_eq!(
            (&row["interest_paid"], &row["principal_paid"]),
            (&json!("500000.00"), &json!("100000.00"))
        );
    });
}
