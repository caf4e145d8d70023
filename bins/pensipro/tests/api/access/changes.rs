//! Changes of users: what is stated of them, their roles, whether they are switched on.

use serde_json::{Value, json};

use super::clerk;
use crate::support::{PASSWORD, on_each_backend, people::branch};

fn path(user: &Value) -> String {
    format!("/users/{}", user["id"])
}

#[test]
fn what_is_absent_stays_and_null_clears() {
    on_each_backend(|house| {
        branch(house, 1);
        let admin = house.admin();
        let user = house.new_user(&admin, &["SALES"]);
        let change = json!({"full_name": "Budi", "phone": "0812-3456-7890", "branch_id": 1});
        let changed = admin.put(&path(&user), &change).expect(200);
        assert_eq!((&changed["full_name"], &changed["branch_id"]), (&json!("Budi"), &json!(1)));
        assert_eq!(
            (&changed["phone"], &changed["email"]),
            (&json!("+6281234567890"), &user["email"])
        );
        assert_eq!(changed["roles"], user["roles"]);
        let cleared = json!({"phone": null, "branch_id": null, "email": "LAIN@example.com"});
        let cleared = admin.put(&path(&user), &cleared).expect(200);
        assert_eq!((&cleared["phone"], &cleared["branch_id"]), (&Value::Null, &Value::Null));
        assert_eq!(cleared["email"], "lain@example.com");
        assert_eq!(admin.get(&path(&user)).expect(200), cleared);
        admin.put(&path(&user), &json!({"full_name": null})).refused(400, "unreadable_body");
        admin.put(&path(&user), &json!({"password": PASSWORD})).refused(400, "unreadable_body");
    });
}

#[test]
fn a_stale_change_is_refused_whatever_it_was_that_changed() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &[]);
        let shown = admin.get(&path(&user));
        let etag = shown.header("etag").unwrap().to_owned();
        let role = json!({"role_id": house.role_id(&admin, "SALES")});
        admin.post(&format!("{}/roles", path(&user)), &role).expect(201);
        let stale = |method: &str, body: &Value| {
            admin.json(method, &path(&user), &[("If-Match", &etag)], body).refused(412, "stale");
        };
        stale("PUT", &json!({"role_ids": []}));
        let etag = admin.get(&path(&user)).header("etag").unwrap().to_owned();
        let change = json!({"full_name": "Budi"});
        let changed = admin.json("PUT", &path(&user), &[("If-Match", &etag)], &change);
        assert_ne!(changed.header("etag"), Some(etag.as_str()));
        changed.expect(200);
        let off = admin.send("DELETE", &path(&user), &[("If-Match", &etag)], None);
        off.refused(412, "stale");
    });
}

#[test]
fn faults_and_taken_names_change_nothing() {
    on_each_backend(|house| {
        let admin = house.admin();
        let (one, other) = (house.new_user(&admin, &[]), house.new_user(&admin, &[]));
        let change = json!({"username": "a b", "email": "x", "full_name": " ", "phone": "x",
            "branch_id": 1, "funder_id": 1});
        let faults = admin.put(&path(&one), &change).faults();
        let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["username", "email", "full_name", "phone", "funder_id"]);
        for (field, code) in [("username", "username_taken"), ("email", "email_taken")] {
            let mut change = json!({"full_name": "Lain"});
            change[field] = other[field].clone();
            let refused = admin.put(&path(&one), &change).refused(409, code);
            assert_eq!(refused["existing_id"], other["id"]);
        }
        let faults = admin.put(&path(&one), &json!({"branch_id": 999})).faults();
        assert_eq!(faults, [("branch_id".to_owned(), "unknown".to_owned())]);
        let faults = admin.put(&path(&one), &json!({"role_ids": [999]})).faults();
        assert_eq!(faults, [("role_id".to_owned(), "unknown".to_owned())]);
        assert_eq!(admin.get(&path(&one)).expect(200), one);
        admin.put("/users/999", &json!({"full_name": "X"})).refused(404, "not_found");
    });
}

