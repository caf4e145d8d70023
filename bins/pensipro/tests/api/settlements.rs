//! Paying a loan off early, giving one up, and what comes after.

use serde_json::{Value, json};

use crate::support::{
    House, Response,
    lending::{Lending, id, make_product, rows, with},
    on_each_backend,
};

/// A cooperative that takes two months' interest for paying off early and holds one instalment back.
fn lending(house: &House) -> Lending {
    let mut lending = Lending::of(house);
    let admin = &lending.staff.admin;
    let product = make_product(admin, &json!({"code": "KP-14"}));
    let path = format!("/loan-products/{product}");
    let early = json!({"kind": "early_settlement", "basis": "months_of_interest", "value": "2"});
    admin.post(&format!("{path}/penalty-rules"), &early).expect(201);
    let deposit = json!({"kind": "blokir", "basis": "instalments", "value": "1"});
    admin.post(&format!("{path}/fees"), &deposit).expect(201);
    lending.product = product;
    lending
}

fn quote(lending: &Lending, loan: i64, date: &str) -> Value {
    let path = format!("/loans/{loan}/settlement-quote?date={date}");
    lending.staff.auditor.get(&path).expect(200)
}

fn settle(lending: &Lending, loan: i64, date: &str, amount: &Value) -> Response {
    let body = json!({"settled_on": date, "amount": amount, "channel": "transfer",
        "reference": format!("LUNAS-{loan}")});
    lending.staff.finance.post(&format!("/loans/{loan}/settlements"), &body)
}

fn sen(amount: &Value) -> i64 {
    amount.as_str().expect("an amount").replace('.', "").parse().expect("digits")
}

#[test]
fn a_quote_shows_its_parts_and_exactly_it_closes_the_loan() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-16");
        lending.pay(loan, "2026-07-01", "1660716");
        let quoted = quote(&lending, loan, "2026-07-16");
        // 15 of July's 31 days of Rp 488,393; two months' interest; the instalment held back.
        let parts = [
            "principal",
            "interest_due",
            "interest_running",
            "early_settlement_penalty",
            "deposit",
            "discount",
            "prepaid_interest",
            "penalty",
            "fee",
        ];
        let parts = parts.map(|part| quoted[part].as_str().unwrap());
        assert_eq!(
            parts,
            [
                "48839284.00",
                "0.00",
                "236319.19",
                "965063.00",
                "1660716.00",
                "0.00",
                "0.00",
                "0.00",
                "0.00"
            ]
        );
        assert_eq!(quoted["total"], "48379950.19");

        for wrong in ["48379950.18", "48379950.20", "0"] {
            let refused = settle(&lending, loan, "2026-07-16", &json!(wrong));
            assert_eq!(refused.refused(422, "quote_mismatch")["total"], quoted["total"]);
        }
        let ahead = settle(&lending, loan, "2026-07-17", &quoted["total"]).faults();
        assert_eq!(ahead, [("settled_on".to_owned(), "date_in_future".to_owned())]);
        assert_eq!(lending.loan(loan)["status"], "active");

        let made = settle(&lending, loan, "2026-07-16", &quoted["total"]).expect(201);
        assert_eq!((&made["quote"], &made["amount"]), (&quoted, &quoted["total"]));
        let closed = lending.loan(loan);
        assert_eq!(
            (&closed["status"], &closed["outstanding"]["total"]),
            (&json!("closed"), &json!("0.00"))
        );
        let schedule = lending.staff.auditor.get(&format!("/loans/{loan}/schedules")).expect(200);
        assert!(rows(&schedule).iter().all(|row| row["status"] == "paid"));
        let path = format!("/loans/{loan}/settlements");
        assert_eq!(rows(&lending.staff.auditor.get(&path).expect(200)), [made]);
        settle(&lending, loan, "2026-07-16", &json!("0")).refused(409, "loan_not_open");
        let late = json!({"paid_on": "2026-07-16", "amount": "1", "channel": "tunai"});
        lending
            .staff
            .finance
            .post(&format!("/loans/{loan}/payments"), &late)
            .refused(409, "loan_not_open");
    });
}

