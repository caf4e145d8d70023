//! That somebody is always left who can administrate the house.

use pensipro_auth::SEED_ROLES;
use serde_json::{Value, json};

use crate::support::{Client, House, on_each_backend, people::branch};

/// A second administrator, and his id.
fn second(house: &House) -> (Client, i64) {
    let user = house.new_user(&house.admin(), &["ADMIN"]);
    let client = house.sign_in(user["username"].as_str().unwrap());
    (client, user["id"].as_i64().unwrap())
}

/// Every way to lose an administrator: method, path and body.
fn losses(house: &House, admin: &Client, id: i64) -> Vec<(&'static str, String, Value)> {
    let (role, sales) = (house.role_id(admin, "ADMIN"), house.role_id(admin, "SALES"));
    vec![
        ("DELETE", format!("/users/{id}"), Value::Null),
        ("DELETE", format!("/users/{id}/roles/{role}"), Value::Null),
        ("PUT", format!("/users/{id}"), json!({"is_active": false})),
        ("PUT", format!("/users/{id}"), json!({"role_ids": [sales]})),
        ("PUT", format!("/users/{id}"), json!({"branch_id": 1})),
    ]
}

fn send(client: &Client, (method, path, body): &(&str, String, Value)) -> crate::support::Response {
    match body {
        Value::Null => client.send(method, path, &[], None),
        body => client.json(method, path, &[], body),
    }
}

#[test]
fn the_last_one_is_not_lost_in_any_way() {
    on_each_backend(|house| {
        branch(house, 1);
        let admin = house.admin();
        for loss in losses(house, &admin, 1) {
            send(&admin, &loss).refused(409, "last_admin");
        }
        let me = admin.get("/users/1").expect(200);
        assert_eq!((&me["is_active"], &me["branch_id"]), (&json!(true), &Value::Null));
        // One who is tied to a branch, or switched off, is none to count on.
        let (_, tied) = second(house);
        admin.put(&format!("/users/{tied}"), &json!({"branch_id": 1})).expect(200);
        let (_, off) = second(house);
        admin.delete(&format!("/users/{off}")).expect(204);
        for loss in losses(house, &admin, 1) {
            send(&admin, &loss).refused(409, "last_admin");
        }
        // With a second one all of it may be done.
        let (other, id) = second(house);
        for loss in losses(house, &admin, id) {
            let answer = send(&admin, &loss);
            assert!(answer.status < 300, "{loss:?}: {}", answer.text());
            let back = json!({"is_active": true, "branch_id": null, "role_ids": [house.role_id(&admin, "ADMIN")]});
            admin.put(&format!("/users/{id}"), &back).expect(200);
        }
        drop(other);
    });
}

#[test]
fn of_two_who_remove_each_other_at_once_one_stays() {
    on_each_backend(|house| {
        branch(house, 1);
        for way in 0..5 {
            let admin = house.admin();
            let (other, id) = second(house);
            let (mine, his) = (&losses(house, &admin, 1)[way], &losses(house, &admin, id)[way]);
            let statuses = std::thread::scope(|scope| {
                let one = scope.spawn(|| send(&admin, his).status);
                let two = scope.spawn(|| send(&other, mine).status);
                [one.join().unwrap(), two.join().unwrap()]
            });
            let done = statuses.iter().filter(|status| **status < 300).count();
            assert_eq!(done, 1, "{mine:?}: {statuses:?}");
            assert!(statuses.iter().all(|status| *status < 500), "{statuses:?}");
            // Whoever stayed restores the first one, for the next way.
            let left = if statuses[0] < 300 { &admin } else { &other };
            let back = json!({"is_active": true, "branch_id": null,
                "role_ids": [house.role_id(left, "ADMIN")]});
            left.put("/users/1", &back).expect(200);
            house.admin().delete(&format!("/users/{id}")).expect(204);
        }
    });
}

#[test]
fn the_administrators_role_keeps_name_switch_and_permissions() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = format!("/roles/{}", house.role_id(&admin, "ADMIN"));
        admin.delete(&path).refused(409, "role_seeded");
        admin.put(&path, &json!({"is_active": false})).refused(409, "role_seeded");
        admin.put(&path, &json!({"role_name": "ROOT"})).refused(409, "role_seeded");
        let view_loan = super::permission_id(&admin, "VIEW_LOAN");
        let taken = admin.delete(&format!("{path}/permissions/{view_loan}"));
        taken.refused(409, "admin_holds_all");
        admin.put(&path, &json!({"description": "Pengelola"})).expect(200);
    });
}

#[test]
fn roles_of_the_first_start_keep_their_names_and_stay_on() {
    on_each_backend(|house| {
        let admin = house.admin();
        for seed in SEED_ROLES {
            let path = format!("/roles/{}", house.role_id(&admin, seed.name));
            admin.delete(&path).refused(409, "role_seeded");
            admin.put(&path, &json!({"is_active": false})).refused(409, "role_seeded");
            admin.put(&path, &json!({"role_name": "Lain"})).refused(409, "role_seeded");
            let role = admin.get(&path).expect(200);
            assert_eq!((&role["role_name"], &role["is_active"]), (&json!(seed.name), &json!(true)));
        }
    });
}
