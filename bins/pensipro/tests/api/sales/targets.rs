//! Targets of sales people and branches.

use serde_json::{Value, json};

use super::force::{disbursed_for, make_branch, make_sales, sales};
use crate::support::{
    lending::{Lending, id, rows},
    on_each_backend,
};

fn june(amount: &str) -> Value {
    json!({"periode": "2026-06", "target_amount": amount, "target_count": 2})
}

#[test]
fn a_target_is_set_by_one_and_approved_by_another() {
    on_each_backend(|house| {
        let admin = house.admin();
        let branch = make_branch(&admin, "JKT");
        let sales = make_sales(&admin, branch, "S01");
        let (supervisor, manager) = (house.user(&["SUPERVISOR"]), house.user(&["MANAGER"]));
        for path in [format!("/sales/{sales}/targets"), format!("/sales-branches/{branch}/targets")]
        {
            let made = supervisor.post(&path, &june("100000000")).expect(201);
            assert_eq!((&made["status"], &made["realised_count"]), (&json!("draft"), &json!(0)));
            assert_eq!(made["achievement_pct"], "0");
            let approve = format!("{path}/{}/approve", id(&made));
            supervisor.post(&approve, &json!({})).refused(422, "same_person");
            let approved = manager.post(&approve, &json!({})).expect(200);
            assert_eq!(approved["status"], "approved");
            assert_eq!(approved["approved_by"], manager.get("/auth/me").expect(200)["user_id"]);
            let again = manager.post(&approve, &json!({})).refused(409, "invalid_transition");
            assert_eq!((&again["from"], &again["to"]), (&json!("approved"), &json!("approved")));
            manager.post(&format!("{path}/99/approve"), &json!({})).refused(404, "not_found");
            house.user(&["AUDITOR"]).post(&approve, &json!({})).refused(403, "permission_denied");
        }
        let crossed = format!("/sales/{sales}/targets/2/approve");
        manager.post(&crossed, &json!({})).refused(404, "not_found");
    });
}

#[test]
fn a_target_set_anew_counts_once_it_is_approved() {
    on_each_backend(|house| {
        let admin = house.admin();
        let sales = make_sales(&admin, make_branch(&admin, "JKT"), "S01");
        let (supervisor, manager) = (house.user(&["SUPERVISOR"]), house.user(&["MANAGER"]));
        let path = format!("/sales/{sales}/targets");
        let first = id(&supervisor.post(&path, &june("100")).expect(201));
        let changed = manager.post(&path, &june("200")).expect(201);
        assert_eq!((id(&changed), &changed["target_amount"]), (first, &json!("200.00")));
        let approve = |target: i64| format!("{path}/{target}/approve");
        manager.post(&approve(first), &json!({})).refused(422, "same_person");
        supervisor.post(&approve(first), &json!({})).expect(200);
        let second = id(&supervisor.post(&path, &june("300")).expect(201));
        let target = |query: &str| {
            let list = admin.get(&format!("{path}?{query}")).expect(200);
            let texts = rows(&list).iter().map(|row| {
                format!(
                    "{} {}",
                    row["target_amount"].as_str().unwrap(),
                    row["status"].as_str().unwrap()
                )
            });
            texts.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(target(""), "300.00 draft, 200.00 approved");
        let performance = || admin.get(&format!("/sales/{sales}/performance")).expect(200);
        assert_eq!(performance()["target_amount"], "200.00");
        manager.post(&approve(second), &json!({})).expect(200);
        assert_eq!(target(""), "300.00 approved, 200.00 superseded");
        assert_eq!(target("status=superseded&periode=2026-06"), "200.00 superseded");
        assert_eq!(target("periode=2026-07"), "");
        assert_eq!(performance()["target_amount"], "300.00");
    });
}

#[test]
fn nobody_approves_the_target_that_is_his_own() {
    on_each_backend(|house| {
        let admin = house.admin();
        let branch = make_branch(&admin, "JKT");
        let manager = house.user(&["MANAGER"]);
        let user = manager.get("/auth/me").expect(200)["user_id"].clone();
        let own = sales(branch, "S01", json!({"user_id": user}));
        let path = format!("/sales/{}/targets", id(&admin.post("/sales", &own).expect(201)));
        let made = id(&house.user(&["SUPERVISOR"]).post(&path, &june("1")).expect(201));
        let approve = format!("{path}/{made}/approve");
        manager.post(&approve, &json!({})).refused(422, "same_person");
        admin.post(&approve, &json!({})).expect(200);
    });
}

#[test]
fn a_target_shows_what_became_of_it() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let branch = make_branch(admin, "JKT");
        let sales = make_sales(admin, branch, "S01");
        let path = format!("/sales/{sales}/targets");
        admin.post(&path, &june("200000000")).expect(201);
        let may = json!({"periode": "2026-05", "target_count": 4});
        admin.post(&path, &may).expect(201);
        disbursed_for(&lending, sales);
        let list = admin.get(&path).expect(200);
        let [june, may] = rows(&list) else { panic!("{list}") };
        assert_eq!(
            (&june["realised_amount"], &june["realised_count"]),
            (&json!("50000000.00"), &json!(1))
        );
        assert_eq!(
            (&june["achievement_pct"], &may["achievement_pct"]),
            (&json!("25"), &json!("0"))
        );
    });
}

#[test]
fn a_target_asks_for_something_in_a_month() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = format!("/sales-branches/{}/targets", make_branch(&admin, "JKT"));
        let faults = |body: Value| {
            let faults = admin.post(&path, &body).faults();
            faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        assert_eq!(faults(json!({})), ["periode required", "target_amount required"]);
        let negative = json!({"periode": "2026-06", "target_amount": "-1", "target_count": -1});
        assert_eq!(faults(negative), ["target_amount negative", "target_count out_of_range"]);
        let broken = json!({"periode": "2026-6", "target_amount": "1"});
        admin.post(&path, &broken).refused(400, "unreadable_body");
        admin.post("/sales-branches/99/targets", &june("1")).refused(404, "not_found");
    });
}
