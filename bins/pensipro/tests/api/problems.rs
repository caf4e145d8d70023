//! Bad input of each kind: one problem document, never a fault of ours.

use serde_json::json;

use crate::support::{House, HouseOptions, PASSWORD, on_each_backend};

const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn bodies_that_cannot_be_read_are_400() {
    on_each_backend(|house| {
        let admin = house.admin();
        let send = |body: &[u8]| admin.send("POST", "/users", &[JSON], Some(body.to_vec()));
        let deep = "[".repeat(10_000);
        for body in [
            "",
            "{",
            "null",
            "[]",
            "\"x\"",
            "{\"username\": 5}",
            "{\"nickname\": \"x\"}",
            "{\"role_ids\": \"1\"}",
            "{\"role_ids\": [1.5]}",
            "{\"role_ids\": [99999999999999999999]}",
            "{\"username\": \"a\", \"username\": \"b\"}",
            "{\"branch_id\": 1e400}",
            &deep,
            "{\"username\": null}",
        ] {
            send(body.as_bytes()).refused(400, "unreadable_body");
        }
        send(b"{\"username\": \"\xff\xfe\"}").refused(400, "unreadable_body");
    });
}

#[test]
fn a_fault_repeats_no_value() {
    on_each_backend(|house| {
        let nik = "3173010101010001";
        for body in [json!({"role_ids": nik}), json!({"branch_id": nik})] {
            let refused = house.admin().post("/users", &body);
            assert!(!refused.text().contains(nik), "{}", refused.text());
            refused.refused(400, "unreadable_body");
        }
        let refused = house.admin().get(&format!("/users?is_active={nik}"));
        assert!(!refused.text().contains(nik), "{}", refused.text());
    });
}

#[test]
fn other_content_types_are_415() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body = || Some(b"{}".to_vec());
        for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded", "json"] {
            admin
                .send("POST", "/users", &[("Content-Type", kind)], body())
                .refused(415, "wrong_content_type");
        }
        admin.send("POST", "/users", &[], body()).refused(415, "wrong_content_type");
        let zipped = [JSON, ("Content-Encoding", "gzip")];
        admin.send("POST", "/users", &zipped, body()).refused(415, "wrong_content_type");
        let charset = [("Content-Type", "application/json; charset=utf-8")];
        assert_eq!(admin.send("POST", "/users", &charset, body()).status, 422);
    });
}

#[test]
fn bodies_over_the_limit_are_413() {
    let settings = [("json_max_bytes", "2048")];
    let options = HouseOptions { settings: &settings, ..HouseOptions::default() };
    let house = House::with(pensipro_persistence::Backend::Sqlite, options);
    let admin = house.admin();
    let body = json!({"full_name": "x".repeat(3_000)});
    admin.post("/users", &body).refused(413, "body_too_large");
    admin
        .post("/users", &json!({"full_name": "x".repeat(1_000)}))
        .refused(422, "validation_failed");
}

#[test]
fn unknown_routes_are_404_and_wrong_methods_405() {
    on_each_backend(|house| {
        let (admin, stranger) = (house.admin(), house.stranger());
        for path in ["/nothing", "/users/1/nothing", "/users/", "//users", "/docs/../Cargo.toml"] {
            stranger.get(path).refused(404, "route_not_found");
        }
        for client in [&admin, &stranger] {
            let refused = client.send("PATCH", "/users", &[], None);
            assert_eq!(refused.header("allow"), Some("GET, HEAD, POST"));
            refused.refused(405, "method_not_allowed");
        }
        let refused = admin.send("OPTIONS", "/auth/me", &[], None);
        assert_eq!(refused.header("allow"), Some("GET, HEAD"));
        refused.refused(405, "method_not_allowed");
    });
}

#[test]
fn ids_that_are_none_and_things_that_are_not_there() {
    on_each_backend(|house| {
        let admin = house.admin();
        for id in ["x", "1.5", "99999999999999999999", "1%00", "%2e%2e", "1e3"] {
            admin.get(&format!("/users/{id}")).refused(400, "invalid_path");
        }
        for id in ["0", "-1", "999999", "9223372036854775807"] {
            admin.get(&format!("/users/{id}")).refused(404, "not_found");
        }
    });
}

#[test]
fn refusals_of_a_sign_in_tell_nothing_of_the_password() {
    on_each_backend(|house| {
        let body = json!({"username": "admin", "password": [PASSWORD]});
        let refused = house.stranger().post("/auth/login", &body);
        assert!(!refused.text().contains(PASSWORD));
        refused.refused(400, "unreadable_body");
        for password in ["", "\u{0}", &"x".repeat(100), &"é".repeat(40)] {
            let body = json!({"username": "admin", "password": password});
            house.stranger().post("/auth/login", &body).refused(401, "invalid_credentials");
        }
    });
}
