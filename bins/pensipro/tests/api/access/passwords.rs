//! Passwords, changed by their owners or set by others.

use serde_json::json;

use super::clerk;
use crate::support::{House, PASSWORD, Response, on_each_backend};

const OTHER: &str = "kata-sandi-lain";

pub(super) fn login(house: &House, username: &str, password: &str) -> Response {
    let body = json!({"username": username, "password": password});
    house.stranger().post("/auth/login", &body)
}

#[test]
fn changing_ones_own_ends_every_session() {
    on_each_backend(|house| {
        let user = house.new_user(&house.admin(), &[]);
        let name = user["username"].as_str().unwrap();
        let tokens = house.login(name).expect(200);
        let (here, there) = (
            house.stranger().with_token(tokens["access_token"].as_str().unwrap()),
            house.sign_in(name),
        );
        let change = json!({"current_password": PASSWORD, "new_password": OTHER});
        here.put("/auth/password", &change).expect(204);
        for client in [here, there] {
            client.get("/auth/me").refused(401, "token_revoked");
        }
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        house.stranger().post("/auth/refresh", &refresh).refused(401, "invalid_refresh_token");
        login(house, name, PASSWORD).refused(401, "invalid_credentials");
        login(house, name, OTHER).expect(200);
        let trail = house.admin().get("/logs/audit-trails?action=user.change_password").expect(200);
        let row = &trail["data"][0];
        assert_eq!((&row["actor_id"], &row["ref_id"]), (&user["id"], &user["id"]));
    });
}

#[test]
fn what_cannot_be_a_password_is_told() {
    on_each_backend(|house| {
        let admin = house.admin();
        let own = |new: &str| {
            let change = json!({"current_password": PASSWORD, "new_password": new});
            admin.put("/auth/password", &change).faults()
        };
        let set =
            |new: &str| admin.put("/users/1/password", &json!({"new_password": new})).faults();
        let long = "x".repeat(73);
        for (new, code) in [
            ("short", "password_too_short"),
            (long.as_str(), "password_too_long"),
            ("Password123", "password_common"),
            ("sandi\u{0}rahasia", "control_character"),
        ] {
            let fault = [("new_password".to_owned(), code.to_owned())];
            assert_eq!((own(new), set(new)), (fault.to_vec(), fault.to_vec()), "{new}");
        }
        assert_eq!(own(PASSWORD), [("new_password".to_owned(), "unchanged".to_owned())]);
        admin
            .put("/auth/password", &json!({"new_password": OTHER}))
            .refused(400, "unreadable_body");
        admin.get("/auth/me").expect(200);
    });
}

#[test]
fn whoever_has_but_a_token_does_not_guess_the_password() {
    on_each_backend(|house| {
        let user = house.new_user(&house.admin(), &[]);
        let name = user["username"].as_str().unwrap();
        let client = house.sign_in(name);
        let change = |current: &str| {
            let body = json!({"current_password": current, "new_password": OTHER});
            client.put("/auth/password", &body)
        };
        for _ in 0..5 {
            change("wrong").refused(422, "wrong_password");
        }
        // Locked: now the right one is as wrong as the others.
        change(PASSWORD).refused(422, "wrong_password");
        login(house, name, PASSWORD).refused(401, "invalid_credentials");
        house.database.execute("UPDATE sys_users SET locked_until = NULL").unwrap();
        login(house, name, PASSWORD).expect(200);
        change(PASSWORD).expect(204);
    });
}

#[test]
fn one_set_by_another_ends_sessions_and_locks() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &["SALES"]);
        let name = user["username"].as_str().unwrap();
        let client = house.sign_in(name);
        for _ in 0..5 {
            login(house, name, "wrong").refused(401, "invalid_credentials");
        }
        let path = format!("/users/{}/password", user["id"]);
        admin.put(&path, &json!({"new_password": OTHER})).expect(204);
        client.get("/auth/me").refused(401, "token_revoked");
        login(house, name, PASSWORD).refused(401, "invalid_credentials");
        login(house, name, OTHER).expect(200);
        admin.put("/users/999/password", &json!({"new_password": OTHER})).refused(404, "not_found");
    });
}

#[test]
fn nobody_takes_over_the_account_of_one_who_holds_more() {
    on_each_backend(|house| {
        let (keeper, _) = clerk(house, "KEEPER", &["MANAGE_USER", "VIEW_LOAN"]);
        let new = json!({"new_password": OTHER});
        let refused = keeper.put("/users/1/password", &new).refused(403, "cannot_grant");
        assert!(refused["missing"].as_array().unwrap().contains(&json!("MANAGE_ROLE")));
        house.login("admin").expect(200);
        let (_, equal) = clerk(house, "LESSER", &["VIEW_LOAN"]);
        keeper.put(&format!("/users/{equal}/password"), &new).expect(204);
    });
}
