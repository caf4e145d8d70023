//! Signing in, staying in, signing out.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{Client, House, HouseOptions, PASSWORD, on_each_backend};

fn tokens(house: &House, username: &str) -> (String, String) {
    let body = house.login(username).expect(200);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(900)));
    let text = |name: &str| body[name].as_str().expect("a token").to_owned();
    (text("access_token"), text("refresh_token"))
}

fn refresh(house: &House, token: &str) -> crate::support::Response {
    house.stranger().post("/auth/refresh", &json!({"refresh_token": token}))
}

fn me(client: &Client) -> Value {
    client.get("/auth/me").expect(200)
}

#[test]
fn a_session_tells_who_its_user_is() {
    on_each_backend(|house| {
        let me = me(&house.user(&["FINANCE", "KOMITE"]));
        assert_eq!(me["roles"], json!(["FINANCE", "KOMITE"]));
        assert_eq!(me["iss"], "pensiPro-auth");
        assert_eq!(me["sub"], me["user_id"].to_string());
        let permissions = me["permissions"].as_array().unwrap();
        assert!(permissions.contains(&json!("DISBURSE_LOAN")));
        assert!(permissions.contains(&json!("APPROVE_APPLICATION")));
        assert!(!permissions.contains(&json!("MANAGE_USER")));
        assert!(me["modules"].as_array().unwrap().contains(&json!("LMS")));
    });
}

#[test]
fn the_administrator_holds_every_permission_by_its_code() {
    on_each_backend(|house| {
        let me = me(&house.admin());
        let held = me["permissions"].as_array().unwrap();
        assert_eq!(held.len(), pensipro_kernel::Permission::ALL.len());
        assert!(!held.contains(&json!("*")));
    });
}

#[test]
fn a_refresh_token_works_once_and_its_reuse_ends_the_session() {
    on_each_backend(|house| {
        let (access, first) = tokens(house, "admin");
        let renewed = refresh(house, &first).expect(200);
        let second = renewed["refresh_token"].as_str().unwrap();
        me(&house.stranger().with_token(renewed["access_token"].as_str().unwrap()));
        refresh(house, &first).refused(401, "invalid_refresh_token");
        // Somebody has a copy: neither the newest refresh token nor an access token goes on.
        refresh(house, second).refused(401, "invalid_refresh_token");
        house.stranger().with_token(&access).get("/auth/me").refused(401, "token_revoked");
    });
}

#[test]
fn of_two_refreshes_at_once_one_is_taken() {
    on_each_backend(|house| {
        let (_, token) = tokens(house, "admin");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> =
                (0..2).map(|_| scope.spawn(|| refresh(house, &token).status)).collect();
            tries.into_iter().map(|try_| try_.join().unwrap()).collect()
        });
        let taken = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!(taken, 1, "{statuses:?}");
    });
}

#[test]
fn nobody_ends_a_session_by_guessing() {
    on_each_backend(|house| {
        let (access, genuine) = tokens(house, "admin");
        for junk in ["", "x", &"A".repeat(86), &genuine[1..], &format!("{genuine}A")] {
            refresh(house, junk).refused(401, "invalid_refresh_token");
        }
        me(&house.stranger().with_token(&access));
        refresh(house, &genuine).expect(200);
    });
}

#[test]
fn signing_out_counts_at_once_and_for_that_session_alone() {
    on_each_backend(|house| {
        let (access, token) = tokens(house, "admin");
        let other = house.admin();
        let client = house.stranger().with_token(&access);
        client.send("POST", "/auth/logout", &[], None).expect(204);
        client.get("/auth/me").refused(401, "token_revoked");
        refresh(house, &token).refused(401, "invalid_refresh_token");
        me(&other);
    });
}

#[test]
fn unknown_wrong_locked_and_switched_off_are_answered_alike() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &[]);
        let name = user["username"].as_str().unwrap().to_owned();
        let wrong = |name: &str| {
            let body = json!({"username": name, "password": "not-the-password"});
            let mut refused =
                house.stranger().post("/auth/login", &body).refused(401, "invalid_credentials");
            refused.as_object_mut().unwrap().remove("request_id");
            refused
        };
        let unknown = wrong("nobody");
        assert_eq!(unknown, wrong(&name));
        assert_eq!(unknown, wrong("not a name at all!"));
        for _ in 0..4 {
            assert_eq!(unknown, wrong(&name));
        }
        // Five wrong passwords lock the account: the right one is as wrong as the others now.
        house.login(&name).refused(401, "invalid_credentials");
        let trail = admin.get("/logs/audit-trails?action=auth.lock").expect(200);
        assert_eq!(trail["data"][0]["ref_id"], user["id"]);
        house.database.execute("UPDATE sys_users SET locked_until = NULL").unwrap();
        house.login(&name).expect(200);
        house.database.execute("UPDATE sys_users SET is_active = FALSE WHERE id > 1").unwrap();
        house.login(&name).refused(401, "invalid_credentials");
    });
}

#[test]
fn a_lock_ends_by_itself() {
    on_each_backend(|house| {
        let user = house.new_user(&house.admin(), &[]);
        let name = user["username"].as_str().unwrap();
        let wrong = json!({"username": name, "password": "wrong"});
        for _ in 0..5 {
            house.stranger().post("/auth/login", &wrong).refused(401, "invalid_credentials");
        }
        house.pass(TimeDelta::minutes(10));
        // Who goes on trying prolongs nothing.
        house.stranger().post("/auth/login", &wrong).refused(401, "invalid_credentials");
        house.login(name).refused(401, "invalid_credentials");
        house.pass(TimeDelta::minutes(5));
        house.login(name).expect(200);
    });
}

