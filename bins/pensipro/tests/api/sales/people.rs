//! Branches and sales people: making, changing, listing.

use serde_json::{Value, json};

use super::force::{make_branch, make_sales, sales};
use crate::support::{
    Client,
    lending::{id, rows},
    on_each_backend,
};

fn codes(client: &Client, path: &str) -> String {
    let list = client.get(path).expect(200);
    let codes: Vec<_> = rows(&list).iter().map(|row| row["code"].as_str().unwrap()).collect();
    codes.join(" ")
}

#[test]
fn a_branch_is_made_changed_and_switched_off() {
    on_each_backend(|house| {
        let manager = house.user(&["MANAGER"]);
        let body = json!({"code": " JKT ", "name": "Cabang Jakarta", "address": "Jl. Melati 4"});
        let made = manager.post("/sales-branches", &body);
        let place = made.header("location").unwrap().to_owned();
        assert_eq!(made.header("etag"), Some("\"1\""));
        let made = made.expect(201);
        assert_eq!((&made["code"], &made["is_active"]), (&json!("JKT"), &json!(true)));
        assert_eq!(house.user(&["AUDITOR"]).get(&place).expect(200), made);
        let change = |body: Value, version: &str| {
            manager.json("PUT", &place, &[("If-Match", version)], &body)
        };
        let changed = change(json!({"address": null, "is_active": false}), "\"1\"");
        assert_eq!(changed.header("etag"), Some("\"2\""));
        let changed = changed.expect(200);
        assert_eq!((&changed["address"], &changed["name"]), (&Value::Null, &made["name"]));
        change(json!({"name": "Lain"}), "\"1\"").refused(412, "stale");
        change(json!({"name": null}), "\"2\"").refused(400, "unreadable_body");
        let taken = manager.post("/sales-branches", &body).refused(409, "duplicate_code");
        assert_eq!(taken["existing_id"], made["id"]);
        let faults = manager.post("/sales-branches", &json!({})).faults();
        assert_eq!(
            faults,
            [("code".into(), "required".into()), ("name".into(), "required".into())]
        );
        manager.put("/sales-branches/99", &json!({})).refused(404, "not_found");
        let seller = sales(id(&made), "S1", json!({}));
        let refused = manager.post("/sales", &seller).faults();
        assert_eq!(refused, [("branch_id".into(), "not_active".into())]);
        let member = crate::support::people::registration_with(1, json!({"branch_id": made["id"]}));
        assert_eq!(house.admin().post("/members", &member).faults()[0].0, "branch_id");
    });
}

#[test]
fn branches_are_listed_by_filter_and_order() {
    on_each_backend(|house| {
        let admin = house.admin();
        for code in ["C", "A", "B"] {
            make_branch(&admin, code);
        }
        admin.put("/sales-branches/2", &json!({"is_active": false})).expect(200);
        assert_eq!(codes(&admin, "/sales-branches"), "A B C");
        assert_eq!(codes(&admin, "/sales-branches?sort=-created_at"), "B A C");
        assert_eq!(codes(&admin, "/sales-branches?is_active=true&sort=name"), "B C");
        assert_eq!(codes(&admin, "/sales-branches?q=cabang%20c"), "C");
        let first = admin.get("/sales-branches?limit=2&count=true").expect(200);
        assert_eq!(first["total"], 3);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(codes(&admin, &format!("/sales-branches?limit=2&cursor={cursor}")), "C");
        admin.get("/sales-branches?sort=address").refused(400, "invalid_query");
    });
}

#[test]
fn a_sales_person_is_added_changed_and_switched_off() {
    on_each_backend(|house| {
        let admin = house.admin();
        let branch = make_branch(&admin, "JKT");
        let user = id(&house.new_user(&admin, &["SALES"]));
        let other = json!({"phone": "0812-3456-7890", "email": "sari@koperasi.example",
            "commission_pct": 1.25, "user_id": user});
        let made = admin.post("/sales", &sales(branch, "S01", other));
        let place = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!(made["phone"], "+6281234567890");
        assert_eq!((&made["commission_pct"], &made["user_id"]), (&json!("1.25"), &json!(user)));
        assert_eq!(admin.get(&place).expect(200), made);

        let change =
            |body: Value, version: &str| admin.json("PUT", &place, &[("If-Match", version)], &body);
        let body = json!({"phone": null, "commission_pct": "2", "is_active": false});
        let changed = change(body, "\"1\"").expect(200);
        assert_eq!((&changed["phone"], &changed["commission_pct"]), (&Value::Null, &json!("2")));
        assert_eq!((&changed["is_active"], &changed["email"]), (&json!(false), &made["email"]));
        change(json!({"name": "Lain"}), "\"1\"").refused(412, "stale");
        change(json!({"commission_pct": "1.00001"}), "*").refused(400, "unreadable_body");
        change(json!({"commission_pct": "100.5"}), "*").refused(422, "validation_failed");
        admin.delete(&place).refused(405, "method_not_allowed");

        let trail = admin.get("/logs/audit-trails?ref_table=sales").expect(200);
        let actions: Vec<_> =
            rows(&trail).iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(actions.len(), 2);
        assert!(actions.contains(&"sales.create") && actions.contains(&"sales.update"));
    });
}

