//! What an account refuses, each with a code of its own, and that nothing changes by it.

use serde_json::{Value, json};

use crate::support::{
    House, Response,
    lending::{Lending, id},
    on_each_backend,
};

/// Everything that is told of a loan, and what the trail and the outbox hold.
fn all_of(house: &House, lending: &Lending, loan: i64) -> Vec<String> {
    let parts = ["", "/transactions", "/schedules", "/payments", "/restructures", "/settlements"];
    let auditor = &lending.staff.auditor;
    let told = parts.map(|part| auditor.get(&format!("/loans/{loan}{part}")).expect(200));
    let counts = ["audit_trails", "outbox"].map(|table| {
        house.database.texts(&format!("SELECT CAST(count(*) AS TEXT) AS text FROM {table}"))
    });
    told.iter().map(Value::to_string).chain(counts.concat()).collect()
}

/// The code of a refusal, or that of its one field.
fn code(refusal: Response) -> String {
    let status = refusal.status;
    let body = refusal.body();
    assert!((400..500).contains(&status), "{body}");
    let field = body["errors"][0]["code"].as_str();
    field.or(body["code"].as_str()).expect("a code").to_owned()
}

#[test]
fn a_refusal_has_a_code_of_its_own_and_changes_nothing() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, pending) = lending.approved();
        let loan = lending.disbursed();
        house.set_today("2026-07-11");
        let payment = lending.pay(loan, "2026-07-02", "500000");
        let reverse = format!("/loans/{loan}/payments/{}/reverse", id(&payment));
        let why = json!({"reason": "salah catat"});
        lending.staff.finance.post(&reverse, &why).expect(200);
        let reversal = lending.staff.auditor.get(&format!("/loans/{loan}/transactions"));
        let reversal = id(reversal.expect(200)["data"].as_array().unwrap().last().unwrap());
        let asked = json!({"effective_on": "2026-07-11", "extra_months": 6, "arrears": "waive",
            "reason": "keringanan"});
        let admin = &lending.staff.admin;
        let asked = id(&admin.post(&format!("/loans/{loan}/restructures"), &asked).expect(201));
        let closed = lending.disbursed();
        let quote = lending.staff.auditor.get(&format!("/loans/{closed}/settlement-quote"));
        let settle = json!({"settled_on": "2026-07-11", "channel": "tunai",
            "amount": quote.expect(200)["total"]});
        admin.post(&format!("/loans/{closed}/settlements"), &settle).expect(201);

        let pay = |paid_on: &str, amount: &str| json!({"paid_on": paid_on, "amount": amount, "channel": "tunai"});
        let payments = |loan: i64| format!("/loans/{loan}/payments");
        let decide = json!({"decision": "approve", "notes": "setuju"});
        let wrong = json!({"settled_on": "2026-07-11", "amount": "1000.00", "channel": "tunai"});
        for (of, path, body, wanted) in [
            (pending, payments(pending), pay("2026-07-11", "1000"), "loan_not_open"),
            (loan, payments(loan), pay("2026-06-14", "1000"), "payment_before_disbursement"),
            (closed, payments(closed), pay("2026-07-11", "1000"), "loan_not_open"),
            (loan, payments(loan), pay("2026-07-12", "1000"), "date_in_future"),
            (loan, payments(loan), pay("2026-07-11", "0"), "not_positive"),
            (loan, payments(loan), pay("2026-07-11", "1.005"), "unreadable_body"),
            (loan, payments(loan), pay("2026-07-11", "90000000"), "amount_exceeds_outstanding"),
            (loan, reverse, why.clone(), "already_reversed"),
            (
                loan,
                format!("/loans/{loan}/transactions/{reversal}/reverse"),
                why.clone(),
                "not_reversible",
            ),
            (loan, format!("/loans/{loan}/restructures/{asked}/decide"), decide, "same_person"),
            (loan, format!("/loans/{loan}/settlements"), wrong, "quote_mismatch"),
        ] {
            let before = all_of(house, &lending, of);
            assert_eq!(code(admin.post(&path, &body)), wanted, "{path}");
            assert_eq!(all_of(house, &lending, of), before, "{wanted} changed something");
        }
    });
}
