//! Contacts and bank accounts.

use serde_json::{Value, json};

use crate::support::{Client, on_each_backend, people::registered};

fn contact(client: &Client, path: &str, body: Value) -> Value {
    client.post(&format!("{path}/contacts"), &body).expect(201)
}

fn primary(client: &Client, path: &str) -> Vec<i64> {
    let list = client.get(&format!("{path}/contacts")).expect(200);
    let rows = list["data"].as_array().unwrap().iter();
    rows.filter(|row| row["is_primary"] == true).map(|row| row["id"].as_i64().unwrap()).collect()
}

#[test]
fn one_contact_of_a_kind_is_the_primary_one() {
    on_each_backend(|house| {
        let sales = house.user(&["SALES"]);
        let path = registered(&sales, 1);
        let first = contact(&sales, &path, json!({"kind": "phone", "value": "0812-3456-7890"}));
        assert_eq!(first["value"], "+6281234567890");
        assert_eq!(first["is_primary"], true);
        contact(&sales, &path, json!({"kind": "phone", "value": "0812 0000 0001"}));
        contact(&sales, &path, json!({"kind": "email", "value": "siti@example.com"}));
        assert_eq!(primary(&sales, &path), [1, 3]);
        let preferred = json!({"kind": "phone", "value": "0812 0000 0002", "is_primary": true});
        contact(&sales, &path, preferred);
        assert_eq!(primary(&sales, &path), [3, 4]);
        sales.put(&format!("{path}/contacts/2"), &json!({"is_primary": true})).expect(200);
        assert_eq!(primary(&sales, &path), [2, 3]);
        sales.delete(&format!("{path}/contacts/2")).expect(204);
        assert_eq!(primary(&sales, &path), [1, 3]);
        sales.delete(&format!("{path}/contacts/2")).refused(404, "not_found");
    });
}

#[test]
fn the_etag_of_a_contact_is_the_one_its_next_change_takes() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let body = json!({"kind": "phone", "value": "081234567890"});
        let made = admin.post(&format!("{path}/contacts"), &body);
        let place = made.header("location").unwrap().to_owned();
        let version = made.header("etag").unwrap().to_owned();
        let change =
            |body: &Value, version: &str| admin.json("PUT", &place, &[("If-Match", version)], body);
        let changed = change(&json!({"value": "0812 0000 0001"}), &version);
        let newer = changed.header("etag").unwrap().to_owned();
        changed.expect(200);
        change(&json!({"name": "Siti"}), &version).refused(412, "stale");
        let preferred = json!({"kind": "phone", "value": "0812 0000 0003", "is_primary": true});
        contact(&admin, &path, preferred);
        change(&json!({"name": "Siti"}), &newer).refused(412, "stale");
        let again = admin.json("PUT", &place, &[], &json!({"is_primary": true, "name": "Siti"}));
        let newest = again.header("etag").unwrap().to_owned();
        assert_eq!(again.expect(200)["is_primary"], true);
        assert_eq!(change(&json!({"name": null}), &newest).expect(200)["name"], Value::Null);
        let stale = admin.send("DELETE", &place, &[("If-Match", &newest)], None);
        stale.refused(412, "stale");
    });
}

#[test]
fn contacts_are_checked_by_their_kind() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let fields = |body: Value| -> Vec<String> {
            let faults = admin.post(&format!("{path}/contacts"), &body).faults();
            faults.into_iter().map(|(field, _)| field).collect()
        };
        assert_eq!(fields(json!({})), ["kind", "value"]);
        assert_eq!(fields(json!({"kind": "fax", "value": "1"})), ["kind"]);
        assert_eq!(fields(json!({"kind": "phone", "value": "12"})), ["value"]);
        assert_eq!(fields(json!({"kind": "email", "value": "siti"})), ["value"]);
        assert_eq!(fields(json!({"kind": "heir", "value": "081234567890"})), ["name", "relation"]);
        contact(&admin, &path, json!({"kind": "phone", "value": "081234567890"}));
        let to_heir = json!({"kind": "heir"});
        admin.put(&format!("{path}/contacts/1"), &to_heir).refused(400, "unreadable_body");
        assert_eq!(
            admin.put(&format!("{path}/contacts/1"), &json!({"value": "x"})).faults()[0].0,
            "value"
        );
        let another = registered(&admin, 2);
        admin.put(&format!("{another}/contacts/1"), &json!({})).refused(404, "not_found");
    });
}

fn account(number: &str) -> Value {
    json!({"bank_code": "002", "bank_name": "BRI", "account_number": number, "account_name": "SUPARMAN"})
}

fn default_accounts(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(&format!("{path}/bank-accounts")).expect(200);
    let rows = list["data"].as_array().unwrap().iter().filter(|row| row["is_default"] == true);
    rows.map(|row| row["account_number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_first_account_is_the_default_until_another_takes_its_place() {
    on_each_backend(|house| {
        let sales = house.user(&["SALES"]);
        let path = registered(&sales, 1);
        let accounts = format!("{path}/bank-accounts");
        let first = sales.post(&accounts, &account("0123-4567-8901")).expect(201);
        assert_eq!(first["account_number"], "012345678901");
        let second = sales.post(&accounts, &account("98765432")).expect(201);
        assert_eq!(default_accounts(&sales, &path), ["012345678901"]);
        let make = format!("{accounts}/{}/default", second["id"]);
        let made = sales.send("POST", &make, &[("Idempotency-Key", "d")], None);
        assert_eq!(made.expect(200)["is_default"], true);
        assert_eq!(default_accounts(&sales, &path), ["98765432"]);
        sales.send("POST", &format!("{accounts}/99/default"), &[], None).refused(404, "not_found");
        let mut third = account("11112222");
        third["is_default"] = json!(true);
        sales.post(&accounts, &third).expect(201);
        assert_eq!(default_accounts(&sales, &path), ["11112222"]);
        let again = sales.send("POST", &make, &[("Idempotency-Key", "d")], None);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(default_accounts(&sales, &path), ["11112222"]);
    });
}

#[test]
fn an_account_is_whole_and_there_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let accounts = format!("{path}/bank-accounts");
        let faults =
            admin.post(&accounts, &json!({"bank_code": "?", "account_number": "12"})).faults();
        let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["bank_code", "bank_name", "account_number", "account_name"]);
        admin.post(&accounts, &account("98765432")).expect(201);
        admin.post(&accounts, &account("9876.5432")).refused(409, "duplicate_account");
        let sealed = "SELECT count(*) || '' AS text FROM member_bank_accounts \
                      WHERE account_number_sealed IS NULL";
        assert_eq!(house.database.texts(sealed), ["0"]);
    });
}
