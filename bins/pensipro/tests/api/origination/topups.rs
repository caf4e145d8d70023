//! A member's own loan, topped up: netted against the new one.

use serde_json::{Value, json};

use super::{failing, verdict};
use crate::support::{
    House, Response,
    lending::{Lending, id, rows},
    on_each_backend,
};

/// A loan one instalment old, on 16 July 2026.
struct Older {
    member: i64,
    loan: i64,
}

fn older(house: &House, lending: &Lending) -> Older {
    let loan = lending.disbursed();
    house.set_today("2026-07-16");
    lending.pay(loan, "2026-07-01", "1660716");
    let member = lending.loan(loan)["member_id"].as_i64().expect("a member");
    Older { member, loan }
}

/// A new loan that tops the older one up, as far as pending.
fn topping_up(lending: &Lending, older: &Older) -> i64 {
    let other = json!({"plafon": "60000000", "topup_loan_id": older.loan});
    let application = lending.draft(older.member, &other);
    lending.submit(application);
    lending.analyse(application);
    lending.approve(application)
}

fn quote(lending: &Lending, loan: i64) -> Value {
    let path = format!("/loans/{loan}/settlement-quote?date=2026-07-16");
    lending.staff.auditor.get(&path).expect(200)["total"].clone()
}

fn disburse(lending: &Lending, loan: i64) -> Response {
    lending.staff.finance.post(&format!("/loans/{loan}/disbursements"), &json!({}))
}

fn list(lending: &Lending, path: &str) -> Vec<Value> {
    rows(&lending.staff.finance.get(path).expect(200)).to_vec()
}

fn reverse(lending: &Lending, loan: i64, transaction: &Value) -> Response {
    let path = format!("/loans/{loan}/transactions/{transaction}/reverse");
    lending.staff.finance.post(&path, &json!({"reason": "salah transfer"}))
}

#[test]
fn only_an_active_loan_of_the_member_s_own_is_topped_up() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let older = older(house, &lending);
        let sales = &lending.staff.sales;
        let unknown = [("topup_loan_id".to_owned(), "unknown".to_owned())];
        let stranger = lending.member();
        let body = json!({"member_id": stranger, "product_id": lending.product,
            "plafon": "60000000", "tenor": 36, "topup_loan_id": older.loan});
        assert_eq!(sales.post("/applications", &body).faults(), unknown);
        let draft = lending.draft(older.member, &json!({"topup_loan_id": older.loan}));
        let path = format!("/applications/{draft}");
        assert_eq!(sales.put(&path, &json!({"topup_loan_id": 999})).faults(), unknown);
        let kept = sales.put(&path, &json!({"tenor": 24})).expect(200);
        assert_eq!(kept["topup_loan_id"], older.loan);
        let cleared = sales.put(&path, &json!({"topup_loan_id": null})).expect(200);
        assert_eq!(cleared["topup_loan_id"], Value::Null);
    });
}

#[test]
fn the_loan_topped_up_counts_for_nothing_but_its_pay_off() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let older = older(house, &lending);
        let submit = |other: &Value| {
            let draft = lending.draft(older.member, other);
            lending.staff.sales.post(&format!("/applications/{draft}/submit"), &json!({}))
        };
        let beside = submit(&json!({"plafon": "60000000"})).refused(422, "precheck_failed");
        assert_eq!(failing(&beside["precheck"]), ["dsr", "double_financing"]);
        // Rp 45 million less 1 % and Rp 250,000.
        let small = json!({"plafon": "45000000", "topup_loan_id": older.loan});
        let refused = submit(&small).refused(422, "precheck_failed");
        assert_eq!(failing(&refused["precheck"]), ["payoffs_covered"]);
        let covered = verdict(&refused["precheck"], "payoffs_covered");
        assert_eq!(
            (&covered["actual"], &covered["limit"]),
            (&quote(&lending, older.loan), &json!("44300000.00"))
        );
        submit(&json!({"plafon": "60000000", "topup_loan_id": older.loan})).expect(200);
    });
}

