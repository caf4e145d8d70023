//! Users and access.

mod administration;
mod changes;
mod configuration;
mod instances;
mod modules;
mod operator;
mod passwords;
mod queries;
mod roles;
mod rsa;
mod sessions;
mod sign_in;
mod tokens;
mod users;

use serde_json::{Value, json};

use crate::support::{Client, House};

/// A role of one's own that holds these permissions.
#[track_caller]
pub(crate) fn role_of(admin: &Client, name: &str, permissions: &[&str]) -> i64 {
    let role = admin.post("/roles", &json!({"role_name": name})).expect(201);
    let id = role["id"].as_i64().expect("an id");
    for code in permissions {
        grant(admin, id, code);
    }
    id
}

#[track_caller]
pub(crate) fn grant(admin: &Client, role: i64, code: &str) -> Value {
    let body = json!({"permission_id": permission_id(admin, code)});
    admin.post(&format!("/roles/{role}/permissions"), &body).expect(201)
}

#[track_caller]
pub(crate) fn permission_id(admin: &Client, code: &str) -> i64 {
    let permissions = admin.get("/permissions?limit=200").expect(200);
    let mut rows = permissions["data"].as_array().expect("a list").iter();
    let row = rows.find(|row| row["permission_code"] == code).expect("the permission is there");
    row["id"].as_i64().expect("an id")
}

/// Somebody with a role of his own that holds these permissions, signed in, and his id.
#[track_caller]
pub(crate) fn clerk(house: &House, name: &str, permissions: &[&str]) -> (Client, i64) {
    let admin = house.admin();
    role_of(&admin, name, permissions);
    let user = house.new_user(&admin, &[name]);
    let id = user["id"].as_i64().expect("an id");
    (house.sign_in(user["username"].as_str().expect("a name")), id)
}