#[test]
fn code_and_user_are_taken_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let branch = make_branch(&admin, "JKT");
        let user = id(&house.new_user(&admin, &["SALES"]));
        let first = admin.post("/sales", &sales(branch, "S01", json!({"user_id": user})));
        let first = id(&first.expect(201));
        let again = admin.post("/sales", &sales(branch, "S01", json!({})));
        assert_eq!(again.refused(409, "duplicate_code")["existing_id"], first);
        let again = admin.post("/sales", &sales(branch, "S02", json!({"user_id": user})));
        assert_eq!(again.refused(409, "user_taken")["existing_id"], first);
        let second = make_sales(&admin, branch, "S02");
        let place = format!("/sales/{second}");
        admin.put(&place, &json!({"user_id": user})).refused(409, "user_taken");
        admin.put(&place, &json!({"code": "S01"})).refused(409, "duplicate_code");
        let body = sales(branch, "S03", json!({}));
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries = [(); 2].map(|()| scope.spawn(|| admin.post("/sales", &body).status));
            tries.into_iter().map(|tried| tried.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    });
}

#[test]
fn who_is_named_must_be_there_and_in_use() {
    on_each_backend(|house| {
        let admin = house.admin();
        let branches = [make_branch(&admin, "JKT"), make_branch(&admin, "BDG")];
        let faults = |other: Value| {
            let faults = admin.post("/sales", &sales(branches[0], "S01", other)).faults();
            faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        assert_eq!(faults(json!({"branch_id": 99})), ["branch_id unknown"]);
        assert_eq!(faults(json!({"user_id": 99})), ["user_id unknown"]);
        let user = id(&house.new_user(&admin, &["SALES"]));
        let sql = format!("UPDATE sys_users SET is_active = FALSE WHERE id = {user}");
        house.database.execute(&sql).unwrap();
        assert_eq!(faults(json!({"user_id": user})), ["user_id not_active"]);
        let sql = format!(
            "UPDATE sys_users SET is_active = TRUE, branch_id = {} WHERE id = {user}",
            branches[1]
        );
        house.database.execute(&sql).unwrap();
        assert_eq!(faults(json!({"user_id": user})), ["user_id other_branch"]);
        let there = sales(branches[1], "S01", json!({"user_id": user}));
        let there = id(&admin.post("/sales", &there).expect(201));
        let moved = admin.put(&format!("/sales/{there}"), &json!({"branch_id": branches[0]}));
        assert_eq!(moved.faults(), [("user_id".into(), "other_branch".into())]);
    });
}

#[test]
fn nobody_sets_his_own_commission() {
    on_each_backend(|house| {
        let admin = house.admin();
        let branch = make_branch(&admin, "JKT");
        let manager = house.user(&["MANAGER"]);
        let user = manager.get("/auth/me").expect(200)["user_id"].clone();
        let own = sales(branch, "S01", json!({"user_id": user}));
        manager.post("/sales", &own).refused(422, "same_person");
        let place = format!("/sales/{}", id(&admin.post("/sales", &own).expect(201)));
        manager.put(&place, &json!({"commission_pct": "9"})).refused(422, "same_person");
        manager
            .put(&place, &json!({"user_id": null, "commission_pct": "9"}))
            .refused(422, "same_person");
        manager.put(&place, &json!({"phone": "081234567890"})).expect(200);
        admin.put(&place, &json!({"commission_pct": "2"})).expect(200);
    });
}

#[test]
fn sales_people_are_listed_by_filter_and_order() {
    on_each_backend(|house| {
        let admin = house.admin();
        let branches = [make_branch(&admin, "JKT"), make_branch(&admin, "BDG")];
        let user = id(&house.new_user(&admin, &["SALES"]));
        make_sales(&admin, branches[0], "S3");
        make_sales(&admin, branches[1], "S1");
        let tied = sales(branches[0], "S2", json!({"user_id": user, "name": "Ahmad"}));
        let tied = id(&admin.post("/sales", &tied).expect(201));
        let off = make_sales(&admin, branches[0], "S4");
        admin.put(&format!("/sales/{off}"), &json!({"is_active": false})).expect(200);
        assert_eq!(codes(&admin, "/sales"), "S1 S2 S3 S4");
        assert_eq!(codes(&admin, "/sales?sort=name&is_active=true"), "S2 S1 S3");
        assert_eq!(codes(&admin, "/sales?sort=-created_at&limit=2"), "S4 S2");
        assert_eq!(codes(&admin, &format!("/sales?branch_id={}", branches[1])), "S1");
        assert_eq!(codes(&admin, &format!("/sales?user_id={user}")), "S2");
        assert_eq!(codes(&admin, "/sales?q=ahm"), "S2");
        assert_eq!(admin.get(&format!("/sales/{tied}")).expect(200)["name"], "Ahmad");
        admin.get("/sales/99").refused(404, "not_found");
        admin.get("/sales?nik=1").refused(400, "invalid_query");
    });
}
