//! Commissions: earned by disbursements, undone with them, entered by hand, paid.

use serde_json::{Value, json};

use super::force::{
    approved_for, disbursed_for, make_branch, make_sales, reverse_disbursement, sales,
};
use crate::support::{
    Client,
    lending::{Lending, id, rows},
    on_each_backend,
};

/// `amount kind status` of each of a sales person's commissions.
fn told(client: &Client, sales: i64) -> Vec<String> {
    let list = client.get(&format!("/sales/{sales}/commissions")).expect(200);
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let row =
        |row| format!("{} {} {}", text(row, "amount"), text(row, "kind"), text(row, "status"));
    rows(&list).iter().map(row).collect()
}

fn pay(by: &Client, sales: i64, commission: i64) -> crate::support::Response {
    let body =
        json!({"paid_on": "2026-06-15", "payroll_periode": "2026-06", "reference": "GAJI-6"});
    by.post(&format!("/sales/{sales}/commissions/{commission}/pay"), &body)
}

/// A cooperative with one sales person, who earns 1 %.
fn selling(lending: &Lending) -> i64 {
    let admin = &lending.staff.admin;
    make_sales(admin, make_branch(admin, "JKT"), "S01")
}

#[test]
fn a_disbursement_earns_the_share_of_its_plafon() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = selling(&lending);
        let loan = approved_for(&lending, sales);
        assert_eq!(told(&lending.staff.finance, sales), [""; 0]);
        // A share that changes before the disbursement is the one that counts.
        let admin = &lending.staff.admin;
        admin.put(&format!("/sales/{sales}"), &json!({"commission_pct": "1.25"})).expect(200);
        lending.disburse(loan);
        assert_eq!(told(&lending.staff.finance, sales), ["625000.00 disbursement unpaid"]);
        admin.put(&format!("/sales/{sales}"), &json!({"commission_pct": "3"})).expect(200);
        let list = lending.staff.finance.get(&format!("/sales/{sales}/commissions")).expect(200);
        let row = &rows(&list)[0];
        assert_eq!(
            (&row["plafon"], &row["commission_pct"]),
            (&json!("50000000.00"), &json!("1.25"))
        );
        assert_eq!((&row["periode"], &row["loan_id"]), (&json!("2026-06"), &json!(loan)));
        assert_eq!((&row["sales_code"], &row["branch_code"]), (&json!("S01"), &json!("JKT")));
        assert_eq!(row["loan_number"], lending.loan(loan)["number"]);
        let trail = admin.get("/logs/audit-trails?ref_table=sales_commissions").expect(200);
        assert_eq!(rows(&trail)[0]["action"], "commission.earn");
    });
}

#[test]
fn an_unpaid_commission_is_void_once_its_disbursement_is_reversed() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = selling(&lending);
        let loan = disbursed_for(&lending, sales);
        reverse_disbursement(&lending, loan);
        let finance = &lending.staff.finance;
        assert_eq!(told(finance, sales), ["500000.00 disbursement void"]);
        let void = pay(finance, sales, 1).refused(409, "invalid_transition");
        assert_eq!((&void["from"], &void["to"]), (&json!("void"), &json!("paid")));
        lending.disburse(loan);
        assert_eq!(
            told(finance, sales),
            ["500000.00 disbursement void", "500000.00 disbursement unpaid"]
        );
        let performance = finance.get(&format!("/sales/{sales}/performance")).expect(200);
        assert_eq!(performance["commission"], "500000.00");
    });
}

#[test]
fn a_paid_commission_is_clawed_back_and_earned_anew() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = selling(&lending);
        let loan = disbursed_for(&lending, sales);
        let finance = &lending.staff.finance;
        let paid = pay(finance, sales, 1).expect(200);
        assert_eq!((&paid["status"], &paid["paid_on"]), (&json!("paid"), &json!("2026-06-15")));
        assert_eq!(
            (&paid["payroll_periode"], &paid["reference"]),
            (&json!("2026-06"), &json!("GAJI-6"))
        );
        house.set_today("2026-07-01");
        reverse_disbursement(&lending, loan);
        let back = ["500000.00 disbursement paid", "-500000.00 clawback unpaid"];
        assert_eq!(told(finance, sales), back);
        let list = finance.get(&format!("/sales/{sales}/commissions?status=unpaid")).expect(200);
        let row = &rows(&list)[0];
        assert_eq!((&row["corrects"], &row["periode"]), (&json!(1), &json!("2026-07")));
        assert_eq!((&row["reason"], &row["loan_id"]), (&json!("rekening salah"), &json!(loan)));
        lending.disburse(loan);
        assert_eq!(told(finance, sales).len(), 3);
        assert_eq!(told(finance, sales)[2], "500000.00 disbursement unpaid");
        reverse_disbursement(&lending, loan);
        assert_eq!(told(finance, sales)[2], "500000.00 disbursement void");
        // The claw-back is deducted with a payroll.
        let path = format!("/sales/{sales}/commissions/2/pay");
        let body = json!({"paid_on": "2026-07-01", "payroll_periode": "2026-07"});
        assert_eq!(finance.post(&path, &body).expect(200)["status"], "paid");
    });
}

