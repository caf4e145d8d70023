//! Penalties by hand, waivers, the deposit, refunds.

use serde_json::{Value, json};

use crate::support::{
    House, Response,
    lending::{Lending, id, make_product, rows, with},
    on_each_backend,
};

fn lending(house: &House) -> Lending {
    let mut lending = Lending::of(house);
    let admin = &lending.staff.admin;
    let product = make_product(admin, &json!({"code": "KP-15"}));
    let deposit = json!({"kind": "blokir", "basis": "instalments", "value": "1"});
    admin.post(&format!("/loan-products/{product}/fees"), &deposit).expect(201);
    lending.product = product;
    lending
}

fn act(lending: &Lending, loan: i64, what: &str, body: &Value) -> Response {
    lending.staff.manager.post(&format!("/loans/{loan}/{what}"), body)
}

fn owed(lending: &Lending, loan: i64, component: &str) -> Value {
    lending.staff.auditor.get(&format!("/loans/{loan}/outstanding")).expect(200)[component].clone()
}

#[test]
fn a_penalty_is_charged_on_a_row_or_on_the_loan_and_waived() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-11");
        // 0.1 % a day of Rp 1,660,716, ten days.
        assert_eq!(owed(&lending, loan, "penalty"), "16607.16");
        let charge = json!({"amount": "50000", "charged_on": "2026-07-05", "reason": "penagihan"});
        let made = act(&lending, loan, "penalties", &charge).expect(201);
        assert_eq!(
            (&made["kind"], &made["amount"]),
            (&json!("manual_penalty"), &json!("50000.00"))
        );
        let of_row = with(&charge, &json!({"no": 1, "amount": "25000"}));
        act(&lending, loan, "penalties", &of_row).expect(201);
        assert_eq!(owed(&lending, loan, "penalty"), "91607.16");
        let list = lending.staff.auditor.get(&format!("/loans/{loan}/penalties")).expect(200);
        let listed: Vec<_> = rows(&list).iter().map(|row| (&row["no"], &row["charged"])).collect();
        assert_eq!(
            listed,
            [
                (&json!(1), &json!("41607.16")),
                (&json!(null), &json!("50000.00")),
                (&json!(1), &json!("25000.00"))
            ]
        );

        for (other, field, code) in [
            (json!({"no": 99}), "no", "unknown"),
            (json!({"charged_on": "2026-07-12"}), "charged_on", "date_in_future"),
            (json!({"amount": "0"}), "amount", "not_positive"),
            (json!({"reason": " "}), "reason", "required"),
        ] {
            let faults = act(&lending, loan, "penalties", &with(&charge, &other)).faults();
            assert_eq!(faults, [(field.to_owned(), code.to_owned())]);
        }
        let early = with(&charge, &json!({"charged_on": "2026-06-14"}));
        act(&lending, loan, "penalties", &early).refused(422, "payment_before_disbursement");

        let forgive = json!({"amount": "91607.17", "component": "penalty", "reason": "musibah"});
        let refused = act(&lending, loan, "waivers", &forgive);
        assert_eq!(refused.refused(422, "waiver_exceeds_accrued")["accrued"], "91607.16");
        let forgive = with(&forgive, &json!({"amount": "91607.16"}));
        let waiver = act(&lending, loan, "waivers", &forgive).expect(201);
        assert_eq!(owed(&lending, loan, "penalty"), "0.00");
        house.set_today("2026-07-12");
        assert_eq!(owed(&lending, loan, "penalty"), "1660.72", "the next day costs again");
        house.set_today("2026-07-11");
        let interest = with(&forgive, &json!({"component": "interest", "amount": "500000"}));
        act(&lending, loan, "waivers", &interest).expect(201);
        assert_eq!(owed(&lending, loan, "interest_due"), "0.00");
        act(&lending, loan, "waivers", &with(&interest, &json!({"component": "principal"})))
            .faults();

        let reverse = format!("/loans/{loan}/transactions/{}/reverse", id(&waiver));
        lending
            .staff
            .finance
            .post(&reverse, &json!({"reason": "x"}))
            .refused(403, "permission_denied");
        lending.staff.admin.post(&reverse, &json!({"reason": "keliru"})).expect(200);
        assert_eq!(owed(&lending, loan, "penalty"), "91607.16");
    });
}

#[test]
fn the_deposit_pays_what_is_due_or_goes_back() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = lending.disbursed();
        assert_eq!(owed(&lending, loan, "deposit"), "1660716.00");
        let body = |amount: &str| json!({"amount": amount, "reason": "tunggakan Juli"});
        let refused = act(&lending, loan, "deposits/apply", &body("1000"));
        assert_eq!(refused.refused(422, "amount_exceeds_due")["due"], "0.00");
        house.set_today("2026-07-02");
        let refused = act(&lending, loan, "deposits/apply", &body("1660716.01"));
        assert_eq!(refused.refused(422, "deposit_too_small")["deposit"], "1660716.00");
        let made = act(&lending, loan, "deposits/apply", &body("600000")).expect(201);
        let parts = json!([
            {"no": 1, "component": "interest", "amount": "500000.00"},
            {"no": 1, "component": "principal", "amount": "100000.00"},
        ]);
        assert_eq!(made["allocations"], parts);
        assert_eq!(owed(&lending, loan, "deposit"), "1060716.00");
        act(&lending, loan, "deposits/release", &body("1060716")).expect(201);
        assert_eq!(owed(&lending, loan, "deposit"), "0.00");
        // The payment that comes to light pays first; what was given back stays given back.
        let list = lending.staff.auditor.get(&format!("/loans/{loan}/transactions")).expect(200);
        let kinds: Vec<_> = rows(&list).iter().map(|row| row["kind"].clone()).collect();
        assert_eq!(kinds, ["disbursement", "deposit_applied", "deposit_released"]);
        lending.pay(loan, "2026-07-01", "1660716");
        assert_eq!(owed(&lending, loan, "deposit"), "600000.00", "it was not needed");
        assert_eq!(owed(&lending, loan, "due_from_member"), "0.00");
    });
}

