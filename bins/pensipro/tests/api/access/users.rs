//! Users and their roles.

use serde_json::{Value, json};

use super::clerk;
use crate::support::{PASSWORD, on_each_backend};

fn new_user(username: &str) -> Value {
    json!({
        "username": username,
        "email": format!("{username}@example.com"),
        "full_name": "Budi Santoso",
        "password": PASSWORD,
    })
}

#[test]
fn a_user_is_added_shown_and_can_sign_in() {
    on_each_backend(|house| {
        let admin = house.admin();
        let roles = [house.role_id(&admin, "SALES"), house.role_id(&admin, "SUPERVISOR")];
        let mut body = new_user("Budi");
        body["role_ids"] = json!(roles);
        let made = admin.post("/users", &body);
        let location = made.header("location").unwrap().to_owned();
        assert_eq!(made.header("etag"), Some("\"1\""));
        let made = made.expect(201);
        assert_eq!((&made["username"], &made["is_active"]), (&json!("budi"), &json!(true)));
        let names: Vec<&Value> =
            made["roles"].as_array().unwrap().iter().map(|role| &role["role_name"]).collect();
        assert_eq!(names, ["SALES", "SUPERVISOR"]);
        assert!(!made.to_string().contains("password"));
        assert_eq!(admin.get(&location).expect(200), made);
        assert_eq!(house.sign_in("BUDI").get("/auth/me").expect(200)["user_id"], made["id"]);
    });
}

#[test]
fn all_faults_come_at_once_and_nothing_is_stored() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body =
            json!({"username": "x", "email": "x", "password": "x".repeat(73), "phone": "a\u{0}b"});
        let fields: Vec<String> =
            admin.post("/users", &body).faults().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["username", "email", "full_name", "phone", "password"]);
        let body = json!({"username": "budi", "email": "b@x.id", "full_name": "B", "password": PASSWORD,
            "role_ids": [999_999]});
        assert_eq!(admin.post("/users", &body).faults()[0].0, "role_id");
        let body = json!({"username": "budi", "email": "b@x.id", "full_name": "B", "password": PASSWORD,
            "branch_id": 999_999});
        assert_eq!(admin.post("/users", &body).faults()[0].0, "branch_id");
        assert_eq!(admin.get("/users?count=true").expect(200)["total"], 1);
    });
}

#[test]
fn names_and_addresses_are_taken_once_whatever_their_case() {
    on_each_backend(|house| {
        let admin = house.admin();
        let first = admin.post("/users", &new_user("budi")).expect(201);
        let taken = admin.post("/users", &new_user("BUDI")).refused(409, "username_taken");
        assert_eq!(taken["existing_id"], first["id"]);
        let mut other = new_user("wati");
        other["email"] = json!("BUDI@example.com");
        let taken = admin.post("/users", &other).refused(409, "email_taken");
        assert_eq!(taken["existing_id"], first["id"]);
    });
}

#[test]
fn of_two_at_once_with_one_name_one_is_added() {
    on_each_backend(|house| {
        let admin = house.admin();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| admin.post("/users", &new_user("budi")).status))
                .collect();
            tries.into_iter().map(|made| made.join().unwrap()).collect()
        });
        let added = statuses.iter().filter(|status| **status == 201).count();
        let refused = statuses.iter().filter(|status| **status == 409).count();
        assert_eq!((added, refused), (1, 3), "{statuses:?}");
    });
}

#[test]
fn a_role_given_counts_from_the_next_token_and_a_role_taken_at_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &["AUDITOR"]);
        let (id, name) = (&user["id"], user["username"].as_str().unwrap());
        let before = house.sign_in(name);
        let finance = house.role_id(&admin, "FINANCE");
        let with_role = admin.post(&format!("/users/{id}/roles"), &json!({"role_id": finance}));
        assert!(
            with_role.expect(201)["permissions"]
                .as_array()
                .unwrap()
                .contains(&json!("DISBURSE_LOAN"))
        );
        let again = admin.post(&format!("/users/{id}/roles"), &json!({"role_id": finance}));
        again.refused(409, "role_already_held");
        before.get("/logs/audit-trails").expect(200);

        let auditor = house.role_id(&admin, "AUDITOR");
        admin.delete(&format!("/users/{id}/roles/{auditor}")).expect(204);
        before.get("/logs/audit-trails").refused(401, "token_revoked");
        admin.delete(&format!("/users/{id}/roles/{auditor}")).refused(404, "role_not_held");
        let now = house.sign_in(name);
        let refused = now.get("/logs/audit-trails").refused(403, "permission_denied");
        assert_eq!(refused["permission"], "VIEW_LOG");
    });
}

#[test]
fn nobody_grants_what_he_lacks() {
    on_each_backend(|house| {
        let admin = house.admin();
        let (clerk, _) = clerk(house, "KEEPER", &["MANAGE_USER", "VIEW_FUNDER"]);
        let mut body = new_user("budi");
        body["role_ids"] = json!([house.role_id(&admin, "FINANCE")]);
        let refused = clerk.post("/users", &body).refused(403, "cannot_grant");
        assert!(refused["missing"].as_array().unwrap().contains(&json!("DISBURSE_LOAN")));
        assert_eq!(admin.get("/users?q=budi&count=true").expect(200)["total"], 0);
        body["role_ids"] = json!([house.role_id(&admin, "FUNDER")]);
        clerk.post("/users", &body).expect(201);
    });
}

#[test]
fn changes_are_in_the_trail() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &["SALES"]);
        let path = format!("/logs/audit-trails?ref_table=sys_users&ref_id={}", user["id"]);
        let trail = admin.get(&path).expect(200);
        let row = &trail["data"][0];
        assert_eq!((&row["action"], &row["actor_id"]), (&json!("user.create"), &json!(1)));
        assert_eq!(row["new_value"]["roles"], json!(["SALES"]));
        assert!(!row.to_string().contains("$2b$"), "a hash is in the trail");
    });
}