#[test]
fn what_is_taken_away_is_gone_at_once_and_what_is_given_comes_with_the_next_token() {
    on_each_backend(|house| {
        branch(house, 1);
        let admin = house.admin();
        let user = house.new_user(&admin, &["AUDITOR"]);
        let name = user["username"].as_str().unwrap();
        let roles = |names: &[&str]| -> Vec<i64> {
            names.iter().map(|name| house.role_id(&admin, name)).collect()
        };
        let before = house.sign_in(name);
        let wider = json!({"role_ids": roles(&["AUDITOR", "SALES"]), "phone": "081234567890"});
        let wider = admin.put(&path(&user), &wider).expect(200);
        assert_eq!(wider["roles"].as_array().unwrap().len(), 2);
        before.get("/auth/me").expect(200);
        admin.put(&path(&user), &json!({"role_ids": roles(&["SALES"])})).expect(200);
        before.get("/auth/me").refused(401, "token_revoked");

        // To be tied to a branch is to lose sight of the others.
        let whole = house.sign_in(name);
        admin.put(&path(&user), &json!({"branch_id": 1})).expect(200);
        whole.get("/auth/me").refused(401, "token_revoked");
        let tied = house.sign_in(name);
        assert_eq!(tied.get("/auth/me").expect(200)["branch_id"], 1);
        admin.put(&path(&user), &json!({"branch_id": null})).expect(200);
        tied.get("/auth/me").expect(200);
    });
}

#[test]
fn somebody_who_is_switched_off_is_out_at_once_and_for_good() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &["SALES"]);
        let name = user["username"].as_str().unwrap();
        let tokens = house.login(name).expect(200);
        let client = house.stranger().with_token(tokens["access_token"].as_str().unwrap());
        admin.delete(&path(&user)).expect(204);
        admin.delete(&path(&user)).expect(204);
        client.get("/auth/me").refused(401, "token_revoked");
        house.login(name).refused(401, "invalid_credentials");
        assert_eq!(admin.get(&path(&user)).expect(200)["is_active"], false);
        let off = admin.get("/users?is_active=false").expect(200);
        assert_eq!(off["data"].as_array().unwrap().len(), 1);
        // Switched on again he signs in anew: his old sessions are over.
        let on = admin.put(&path(&user), &json!({"is_active": true})).expect(200);
        assert_eq!((&on["is_active"], &on["roles"]), (&json!(true), &user["roles"]));
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        house.stranger().post("/auth/refresh", &refresh).refused(401, "invalid_refresh_token");
        house.sign_in(name);
    });
}

#[test]
fn nobody_gives_by_a_change_what_he_lacks() {
    on_each_backend(|house| {
        let (keeper, _) = clerk(house, "KEEPER", &["MANAGE_USER", "VIEW_LOAN"]);
        let admin = house.admin();
        let user = house.new_user(&admin, &["SALES"]);
        let finance = json!({"role_ids": [house.role_id(&admin, "FINANCE")]});
        let refused = keeper.put(&path(&user), &finance).refused(403, "cannot_grant");
        assert!(refused["missing"].as_array().unwrap().contains(&json!("DISBURSE_LOAN")));
        assert!(!refused["missing"].as_array().unwrap().contains(&json!("VIEW_LOAN")));
        assert_eq!(admin.get(&path(&user)).expect(200)["roles"], user["roles"]);
        // He may take away, and then not give back: to switch somebody on gives all that he holds.
        keeper.put(&path(&user), &json!({"full_name": "Lain"})).expect(200);
        keeper.delete(&path(&user)).expect(204);
        keeper.put(&path(&user), &json!({"is_active": true})).refused(403, "cannot_grant");
        keeper.put(&path(&user), &json!({"role_ids": [], "is_active": true})).expect(200);
    });
}

#[test]
fn changes_stand_in_the_trail_with_both_sides() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &["SALES"]);
        let change = json!({"role_ids": [], "email": "lain@example.com"});
        admin.put(&path(&user), &change).expect(200);
        let trail = format!("/logs/audit-trails?action=user.update&ref_id={}", user["id"]);
        let row = admin.get(&trail).expect(200)["data"][0].clone();
        assert_eq!(row["old_value"]["roles"], json!(["SALES"]));
        assert_eq!(row["new_value"]["roles"], json!([]));
        assert_eq!(row["new_value"]["email"], "lain@example.com");
        let sealed =
            "SELECT coalesce(old_value, '') || coalesce(new_value, '') AS text FROM audit_trails";
        let open = house.database.texts(sealed).join("\n");
        assert!(!open.contains("example.com"), "an address stands open in the trail");
    });
}