#[test]
fn of_many_tries_at_once_no_more_count_than_one_by_one() {
    on_each_backend(|house| {
        let user = house.new_user(&house.admin(), &[]);
        let name = user["username"].as_str().unwrap();
        std::thread::scope(|scope| {
            for number in 0..20 {
                let body = json!({"username": name, "password": format!("wrong-{number}")});
                scope.spawn(move || {
                    let refused = house.stranger().post("/auth/login", &body);
                    refused.refused(401, "invalid_credentials");
                });
            }
        });
        house.login(name).refused(401, "invalid_credentials");
        let trail = house.admin().get("/logs/audit-trails?action=auth.lock").expect(200);
        assert_eq!(trail["data"].as_array().unwrap().len(), 1);
    });
}

/// Rounds of the passwords' hash that a try to sign in takes.
fn rounds(house: &House, username: &str, password: &str) -> u64 {
    let count = || -> u64 {
        let page = house.stranger().get("/metrics").text();
        let line = page.lines().find_map(|line| line.strip_prefix("pensipro_password_rounds "));
        line.expect("the rounds are counted").parse().unwrap()
    };
    let before = count();
    let body = json!({"username": username, "password": password});
    house.stranger().post("/auth/login", &body).refused(401, "invalid_credentials");
    count() - before
}

#[test]
fn whatever_is_wrong_takes_the_same_work() {
    on_each_backend(|house| {
        let admin = house.admin();
        let [locked, off, usual] = [0; 3].map(|_| house.new_user(&admin, &[]));
        let name = |user: &Value| user["username"].as_str().unwrap().to_owned();
        for _ in 0..5 {
            rounds(house, &name(&locked), "wrong");
        }
        admin.delete(&format!("/users/{}", off["id"])).expect(204);
        // An instance with another cost than the one that the hashes were made at.
        let there = house.beside(&[("bcrypt_cost", "6")]);
        for (house, cost) in [(house, 4), (&there, 6)] {
            for (what, username, password) in [
                ("unknown", "nobody".to_owned(), PASSWORD),
                ("no name", "not a name!".to_owned(), PASSWORD),
                ("wrong", name(&usual), "wrong"),
                ("locked, wrong", name(&locked), "wrong"),
                ("locked, right", name(&locked), PASSWORD),
                ("switched off, right", name(&off), PASSWORD),
            ] {
                assert_eq!(rounds(house, &username, password), 1 << cost, "{what}");
            }
        }
    });
}

#[test]
fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    on_each_backend(|house| {
        let (_, idle) = tokens(house, "admin");
        let (_, mut used) = tokens(house, "admin");
        // Two times nine hours are too long without a refresh, three times too long in all.
        for _ in 0..2 {
            house.pass(TimeDelta::hours(9));
            let renewed = refresh(house, &used).expect(200);
            used = renewed["refresh_token"].as_str().unwrap().to_owned();
        }
        refresh(house, &idle).refused(401, "invalid_refresh_token");
        house.pass(TimeDelta::hours(6));
        refresh(house, &used).refused(401, "invalid_refresh_token");
    });
}

#[test]
fn one_address_that_fails_too_often_waits() {
    let settings = [("login_failures_per_minute", "3"), ("trusted_proxies", "127.0.0.1")];
    let options = HouseOptions { settings: &settings, ..HouseOptions::default() };
    let house = House::with(pensipro_persistence::Backend::Sqlite, options);
    let fail = |address: &str| {
        let body = json!({"username": "nobody", "password": "wrong"});
        house.stranger().post_with("/auth/login", &[("X-Forwarded-For", address)], &body)
    };
    for _ in 0..3 {
        fail("10.1.1.1").refused(401, "invalid_credentials");
    }
    let refused = fail("10.1.1.1");
    assert!(refused.header("retry-after").is_some());
    refused.refused(429, "too_many_tries");
    fail("10.1.1.2").refused(401, "invalid_credentials");
}

#[test]
fn one_address_that_tries_often_at_once_waits_too() {
    let settings = [("login_failures_per_minute", "3"), ("hash_threads", "1")];
    let options = HouseOptions { settings: &settings, ..HouseOptions::default() };
    let house = House::with(pensipro_persistence::Backend::Sqlite, options);
    let body = json!({"username": "nobody", "password": "wrong"});
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..40)
            .map(|_| scope.spawn(|| house.stranger().post("/auth/login", &body).status))
            .collect();
        tries.into_iter().map(|tried| tried.join().unwrap()).collect()
    });
    let compared = statuses.iter().filter(|status| **status == 401).count();
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
    assert_eq!(compared, 3, "{statuses:?}");
}

#[test]
fn sign_ins_are_in_the_trail_with_their_address() {
    on_each_backend(|house| {
        let admin = house.admin();
        let trail = admin.get("/logs/audit-trails?action=auth.login").expect(200);
        let row = &trail["data"][0];
        assert_eq!((&row["actor_id"], &row["ip"]), (&json!(1), &json!("127.0.0.1")));
        assert!(admin.get("/users/1").expect(200)["last_login_at"].is_string());
    });
}

#[test]
fn a_device_names_itself_within_bounds() {
    on_each_backend(|house| {
        let body =
            json!({"username": "admin", "password": PASSWORD, "device_info": "x".repeat(201)});
        let faults = house.stranger().post("/auth/login", &body).faults();
        assert_eq!(faults, [("device_info".to_owned(), "too_long".to_owned())]);
    });
}
