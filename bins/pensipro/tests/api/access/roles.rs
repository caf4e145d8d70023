//! Roles, permissions, and what the ones hold of the others.

use serde_json::{Value, json};

use super::{clerk, grant, permission_id, role_of};
use crate::support::on_each_backend;

#[test]
fn a_role_is_added_shown_changed_and_switched_off() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body = json!({"role_name": "Compliance Officer", "description": "Kepatuhan"});
        let made = admin.post("/roles", &body);
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!((&made["is_active"], &made["permissions"]), (&json!(true), &json!([])));
        let shown = admin.get(&location);
        let etag = shown.header("etag").unwrap().to_owned();
        assert_eq!(shown.expect(200), made);
        let id = made["id"].as_i64().unwrap();
        let granted = grant(&admin, id, "VIEW_LOG");
        assert_eq!(granted["permissions"][0]["permission_code"], "VIEW_LOG");
        let stale = json!({"description": null});
        admin.json("PUT", &location, &[("If-Match", &etag)], &stale).refused(412, "stale");
        let changed = admin.put(&location, &json!({"role_name": "Kepatuhan", "description": null}));
        let changed = changed.expect(200);
        assert_eq!(
            (&changed["role_name"], &changed["description"]),
            (&json!("Kepatuhan"), &Value::Null)
        );
        assert_eq!(changed["permissions"], granted["permissions"]);
        admin.delete(&location).expect(204);
        admin.delete(&location).expect(204);
        assert_eq!(admin.get(&location).expect(200)["is_active"], false);
        let off = admin.get("/roles?is_active=false").expect(200);
        assert_eq!(off["data"][0]["role_name"], "Kepatuhan");
        admin.get("/roles/999").refused(404, "not_found");
    });
}

#[test]
fn names_are_taken_once_whatever_their_case() {
    on_each_backend(|house| {
        let admin = house.admin();
        let id = role_of(&admin, "Compliance", &[]);
        let taken = admin.post("/roles", &json!({"role_name": " COMPLIANCE "}));
        assert_eq!(taken.refused(409, "role_taken")["existing_id"], id);
        let other = role_of(&admin, "Other", &[]);
        let renamed = admin.put(&format!("/roles/{other}"), &json!({"role_name": "compliance"}));
        renamed.refused(409, "role_taken");
        // Its own name in another case is free.
        admin.put(&format!("/roles/{id}"), &json!({"role_name": "COMPLIANCE"})).expect(200);
        let faults = admin.post("/roles", &json!({"description": "x".repeat(201)})).faults();
        let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["role_name", "description"]);
    });
}

#[test]
fn of_two_roles_with_one_name_at_once_one_is_added() {
    on_each_backend(|house| {
        let admin = house.admin();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let add = |name| admin.post("/roles", &json!({"role_name": name})).status;
            let tries: Vec<_> =
                ["Teller", "TELLER", "teller"].map(|name| scope.spawn(move || add(name))).into();
            tries.into_iter().map(|made| made.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 2, "{statuses:?}");
    });
}

#[test]
fn a_role_that_is_switched_off_is_gone_from_its_holders_at_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let (reader, id) = clerk(house, "READER", &["VIEW_LOG"]);
        let role = house.role_id(&admin, "READER");
        reader.get("/logs/audit-trails").expect(200);
        admin.delete(&format!("/roles/{role}")).expect(204);
        reader.get("/logs/audit-trails").refused(401, "token_revoked");
        let user = admin.get(&format!("/users/{id}")).expect(200);
        assert_eq!((&user["roles"], &user["permissions"]), (&json!([]), &json!([])));
        let again = house.sign_in(user["username"].as_str().unwrap());
        again.get("/logs/audit-trails").refused(403, "permission_denied");
        let assign = json!({"role_id": role});
        let other = house.new_user(&admin, &[]);
        let refused = admin.post(&format!("/users/{}/roles", other["id"]), &assign);
        refused.refused(422, "role_inactive");
        // Switched on again, its holders have it with their next tokens.
        admin.put(&format!("/roles/{role}"), &json!({"is_active": true})).expect(200);
        again.get("/auth/me").expect(200);
        house.sign_in(user["username"].as_str().unwrap()).get("/logs/audit-trails").expect(200);
    });
}

#[test]
fn a_permission_given_counts_from_the_next_token_and_one_taken_at_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let (reader, id) = clerk(house, "READER", &["VIEW_LOG", "VIEW_LOAN"]);
        let role = house.role_id(&admin, "READER");
        let held = json!({"permission_id": permission_id(&admin, "VIEW_LOG")});
        let path = format!("/roles/{role}/permissions");
        admin.post(&path, &held).refused(409, "permission_already_held");
        let unknown = admin.post(&path, &json!({"permission_id": 9_999})).faults();
        assert_eq!(unknown, [("permission_id".to_owned(), "unknown".to_owned())]);
        grant(&admin, role, "VIEW_MEMBER");
        reader.get("/loans").expect(200);
        reader.get("/members").refused(403, "permission_denied");

        let view_loan = permission_id(&admin, "VIEW_LOAN");
        admin.delete(&format!("{path}/{view_loan}")).expect(204);
        reader.get("/logs/audit-trails").refused(401, "token_revoked");
        admin.delete(&format!("{path}/{view_loan}")).refused(404, "permission_not_held");
        admin.delete(&format!("{path}/9999")).refused(404, "not_found");
        let user = admin.get(&format!("/users/{id}")).expect(200);
        assert_eq!(user["permissions"], json!(["VIEW_LOG", "VIEW_MEMBER"]));
        let now = house.sign_in(user["username"].as_str().unwrap());
        now.get("/members").expect(200);
        now.get("/loans").refused(403, "permission_denied");
    });
}

