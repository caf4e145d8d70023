//! Pensioners, the papers they bring, and the branches and staff who look after them.

use serde_json::{Value, json};

use super::{Client, House, PASSWORD};

/// A registration that is taken; each number is another person's.
pub(crate) fn registration(number: u32) -> Value {
    json!({
        "nik": format!("317305170857{number:04}"),
        "no_pensiun": format!("14001234567{number:04}"),
        "name": format!("Suparman {number:03}"),
        "birth_place": "Yogyakarta",
        "birth_date": "1957-08-17",
        "sex": "L",
        "address": "Jl. Melati 4, Jakarta Barat",
        "payer": "TASPEN",
        "monthly_benefit": "4500000.00",
    })
}

/// The same with other fields.
pub(crate) fn registration_with(number: u32, fields: Value) -> Value {
    let mut body = registration(number);
    let fields = fields.as_object().expect("fields").clone();
    body.as_object_mut().expect("an object").extend(fields);
    body
}

/// Registers a person and gives his path.
#[track_caller]
pub(crate) fn registered(client: &Client, number: u32) -> String {
    let made = client.post("/members", &registration(number));
    let path = made.header("location").unwrap_or_default().to_owned();
    made.expect(201);
    path
}

/// A small whole PDF that holds this text.
pub(crate) fn pdf(text: &str) -> Vec<u8> {
    let head = format!("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Note ({text}) >>\nendobj\n");
    let at = head.len();
    let tail = "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n";
    format!("{head}{tail}{at}\n%%EOF\n").into_bytes()
}

/// A branch; there are no others unless a test makes them.
pub(crate) fn branch(house: &House, id: i64) -> i64 {
    let sql = format!(
        "INSERT INTO sales_branches (id, code, name, created_at, updated_at) VALUES \
         ({id}, 'C{id}', 'Cabang {id}', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
    );
    house.database.execute(&sql).expect("the branch is stored");
    id
}

/// Somebody of a branch with this role, signed in.
#[track_caller]
pub(crate) fn clerk(house: &House, branch: i64, role: &str) -> Client {
    let admin = house.admin();
    let name = format!("clerk{branch}{}", role.to_lowercase());
    let body = json!({
        "username": name,
        "email": format!("{name}@example.com"),
        "full_name": "Clerk",
        "password": PASSWORD,
        "branch_id": branch,
        "role_ids": [house.role_id(&admin, role)],
    });
    admin.post("/users", &body).expect(201);
    house.sign_in(&name)
}
