//! A branch's users see and change their branch's alone; others' are as if they were not there.

use serde_json::json;

use super::force::{disbursed_for, make_sales, sales};
use crate::support::{
    lending::{Lending, id, rows},
    on_each_backend,
    people::{branch, clerk},
};

#[test]
fn another_branch_is_not_there() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (own, other) = (branch(house, 1), branch(house, 2));
        let (mine, theirs) = (make_sales(admin, own, "S1"), make_sales(admin, other, "S2"));
        disbursed_for(&lending, mine);
        disbursed_for(&lending, theirs);
        let target = json!({"periode": "2026-06", "target_count": 1});
        let of_them = id(&admin.post(&format!("/sales/{theirs}/targets"), &target).expect(201));
        let manager = clerk(house, own, "MANAGER");
        for below in ["", "/visits", "/commissions", "/targets", "/performance"] {
            manager.get(&format!("/sales/{theirs}{below}")).refused(404, "not_found");
            manager.get(&format!("/sales/{mine}{below}")).expect(200);
        }
        for below in ["", "/targets", "/performance"] {
            manager.get(&format!("/sales-branches/{other}{below}")).refused(404, "not_found");
            manager.get(&format!("/sales-branches/{own}{below}")).expect(200);
        }
        manager.put(&format!("/sales/{theirs}"), &json!({"name": "x"})).refused(404, "not_found");
        let bonus = json!({"amount": 1, "reason": "x"});
        let add = |sales: i64| manager.post(&format!("/sales/{sales}/commissions"), &bonus);
        add(theirs).refused(404, "not_found");
        add(mine).expect(201);
        let set = |path: String| manager.post(&path, &target);
        set(format!("/sales/{theirs}/targets")).refused(404, "not_found");
        set(format!("/sales-branches/{other}/targets")).refused(404, "not_found");
        set(format!("/sales-branches/{own}/targets")).expect(201);
        let approve = format!("/sales/{theirs}/targets/{of_them}/approve");
        manager.post(&approve, &json!({})).refused(404, "not_found");
        let pay = json!({"paid_on": "2026-06-15", "payroll_periode": "2026-06"});
        let finance = clerk(house, own, "FINANCE");
        let path = |sales: i64, row: i64| format!("/sales/{sales}/commissions/{row}/pay");
        finance.post(&path(theirs, 2), &pay).refused(404, "not_found");
        finance.post(&path(mine, 2), &pay).refused(404, "not_found");
        finance.post(&path(mine, 1), &pay).expect(200);
        let visit =
            json!({"visited_on": "2026-06-15", "prospect_name": "Siti", "result": "not_met"});
        let seller = clerk(house, own, "SALES");
        seller.post(&format!("/sales/{theirs}/visits"), &visit).refused(404, "not_found");
        seller.post(&format!("/sales/{mine}/visits"), &visit).expect(201);
    });
}

#[test]
fn lists_hold_the_own_branch_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (own, other) = (branch(house, 1), branch(house, 2));
        let (mine, theirs) = (make_sales(admin, own, "S1"), make_sales(admin, other, "S2"));
        disbursed_for(&lending, mine);
        disbursed_for(&lending, theirs);
        let manager = clerk(house, own, "MANAGER");
        let count = |path: &str| rows(&manager.get(path).expect(200)).len();
        for path in ["/sales", "/sales-branches", "/sales-commissions", "/sales-ranking"] {
            assert_eq!((count(path), rows(&admin.get(path).expect(200)).len()), (1, 2), "{path}");
        }
        for path in
            ["/sales?branch_id=2", "/sales-commissions?branch_id=2", "/sales-ranking?branch_id=2"]
        {
            assert_eq!(count(path), 0, "{path}");
        }
        let file = manager.get("/sales-commissions?format=csv").text();
        assert_eq!(file.lines().count(), 2);
    });
}

#[test]
fn a_branch_manager_adds_to_his_branch_and_makes_none() {
    on_each_backend(|house| {
        let admin = house.admin();
        let (own, other) = (branch(house, 1), branch(house, 2));
        make_sales(&admin, other, "S2");
        let manager = clerk(house, own, "MANAGER");
        let body = json!({"code": "X", "name": "Lain"});
        manager.post("/sales-branches", &body).refused(403, "whole_house_only");
        let path = format!("/sales-branches/{own}");
        manager.put(&path, &json!({"is_active": false})).refused(403, "whole_house_only");
        let mut own_one = sales(own, "S1", json!({}));
        own_one.as_object_mut().unwrap().remove("branch_id");
        assert_eq!(manager.post("/sales", &own_one).expect(201)["branch_id"], own);
        let elsewhere = manager.post("/sales", &sales(other, "S3", json!({}))).faults();
        assert_eq!(elsewhere, [("branch_id".into(), "unknown".into())]);
        let taken = manager.post("/sales", &sales(own, "S2", json!({})));
        assert_eq!(taken.refused(409, "duplicate_code").get("existing_id"), None);
        let moved = manager.put("/sales/2", &json!({"branch_id": other})).faults();
        assert_eq!(moved, [("branch_id".into(), "unknown".into())]);
    });
}