/// A loan of which Rp 600,000 are to be refunded, and the request.
fn with_refund(house: &House, lending: &Lending) -> (i64, Value, Value) {
    let loan = lending.disbursed();
    house.set_today("2026-07-01");
    let body = json!({"paid_on": "2026-07-01", "amount": "2260716", "channel": "potong_pensiun"});
    let paid = lending.staff.finance.post(&format!("/loans/{loan}/payments"), &body).expect(201);
    let list = lending.staff.finance.get(&format!("/billing/refunds?loan_id={loan}")).expect(200);
    (loan, paid, rows(&list)[0].clone())
}

#[test]
fn a_refund_is_approved_by_one_and_paid_by_another() {
    on_each_backend(|house| {
        let lending = lending(house);
        let (loan, paid, request) = with_refund(house, &lending);
        let (one, other) = (&lending.staff.finance, house.user(&["FINANCE"]));
        let path = format!("/billing/refunds/{}", request["id"]);
        let to = |status: &str| json!({"status": status});
        assert_eq!(one.put(&path, &to("withdrawn")).faults()[0].1, "not_by_hand");
        assert_eq!(one.put(&path, &to("rejected")).faults()[0].0, "notes");
        let refused = one.put(&path, &to("paid")).refused(409, "invalid_transition");
        assert_eq!((&refused["from"], &refused["to"]), (&json!("requested"), &json!("paid")));
        lending.staff.manager.put(&path, &to("approved")).refused(403, "permission_denied");
        let approved = one.put(&path, &to("approved"));
        let version = approved.header("etag").map(str::to_owned).expect("a version");
        assert!(approved.expect(200)["approved_by"].is_i64());
        one.put(&path, &to("paid")).refused(422, "same_person");
        other.json("PUT", &path, &[("If-Match", "\"1\"")], &to("paid")).refused(412, "stale");
        let done = other.json("PUT", &path, &[("If-Match", &version)], &to("paid")).expect(200);
        assert_eq!((&done["status"], &done["amount"]), (&json!("paid"), &json!("600000.00")));
        assert_eq!(owed(&lending, loan, "excess"), "0.00");
        other.put(&path, &to("paid")).refused(409, "invalid_transition");

        // The payment bounces: what was paid out is due from the member.
        let reverse = format!("/loans/{loan}/payments/{}/reverse", paid["id"]);
        one.post(&reverse, &json!({"reason": "dibatalkan lembaga pembayar"})).expect(200);
        assert_eq!(owed(&lending, loan, "due_from_member"), "600000.00");
        assert_eq!(owed(&lending, loan, "total_due"), "2260716.00");
        house.set_today("2026-07-02");
        let back = lending.pay(loan, "2026-07-02", "700000");
        assert_eq!(
            back["allocations"][0],
            json!({"no": null, "component": "due_from_member", "amount": "600000.00"})
        );
    });
}

#[test]
fn a_refused_refund_prepays_and_a_payout_taken_back_is_asked_for_again() {
    on_each_backend(|house| {
        let lending = lending(house);
        let (loan, paid, request) = with_refund(house, &lending);
        let (one, other) = (&lending.staff.finance, house.user(&["FINANCE"]));
        let path = format!("/billing/refunds/{}", request["id"]);
        one.put(&path, &json!({"status": "approved"})).expect(200);
        other.put(&path, &json!({"status": "paid"})).expect(200);
        let last = |kind: &str| {
            let list = one.get(&format!("/loans/{loan}/transactions")).expect(200);
            let found = rows(&list).iter().rev().find(|row| row["kind"] == kind).cloned();
            found.expect("it is there")
        };
        let reverse = format!("/loans/{loan}/transactions/{}/reverse", last("refund_paid")["id"]);
        one.post(&reverse, &json!({"reason": "salah rekening"})).expect(200);
        let list = one.get("/billing/refunds?status=requested").expect(200);
        assert_eq!(rows(&list)[0]["amount"], "600000.00");
        let refuse = json!({"status": "rejected", "notes": "untuk angsuran berikutnya"});
        one.put(&path, &refuse).expect(200);
        assert_eq!(owed(&lending, loan, "excess"), "0.00");
        let list = one.get(&format!("/loans/{loan}/payments")).expect(200);
        let parts = &rows(&list)[0]["allocations"];
        assert_eq!(rows(&list)[0]["amount"], paid["amount"]);
        assert_eq!(parts.as_array().unwrap().last().unwrap()["no"], 2, "{parts}");
    });
}
