//! Branches keep to their own members; others' are as if they were not there.

use serde_json::{Value, json};

use crate::support::{
    Client, House, on_each_backend,
    people::{branch, clerk, pdf, registered, registration, registration_with},
};

/// Clerks of two branches, and the path of a member of the first.
fn two_branches(house: &House) -> (Client, Client, String) {
    branch(house, 1);
    branch(house, 2);
    let (own, other) = (clerk(house, 1, "SUPERVISOR"), clerk(house, 2, "SUPERVISOR"));
    let path = registered(&own, 1);
    (own, other, path)
}

#[test]
fn a_clerk_registers_for_his_own_branch() {
    on_each_backend(|house| {
        let (own, _, path) = two_branches(house);
        assert_eq!(own.get(&path).expect(200)["branch_id"], 1);
        let elsewhere = registration_with(2, json!({"branch_id": 2}));
        assert_eq!(own.post("/members", &elsewhere).faults()[0].0, "branch_id");
        assert_eq!(own.put(&path, &json!({"branch_id": 2})).faults()[0].0, "branch_id");
        assert_eq!(own.put(&path, &json!({"branch_id": null})).faults()[0].0, "branch_id");
    });
}

#[test]
fn a_member_of_another_branch_is_not_there() {
    on_each_backend(|house| {
        let (own, other, path) = two_branches(house);
        let contact = json!({"kind": "phone", "value": "081234567890"});
        own.post(&format!("{path}/contacts"), &contact).expect(201);
        let upload = |client: &Client| {
            client.upload(
                &format!("{path}/documents"),
                &[],
                &[("kind", "KTP")],
                ("ktp.pdf", &pdf("x")),
            )
        };
        upload(&own).expect(201);
        for below in [
            "",
            "/contacts",
            "/bank-accounts",
            "/documents",
            "/documents/1/content",
            "/loans",
            "/applications",
        ] {
            other.get(&format!("{path}{below}")).refused(404, "not_found");
        }
        other.put(&path, &json!({"name": "Lain"})).refused(404, "not_found");
        other.post(&format!("{path}/contacts"), &contact).refused(404, "not_found");
        other
            .put(&format!("{path}/contacts/1"), &json!({"value": "0812"}))
            .refused(404, "not_found");
        other.delete(&format!("{path}/contacts/1")).refused(404, "not_found");
        upload(&other).refused(404, "not_found");
        let verdict = json!({"status": "verified"});
        other.put(&format!("{path}/documents/1/verify"), &verdict).refused(404, "not_found");
        let account = json!({"bank_code": "002", "bank_name": "BRI", "account_number": "12345678", "account_name": "S"});
        other.post(&format!("{path}/bank-accounts"), &account).refused(404, "not_found");
        assert_eq!(other.get("/members?count=true").expect(200)["total"], 0);
        assert_eq!(other.get("/members?branch_id=1").expect(200)["data"], json!([]));
        assert_eq!(own.get("/members?count=true").expect(200)["total"], 1);
    });
}

#[test]
fn a_number_taken_in_another_branch_is_refused_without_a_name() {
    on_each_backend(|house| {
        let (own, other, _) = two_branches(house);
        let named = own.post("/members", &registration(1)).refused(409, "duplicate_nik");
        assert_eq!(named["existing_id"], 1);
        let refused = other.post("/members", &registration(1)).refused(409, "duplicate_nik");
        assert_eq!(refused.get("existing_id"), None::<&Value>);
    });
}

#[test]
fn a_sales_person_looks_after_whom_he_registers() {
    on_each_backend(|house| {
        branch(house, 1);
        let sales = clerk(house, 1, "SALES");
        let user = sales.get("/auth/me").expect(200)["user_id"].clone();
        let sql = format!(
            "INSERT INTO sales (id, branch_id, user_id, code, name, created_at, updated_at) VALUES \
             (5, 1, {user}, 'S5', 'Sari', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
        );
        house.database.execute(&sql).unwrap();
        let path = registered(&sales, 1);
        assert_eq!(sales.get(&path).expect(200)["sales_id"], 5);
        let listed = sales.get("/members?sales_id=5&count=true").expect(200);
        assert_eq!(listed["total"], 1);
    });
}
