//! Changing a member's fields.

use serde_json::{Value, json};

use crate::support::{
    on_each_backend,
    people::{registered, registration_with},
};

#[test]
fn a_change_leaves_what_it_does_not_name_and_clears_what_it_nulls() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body = registration_with(1, json!({"rank": "III/c", "pay_office": "BRI Palmerah"}));
        let made = admin.post("/members", &body).expect(201);
        let path = format!("/members/{}", made["id"]);
        let change = json!({"name": "Suparman Hadi", "rank": null, "monthly_benefit": 5_000_000});
        let changed = admin.put(&path, &change);
        assert_eq!(changed.header("etag"), Some("\"2\""));
        let changed = changed.expect(200);
        let mut expected = made.clone();
        expected["name"] = json!("Suparman Hadi");
        expected["rank"] = Value::Null;
        expected["monthly_benefit"] = json!("5000000.00");
        expected["updated_at"] = changed["updated_at"].clone();
        assert_eq!(changed, expected);
        assert_eq!(admin.get(&path).expect(200), expected);
        let again = admin.put(&path, &json!({"name": "Suparman Hadi"}));
        assert_eq!(again.header("etag"), Some("\"2\""), "nothing has changed");
    });
}

#[test]
fn who_changes_an_old_state_is_told_so() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let change = |name: &str, version: &str| {
            admin.json("PUT", &path, &[("If-Match", version)], &json!({"name": name}))
        };
        change("Pertama", "\"1\"").expect(200);
        change("Kedua", "\"1\"").refused(412, "stale");
        change("Kedua", "1").refused(400, "invalid_header");
        assert_eq!(admin.get(&path).expect(200)["name"], "Pertama");
        change("Kedua", "*").expect(200);
        change("Ketiga", "\"3\"").expect(200);
    });
}

#[test]
fn a_change_is_checked_as_a_whole() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let wrong = json!({"nik": "1", "sex": "?", "sk_date": "2030-01-01", "status": "pensiun"});
        let fields: Vec<String> =
            admin.put(&path, &wrong).faults().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["nik", "sex", "sk_date", "status"]);
        for unreadable in
            [json!({"name": null}), json!({"monthly_benefit": null}), json!({"id": 7})]
        {
            admin.put(&path, &unreadable).refused(400, "unreadable_body");
        }
        assert_eq!(admin.get(&path).header("etag"), Some("\"1\""));
        admin.put("/members/999", &json!({"name": "Siapa"})).refused(404, "not_found");
        admin.put("/members/satu", &json!({"name": "Siapa"})).refused(400, "invalid_path");
    });
}