#[test]
fn nobody_gives_a_role_what_he_lacks() {
    on_each_backend(|house| {
        let (keeper, _) = clerk(house, "KEEPER", &["MANAGE_ROLE", "VIEW_LOAN"]);
        let admin = house.admin();
        let role = role_of(&keeper, "Own", &["VIEW_LOAN"]);
        let disburse = json!({"permission_id": permission_id(&admin, "DISBURSE_LOAN")});
        let refused = keeper.post(&format!("/roles/{role}/permissions"), &disburse);
        assert_eq!(refused.refused(403, "cannot_grant")["missing"], json!(["DISBURSE_LOAN"]));
        // Nor by switching on a role that holds it, nor by making it up first.
        let strong = role_of(&admin, "Strong", &["DISBURSE_LOAN"]);
        keeper.delete(&format!("/roles/{strong}")).expect(204);
        let on = keeper.put(&format!("/roles/{strong}"), &json!({"is_active": true}));
        on.refused(403, "cannot_grant");
        let own = keeper.post("/permissions", &json!({"permission_code": "OWN_RIGHT"})).expect(201);
        let own = json!({"permission_id": own["id"]});
        keeper.post(&format!("/roles/{role}/permissions"), &own).refused(403, "cannot_grant");
    });
}

#[test]
fn a_permission_of_ones_own_stands_in_tokens_and_administrators_hold_it() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body = json!({"permission_code": "PRINT_CARD", "description": "Cetak kartu"});
        let made = admin.post("/permissions", &body);
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!(admin.get(&location).expect(200), made);
        let taken = admin.post("/permissions", &body).refused(409, "permission_taken");
        assert_eq!(taken["existing_id"], made["id"]);
        let faults = admin.post("/permissions", &json!({"permission_code": "print card"})).faults();
        assert_eq!(faults, [("permission_code".to_owned(), "invalid_code".to_owned())]);
        let held = house.admin().get("/auth/me").expect(200)["permissions"].clone();
        assert!(held.as_array().unwrap().contains(&json!("PRINT_CARD")), "{held}");
        let (printer, _) = clerk(house, "PRINTER", &["PRINT_CARD"]);
        assert_eq!(printer.get("/auth/me").expect(200)["permissions"], json!(["PRINT_CARD"]));
    });
}

#[test]
fn permissions_are_listed_by_code_page_by_page() {
    on_each_backend(|house| {
        let admin = house.admin();
        let mut codes = Vec::new();
        let mut path = "/permissions?limit=20&count=true".to_owned();
        let mut total = Value::Null;
        loop {
            let page = admin.get(&path).expect(200);
            let rows = page["data"].as_array().unwrap();
            codes
                .extend(rows.iter().map(|row| row["permission_code"].as_str().unwrap().to_owned()));
            total = if total.is_null() { page["total"].clone() } else { total };
            match page["next_cursor"].as_str() {
                Some(next) => path = format!("/permissions?limit=20&cursor={next}"),
                None => break,
            }
        }
        assert!(codes.is_sorted());
        assert_eq!(codes.len(), pensipro_kernel::Permission::ALL.len());
        assert_eq!(total, codes.len());
        admin.get("/permissions?sort=id").refused(400, "invalid_query");
    });
}

#[test]
fn changes_of_roles_stand_in_the_trail() {
    on_each_backend(|house| {
        let admin = house.admin();
        let role = role_of(&admin, "Traced", &["VIEW_LOG"]);
        let view_log = permission_id(&admin, "VIEW_LOG");
        admin.delete(&format!("/roles/{role}/permissions/{view_log}")).expect(204);
        admin.put(&format!("/roles/{role}"), &json!({"description": "Lain"})).expect(200);
        let path = format!("/logs/audit-trails?ref_table=sys_roles&ref_id={role}");
        let rows = admin.get(&path).expect(200)["data"].clone();
        let rows = rows.as_array().unwrap();
        let mut actions: Vec<&str> =
            rows.iter().map(|row| row["action"].as_str().unwrap()).collect();
        actions.sort_unstable();
        let all = ["role.create", "role.grant_permission", "role.revoke_permission", "role.update"];
        assert_eq!(actions, all);
        assert!(rows.iter().all(|row| row["actor_id"] == 1));
    });
}
