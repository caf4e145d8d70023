//! Another lender's loan, paid off from the new one.

use serde_json::{Value, json};

use super::{failing, verdict};
use crate::support::{
    lending::{Lending, rows},
    on_each_backend,
};

fn takeover(payoff: &str) -> Value {
    json!({"institution": "Bank Lama", "payoff": payoff, "reference": "KPR-7"})
}

#[test]
fn a_take_over_is_entered_changed_and_cleared() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (sales, member) = (&lending.staff.sales, lending.member());
        let body = json!({"member_id": member, "product_id": lending.product, "plafon": "50000000",
            "tenor": 36, "takeover": {"payoff": "0"}});
        let faults = sales.post("/applications", &body).faults();
        let all = [("takeover.institution", "required"), ("takeover.payoff", "not_positive")];
        let all = all.map(|(field, code)| (field.to_owned(), code.to_owned()));
        assert_eq!(faults, all);
        let draft = lending.draft(member, &json!({"takeover": takeover("20000000.00")}));
        assert_eq!(lending.application(draft)["takeover"], takeover("20000000.00"));
        let path = format!("/applications/{draft}");
        let kept = sales.put(&path, &json!({"tenor": 24})).expect(200);
        assert_eq!(kept["takeover"]["payoff"], "20000000.00");
        let other = json!({"takeover": {"institution": "BPR", "payoff": "1"}});
        let changed = sales.put(&path, &other).expect(200);
        let expected = json!({"institution": "BPR", "payoff": "1.00", "reference": null});
        assert_eq!(changed["takeover"], expected);
        let cleared = sales.put(&path, &json!({"takeover": null})).expect(200);
        assert_eq!(cleared["takeover"], Value::Null);
    });
}

#[test]
fn the_fees_leave_enough_to_pay_the_other_lender() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.member();
        // Of Rp 50 million, 1 % and Rp 250,000 are deducted.
        let over = lending.draft(member, &json!({"takeover": takeover("49250000.01")}));
        let path = format!("/applications/{over}/submit");
        let refused = lending.staff.sales.post(&path, &json!({})).refused(422, "precheck_failed");
        assert_eq!(failing(&refused["precheck"]), ["payoffs_covered"]);
        assert_eq!(verdict(&refused["precheck"], "payoffs_covered")["limit"], "49250000.00");
        lending.submit(lending.draft(member, &json!({"takeover": takeover("49250000")})));
    });
}

#[test]
fn the_other_lender_is_paid_and_the_member_receives_the_rest() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application =
            lending.draft(lending.member(), &json!({"takeover": takeover("20000000.00")}));
        lending.submit(application);
        lending.analyse(application);
        let loan = lending.approve(application);
        let paid = lending.disburse(loan);
        assert_eq!(paid["net_amount"], "29250000.00");
        assert_eq!(paid["takeover"], takeover("20000000.00"));
        let list = lending.staff.finance.get(&format!("/loans/{loan}/disbursements")).expect(200);
        assert_eq!(rows(&list), [paid]);
        // The whole plafon is owed.
        assert_eq!(lending.loan(loan)["outstanding"]["principal"], "50000000.00");
        let told = "SELECT params AS text FROM outbox WHERE event = 'loan.disbursed'";
        let told: Value = serde_json::from_str(&house.database.texts(told)[0]).unwrap();
        assert_eq!(told["net_amount"], "29250000.00");
        let trail = lending.staff.director.get("/logs/audit-trails?action=loan.disburse");
        let trail = trail.expect(200);
        let entry = &trail["data"][0]["new_value"];
        let names = ("takeover_institution", "takeover_payoff");
        assert_eq!(
            (&entry[names.0], &entry[names.1]),
            (&json!("Bank Lama"), &json!("20000000.00"))
        );
    });
}