#[test]
fn the_disbursement_closes_it_and_the_member_receives_the_rest() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let older = older(house, &lending);
        let loan = topping_up(&lending, &older);
        let payoff = quote(&lending, older.loan);
        assert_eq!(payoff, "49075603.19");
        let made = disburse(&lending, loan).expect(201);
        assert_eq!(made["topup"], json!({"loan_id": older.loan, "payoff": payoff}));
        // Rp 60 million less 1 %, Rp 250,000 and the pay-off.
        assert_eq!(made["net_amount"], "10074396.81");
        assert_eq!(
            list(&lending, &format!("/loans/{loan}/disbursements")),
            std::slice::from_ref(&made)
        );
        assert_eq!(lending.loan(loan)["outstanding"]["principal"], "60000000.00");

        let closed = lending.loan(older.loan);
        assert_eq!(
            (&closed["status"], &closed["outstanding"]["total"]),
            (&json!("closed"), &json!("0.00"))
        );
        let payments = list(&lending, &format!("/loans/{}/payments", older.loan));
        let paid = payments.last().expect("a payment");
        assert_eq!((&paid["amount"], &paid["reference"]), (&payoff, &lending.loan(loan)["number"]));
        let [settled] = &list(&lending, &format!("/loans/{}/settlements", older.loan))[..] else {
            panic!("one settlement")
        };
        assert_eq!(settled["netted_by"], made["transaction_id"]);
        let trail = lending.staff.director.get("/logs/audit-trails?action=loan.disburse");
        assert_eq!(trail.expect(200)["data"][0]["new_value"]["topup_payoff"], payoff);
    });
}

#[test]
fn it_opens_again_with_the_disbursement_and_with_that_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let older = older(house, &lending);
        let before = lending.loan(older.loan)["outstanding"].clone();
        let loan = topping_up(&lending, &older);
        let made = disburse(&lending, loan).expect(201);
        let payments = list(&lending, &format!("/loans/{}/payments", older.loan));
        let [settled] = &list(&lending, &format!("/loans/{}/settlements", older.loan))[..] else {
            panic!("one settlement")
        };
        for part in [&payments.last().expect("a payment")["transaction_id"], &settled["id"]] {
            let refused = reverse(&lending, older.loan, part).refused(409, "netted");
            assert_eq!(refused["transaction_id"], made["transaction_id"]);
        }
        assert_eq!(lending.loan(older.loan)["status"], "closed");

        reverse(&lending, loan, &made["transaction_id"]).expect(200);
        let open = lending.loan(older.loan);
        assert_eq!((&open["status"], &open["outstanding"]), (&json!("active"), &before));
        assert_eq!(lending.loan(loan)["status"], "pending");
        let again = disburse(&lending, loan).expect(201);
        assert_eq!((&again["topup"], id(&again) > id(&made)), (&made["topup"], true));
        assert_eq!(lending.loan(older.loan)["status"], "closed");
    });
}

#[test]
fn what_became_of_it_meanwhile_counts_on_the_day_of_the_disbursement() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let defaulted = older(house, &lending);
        let loan = topping_up(&lending, &defaulted);
        let path = format!("/loans/{}/status", defaulted.loan);
        let body = json!({"status": "default", "reason": "ahli waris menolak"});
        lending.staff.manager.put(&path, &body).expect(200);
        let refused = disburse(&lending, loan).refused(422, "no_longer_eligible");
        assert_eq!(refused["rules"][0]["rule"], "topup_active");
        assert_eq!(lending.loan(loan)["status"], "pending");

        house.set_today("2026-06-15");
        let settled = older(house, &lending);
        let loan = topping_up(&lending, &settled);
        let body = json!({"settled_on": "2026-07-16", "amount": quote(&lending, settled.loan),
            "channel": "transfer"});
        let path = format!("/loans/{}/settlements", settled.loan);
        lending.staff.finance.post(&path, &body).expect(201);
        let made = disburse(&lending, loan).expect(201);
        assert_eq!((&made["topup"], &made["net_amount"]), (&Value::Null, &json!("59150000.00")));
    });
}