#[test]
fn a_bounced_settlement_leaves_the_shortfall_due_at_once() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-16");
        let before = (lending.loan(loan), quote(&lending, loan, "2026-07-16"));
        let total = before.1["total"].clone();
        let made = settle(&lending, loan, "2026-07-16", &total).expect(201);
        let finance = &lending.staff.finance;
        let reverse = |transaction: &Value| {
            let path = format!("/loans/{loan}/transactions/{transaction}/reverse");
            finance.post(&path, &json!({"reason": "dana tidak cukup"})).expect(200)
        };
        reverse(&made["payment_id"]);
        let owed = |date: &str| {
            let path = format!("/loans/{loan}/outstanding?date={date}");
            lending.staff.auditor.get(&path).expect(200)
        };
        assert_eq!(owed("2026-07-16")["total_due"], total, "all of it, at once");
        let later = owed("2026-07-26");
        let without_penalty = |owed: &Value| sen(&owed["total_due"]) - sen(&owed["penalty"]);
        assert_eq!(without_penalty(&later), without_penalty(&owed("2026-07-16")));
        assert_eq!((&later["dpd"], &later["interest_to_come"]), (&json!(25), &json!("0.00")));
        reverse(&made["transaction_id"]);
        let mut after = lending.loan(loan);
        after["updated_at"] = before.0["updated_at"].clone();
        assert_eq!((after, quote(&lending, loan, "2026-07-16")), before);
        let list = finance.get(&format!("/loans/{loan}/settlements")).expect(200);
        assert!(rows(&list)[0]["reversed_by"].is_i64());
    });
}

#[test]
fn a_payment_found_after_a_settlement_goes_back() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-16");
        let total = quote(&lending, loan, "2026-07-16")["total"].clone();
        settle(&lending, loan, "2026-07-16", &total).expect(201);
        let found = lending.pay(loan, "2026-07-10", "1000000");
        assert_eq!(found["excess_amount"], "0.00", "it was owed on its day");
        let refunds = lending.staff.finance.get("/billing/refunds").expect(200);
        let amount = sen(&rows(&refunds)[0]["amount"]);
        // The penalty of ten days instead of fifteen is less, too.
        assert!(amount >= 100_000_000, "{amount}");
        assert_eq!(lending.loan(loan)["status"], "closed");
    });
}

#[test]
fn a_loan_that_was_given_up_takes_what_is_recovered() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = lending.disbursed();
        let manager = &lending.staff.manager;
        house.set_today("2026-12-01");
        let path = format!("/loans/{loan}/write-offs");
        let give_up = json!({"written_off_on": "2026-12-01", "reason": "ahli waris tidak ada"});
        lending.staff.finance.post(&path, &give_up).refused(403, "permission_denied");
        let early = with(&give_up, &json!({"written_off_on": "2026-06-14"}));
        manager.post(&path, &early).refused(422, "payment_before_disbursement");
        let made = manager.post(&path, &give_up).expect(201);
        assert_eq!((&made["kind"], &made["reason"]), (&json!("write_off"), &give_up["reason"]));
        manager.post(&path, &give_up).refused(409, "loan_not_open");

        let owed = || lending.staff.auditor.get(&format!("/loans/{loan}/outstanding")).expect(200);
        let first = owed();
        assert_eq!(lending.loan(loan)["status"], "closed");
        assert_eq!(
            (&first["principal"], &first["total_due"], &first["dpd"]),
            (&json!("0.00"), &json!("0.00"), &json!(0))
        );
        let lost = sen(&first["written_off"]);
        assert!(lost > 5_000_000_000, "{lost}");

        let recovered = lending.pay(loan, "2026-12-01", "2000000");
        assert_eq!(recovered["excess_amount"], "0.00");
        assert_eq!(sen(&owed()["written_off"]), lost - 200_000_000);
        assert_eq!(lending.loan(loan)["status"], "closed");
        let list = lending.staff.auditor.get(&format!("/loans/{loan}/transactions")).expect(200);
        assert_eq!(rows(&list).last().unwrap()["kind"], "recovery");
        let body = json!({"paid_on": "2026-12-01", "amount": "90000000", "channel": "tunai"});
        lending
            .staff
            .finance
            .post(&format!("/loans/{loan}/payments"), &body)
            .refused(422, "amount_exceeds_outstanding");

        // Taken back, the recovery was a payment.
        let reverse = format!("/loans/{loan}/transactions/{}/reverse", id(&made));
        lending
            .staff
            .finance
            .post(&reverse, &json!({"reason": "x"}))
            .refused(403, "permission_denied");
        lending.staff.admin.post(&reverse, &json!({"reason": "ditemukan"})).expect(200);
        assert_eq!(lending.loan(loan)["status"], "default");
        assert_eq!(owed()["written_off"], "0.00");
    });
}