#[test]
fn a_refused_reversal_leaves_the_commission_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = selling(&lending);
        let loan = disbursed_for(&lending, sales);
        lending.pay(loan, "2026-06-15", "100000");
        let finance = &lending.staff.finance;
        let list = finance.get(&format!("/loans/{loan}/transactions")).expect(200);
        let [disbursement, payment] = rows(&list) else { panic!("{list}") };
        let reason = json!({"reason": "salah"});
        let reverse = |kind: &str, transaction: &Value| {
            finance.post(&format!("/loans/{loan}/{kind}/{}/reverse", transaction["id"]), &reason)
        };
        reverse("payments", disbursement).refused(404, "not_found");
        reverse("payments", payment).expect(200);
        assert_eq!(told(finance, sales), ["500000.00 disbursement unpaid"]);
    });
}

#[test]
fn no_share_no_commission_and_who_left_is_paid() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let branch = make_branch(admin, "JKT");
        let unpaid = sales(branch, "S01", json!({"commission_pct": "0"}));
        let unpaid = id(&admin.post("/sales", &unpaid).expect(201));
        disbursed_for(&lending, unpaid);
        assert_eq!(told(admin, unpaid), [""; 0]);
        let gone = make_sales(admin, branch, "S02");
        let loan = approved_for(&lending, gone);
        admin.put(&format!("/sales/{gone}"), &json!({"is_active": false})).expect(200);
        lending.disburse(loan);
        assert_eq!(told(admin, gone), ["500000.00 disbursement unpaid"]);
        // Nobody brought this one.
        lending.disbursed();
        let all = admin.get("/sales-commissions?count=true").expect(200);
        assert_eq!(all["total"], 1);
    });
}

#[test]
fn a_row_by_hand_has_a_reason_and_two_pairs_of_eyes() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let staff = &lending.staff;
        let sales = selling(&lending);
        let path = format!("/sales/{sales}/commissions");
        let add = |by: &Client, body: Value| by.post(&path, &body);
        let bonus = json!({"amount": "250000", "reason": "Bonus bulan Juni"});
        let made = add(&staff.manager, bonus.clone()).expect(201);
        assert_eq!((&made["kind"], &made["status"]), (&json!("manual"), &json!("unpaid")));
        let deducted = json!({"amount": "-1000.50", "reason": "kelebihan bayar"});
        add(&staff.manager, deducted).expect(201);
        let faults = |body: Value| {
            let faults = add(&staff.manager, body).faults();
            faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        assert_eq!(faults(json!({})), ["amount required", "reason required"]);
        assert_eq!(faults(json!({"amount": 0, "reason": "x"})), ["amount zero"]);
        let nowhere = json!({"amount": 1, "reason": "x", "loan_id": 99});
        assert_eq!(faults(nowhere), ["loan_id unknown"]);
        add(&staff.finance, bonus.clone()).refused(403, "permission_denied");
        let by_admin = add(&staff.admin, bonus).expect(201);
        pay(&staff.admin, sales, id(&by_admin)).refused(422, "same_person");
        pay(&staff.finance, sales, id(&by_admin)).expect(200);
        pay(&staff.finance, sales, id(&by_admin)).refused(409, "invalid_transition");
        pay(&staff.finance, sales, 99).refused(404, "not_found");
        pay(&staff.manager, sales, 1).refused(403, "permission_denied");
        let ahead = json!({"paid_on": "2026-06-16"});
        let refused = staff.finance.post(&format!("{path}/1/pay"), &ahead).faults();
        let codes: Vec<_> = refused.iter().map(|(field, code)| format!("{field} {code}")).collect();
        assert_eq!(codes, ["paid_on date_in_future", "payroll_periode required"]);
    });
}

#[test]
fn a_commission_is_paid_once_however_often_it_is_asked() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = selling(&lending);
        disbursed_for(&lending, sales);
        let finance = &lending.staff.finance;
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries = [(); 3].map(|()| scope.spawn(|| pay(finance, sales, 1).status));
            tries.into_iter().map(|tried| tried.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409]);
    });
}
