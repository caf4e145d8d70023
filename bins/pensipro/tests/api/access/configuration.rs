//! The configuration: typed, judged, and followed without a restart.

use pensipro_auth::CONFIGURATION;
use serde_json::{Value, json};

use crate::support::{Client, Response, on_each_backend};

fn row(admin: &Client, key: &str) -> Value {
    let rows = admin.get("/configurations?limit=200").expect(200);
    let mut rows = rows["data"].as_array().unwrap().iter();
    rows.find(|row| row["config_key"] == key).expect("the key is there").clone()
}

pub(super) fn set(admin: &Client, key: &str, value: Value) -> Response {
    let path = format!("/configurations/{}", row(admin, key)["id"]);
    admin.put(&path, &json!({"config_value": value}))
}

#[test]
fn every_key_is_there_with_type_default_and_effect() {
    on_each_backend(|house| {
        let admin = house.admin();
        let list = admin.get("/configurations?limit=200&count=true").expect(200);
        assert_eq!(list["total"], CONFIGURATION.len());
        for declared in CONFIGURATION {
            let row = row(&admin, declared.key);
            assert_eq!(row["config_value"], declared.default);
            assert_eq!(row["default_value"], declared.default);
            assert_eq!(row["value_type"], declared.value_type.code());
            assert_eq!(row["description"], declared.effect);
        }
    });
}

#[test]
fn a_changed_value_is_followed_at_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let changed = set(&admin, "ACCESS_TOKEN_MINUTES", json!(5)).expect(200);
        assert_eq!(
            (&changed["config_value"], &changed["default_value"]),
            (&json!("5"), &json!("15"))
        );
        assert_eq!(house.login("admin").expect(200)["expires_in"], 300);
        set(&admin, "ACCESS_TOKEN_MINUTES", json!(" 7 ")).expect(200);
        assert_eq!(house.login("admin").expect(200)["expires_in"], 420);
        // One more wrong password than is allowed, and the account is locked.
        set(&admin, "MAX_LOGIN_ATTEMPTS", json!("1")).expect(200);
        let user = house.new_user(&admin, &[]);
        let body = json!({"username": user["username"], "password": "wrong"});
        house.stranger().post("/auth/login", &body).refused(401, "invalid_credentials");
        house.login(user["username"].as_str().unwrap()).refused(401, "invalid_credentials");
    });
}

#[test]
fn what_no_rule_could_follow_is_refused_and_nothing_changes() {
    on_each_backend(|house| {
        let admin = house.admin();
        for (key, value, code) in [
            ("MAX_LOGIN_ATTEMPTS", json!("many"), "invalid_integer"),
            ("MAX_LOGIN_ATTEMPTS", json!(0), "invalid_value"),
            ("ACCESS_TOKEN_MINUTES", json!(121), "invalid_value"),
            ("INTEREST_CAP", json!("24,5"), "invalid_decimal"),
            ("BILLING_TOLERANCE", json!("-1"), "invalid_value"),
            ("KOLEKTIBILITAS_BOUNDS", json!([0, 90, 90, 180]), "invalid_value"),
            ("KOLEKTIBILITAS_BOUNDS", json!("[0,90"), "invalid_json"),
            ("COMMITTEE_LEVELS", json!([["KOMITE"]]), "invalid_value"),
            ("FOUR_EYES", json!("none"), "invalid_value"),
            ("DEFAULT_NOTIFICATION_CHANNEL", json!("pigeon"), "invalid_value"),
            // Every text is one, but there is no such document: a rule of another module says so.
            ("REQUIRED_DOCUMENTS", json!(["SIM"]), "invalid_value"),
        ] {
            let before = row(&admin, key);
            let faults = set(&admin, key, value.clone()).faults();
            assert_eq!(faults, [("config_value".to_owned(), code.to_owned())], "{key} {value}");
            assert_eq!(row(&admin, key), before);
        }
        set(&admin, "REQUIRED_DOCUMENTS", json!(["KTP"])).expect(200);
        assert_eq!(row(&admin, "REQUIRED_DOCUMENTS")["config_value"], "[\"KTP\"]");
    });
}

#[test]
fn a_key_of_ones_own_keeps_its_type() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body = json!({"config_key": "COUNTER_CLOSES_AT", "config_value": 15,
            "value_type": "integer", "description": "Jam tutup kas"});
        let made = admin.post("/configurations", &body);
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!((&made["config_value"], &made["default_value"]), (&json!("15"), &Value::Null));
        assert_eq!(admin.get(&location).expect(200), made);
        set(&admin, "COUNTER_CLOSES_AT", json!(16)).expect(200);
        let faults = set(&admin, "COUNTER_CLOSES_AT", json!("late")).faults();
        assert_eq!(faults[0].1, "invalid_integer");
        let taken = admin.post("/configurations", &body).refused(409, "configuration_taken");
        assert_eq!(taken["existing_id"], made["id"]);
        let known =
            json!({"config_key": "INTEREST_CAP", "config_value": "1", "value_type": "decimal"});
        admin.post("/configurations", &known).refused(409, "configuration_taken");
        let faults = admin.post("/configurations", &json!({"value_type": "number"})).faults();
        let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["config_key", "value_type", "config_value"]);
    });
}

#[test]
fn a_stale_change_is_refused_and_each_change_is_traced() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = format!("/configurations/{}", row(&admin, "DSR_DEFAULT")["id"]);
        let etag = admin.get(&path).header("etag").unwrap().to_owned();
        let put = |value: &str| {
            let body = json!({"config_value": value});
            admin.json("PUT", &path, &[("If-Match", &etag)], &body)
        };
        let changed = put("80");
        assert_ne!(changed.header("etag"), Some(etag.as_str()));
        changed.expect(200);
        put("70").refused(412, "stale");
        let trail = admin.get("/logs/audit-trails?action=configuration.update").expect(200);
        let values = [&trail["data"][0]["old_value"], &trail["data"][0]["new_value"]];
        assert_eq!(values.map(|value| value["config_value"].clone()), [json!("90"), json!("80")]);
        admin.put("/configurations/999", &json!({"config_value": "1"})).refused(404, "not_found");
        admin.put(&path, &json!({"config_value": null})).refused(400, "unreadable_body");
    });
}
