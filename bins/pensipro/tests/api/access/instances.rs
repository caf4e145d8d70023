//! Two instances on one database: what is changed at one counts at the other within two seconds, and
//! no request asks the database about it.

use std::time::{Duration, Instant};

use pensipro_auth::ModuleCode;
use serde_json::{Value, json};

use super::{clerk, configuration, modules};
use crate::support::{Client, House, PASSWORD, on_each_backend};

/// Looks again until it holds; fails two seconds after it was changed.
#[track_caller]
fn arrives(what: &str, holds: impl Fn() -> bool) {
    let changed = Instant::now();
    loop {
        let looked = changed.elapsed();
        if holds() {
            return;
        }
        assert!(looked < Duration::from_secs(2), "{what} did not arrive within two seconds");
    }
}

fn two_instances(test: impl Fn(&House, &House)) {
    on_each_backend(|here| test(here, &here.beside(&[])));
}

/// By an administrator or the user himself; the ids of the user and of his role.
type TakeAway = fn(&Client, &Client, i64, i64);

#[test]
fn what_was_taken_away_is_gone_on_the_other_instance() {
    two_instances(|here, there| {
        let admin = here.admin();
        let ways: [(&str, TakeAway); 7] = [
            ("a logout", |_, own, _, _| {
                own.send("POST", "/auth/logout", &[], None).expect(204);
            }),
            ("a forced logout", |admin, _, user, _| {
                admin.delete(&format!("/users/{user}/sessions")).expect(204);
            }),
            ("a changed password", |_, own, _, _| {
                let change =
                    json!({"current_password": PASSWORD, "new_password": "sandi-yang-baru"});
                own.put("/auth/password", &change).expect(204);
            }),
            ("a password set by another", |admin, _, user, _| {
                let new = json!({"new_password": "sandi-yang-lain"});
                admin.put(&format!("/users/{user}/password"), &new).expect(204);
            }),
            ("a role taken away", |admin, _, user, role| {
                admin.delete(&format!("/users/{user}/roles/{role}")).expect(204);
            }),
            ("a role switched off", |admin, _, _, role| {
                admin.delete(&format!("/roles/{role}")).expect(204);
            }),
            ("an account switched off", |admin, _, user, _| {
                admin.delete(&format!("/users/{user}")).expect(204);
            }),
        ];
        for (what, take_away) in ways {
            let (own, user) = clerk(here, &what.to_uppercase(), &["VIEW_LOAN"]);
            let elsewhere = there.stranger().with_token(own.token());
            elsewhere.get("/loans").expect(200);
            take_away(&admin, &own, user, here.role_id(&admin, &what.to_uppercase()));
            arrives(what, || elsewhere.get("/loans").status == 401);
            own.get("/loans").refused(401, "token_revoked");
        }
    });
}

#[test]
fn the_reuse_of_a_refresh_token_ends_the_session_on_the_other_instance() {
    two_instances(|here, there| {
        let tokens = here.login("admin").expect(200);
        let body = json!({"refresh_token": tokens["refresh_token"]});
        let refreshed = there.stranger().post("/auth/refresh", &body).expect(200);
        let client = there.stranger().with_token(refreshed["access_token"].as_str().unwrap());
        client.get("/auth/me").expect(200);
        here.stranger().post("/auth/refresh", &body).refused(401, "invalid_refresh_token");
        arrives("the end of the session", || client.get("/auth/me").status == 401);
    });
}

#[test]
fn a_module_switched_off_is_off_on_the_other_instance() {
    two_instances(|here, there| {
        let (admin, elsewhere) = (here.admin(), there.admin());
        for (is_active, status) in [(false, 503), (true, 200)] {
            modules::switch(&admin, ModuleCode::Product.code(), is_active).expect(200);
            assert_eq!(admin.get("/loan-products").status, status);
            arrives("the switch", || elsewhere.get("/loan-products").status == status);
        }
    });
}

#[test]
fn a_changed_configuration_is_followed_on_the_other_instance() {
    two_instances(|here, there| {
        configuration::set(&here.admin(), "ACCESS_TOKEN_MINUTES", json!(7)).expect(200);
        let lives =
            |house: &House| -> Value { house.login("admin").expect(200)["expires_in"].clone() };
        assert_eq!(lives(here), 420);
        arrives("the configuration", || lives(there) == 420);
    });
}
