//! Funders and their contracts.

use serde_json::{Value, json};

use crate::support::{
    Client, PASSWORD, Response,
    lending::{id, rows, with},
    on_each_backend,
};

fn funder(admin: &Client, code: &str) -> i64 {
    let body = json!({"code": code, "name": "Bank Bina Mitra", "kind": "bank"});
    id(&admin.post("/funders", &body).expect(201))
}

fn contract(admin: &Client, funder: i64, other: &Value) -> Response {
    let usual = json!({"number": "PKS-01/2026", "scheme": "participation", "share_pct": "70",
        "sharing": "interest_share", "interest_share_pct": "70", "fee_servicing_pct": "2",
        "limit": "5000000000", "valid_from": "2026-01-01", "valid_to": "2026-12-31"});
    admin.post(&format!("/funders/{funder}/contracts"), &with(&usual, other))
}

#[test]
fn a_funder_is_entered_changed_and_switched_off() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body = json!({"code": "BBM", "name": "Bank Bina Mitra", "kind": "bank",
            "contact": "Ibu Ratna, 021-555"});
        let made = admin.post("/funders", &body);
        let location = made.header("location").expect("a location").to_owned();
        let made = made.expect(201);
        assert_eq!((&made["is_active"], &made["contact"]), (&json!(true), &body["contact"]));
        assert_eq!(location, format!("/funders/{}", id(&made)));
        let again = admin.post("/funders", &body).refused(409, "duplicate_code");
        assert_eq!(again["existing_id"], made["id"]);
        let off = admin.put(&location, &json!({"contact": null, "is_active": false})).expect(200);
        assert_eq!((&off["contact"], &off["is_active"]), (&Value::Null, &json!(false)));
        assert_eq!(admin.get(&location).expect(200), off);
        let list = |query: &str| rows(&admin.get(&format!("/funders{query}")).expect(200)).len();
        assert_eq!([list(""), list("?is_active=true"), list("?is_active=false")], [1, 0, 1]);
        contract(&admin, id(&made), &json!({})).refused(422, "funder_not_active");
        let faults = admin.post("/funders", &json!({"kind": "arisan"})).faults();
        let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["code", "name", "kind"]);
    });
}

#[test]
fn a_contract_states_its_terms_and_no_two_run_for_one_scheme() {
    on_each_backend(|house| {
        let admin = house.admin();
        let bank = funder(&admin, "BBM");
        let made = contract(&admin, bank, &json!({})).expect(201);
        let expected = json!({"scheme": "participation", "share_pct": "70",
            "sharing": "interest_share", "interest_share_pct": "70", "funder_rate": null,
            "fee_originator_pct": "0", "fee_originator_base": "principal",
            "fee_servicing_pct": "2", "fee_servicing_base": "interest",
            "fee_servicing_minimum": null, "limit": "5000000000.00", "valid_to": "2026-12-31"});
        assert_eq!(with(&made, &expected), made);
        contract(&admin, bank, &json!({"valid_from": "2027-01-01", "valid_to": "2027-12-31"}))
            .refused(409, "duplicate_number");
        let next = json!({"number": "PKS-02/2026", "valid_from": "2026-12-31",
            "valid_to": "2027-12-31"});
        let overlap = contract(&admin, bank, &next).refused(409, "contracts_overlap");
        assert_eq!(overlap["existing_id"], made["id"]);

        let path = format!("/funders/{bank}/contracts/{}", id(&made));
        let changed = admin.put(&path, &json!({"valid_to": "2026-12-30", "limit": null}));
        let changed = changed.expect(200);
        assert_eq!((&changed["valid_to"], &changed["limit"]), (&json!("2026-12-30"), &Value::Null));
        let second = contract(&admin, bank, &next).expect(201);
        admin.put(&path, &json!({"valid_to": "2026-12-31"})).refused(409, "contracts_overlap");
        // Another funder has his own.
        contract(&admin, funder(&admin, "KSP"), &json!({})).expect(201);
        let list = admin.get(&format!("/funders/{bank}/contracts")).expect(200);
        assert_eq!(rows(&list), [changed, second]);
        let other = format!("/funders/{}/contracts/{}", bank + 1, id(&made));
        admin.put(&other, &json!({"limit": "1"})).refused(404, "not_found");
    });
}

#[test]
fn what_no_contract_can_say_is_told_at_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let bank = funder(&admin, "BBM");
        let odd = json!({"number": "", "scheme": "fronting", "sharing": "funder_rate",
            "fee_servicing_pct": "101", "limit": "0", "valid_to": "2025-12-31"});
        let faults = contract(&admin, bank, &odd).faults();
        let told: Vec<_> = faults.iter().map(|(field, code)| format!("{field} {code}")).collect();
        assert_eq!(
            told,
            [
                "number required",
                "share_pct not_applicable",
                "interest_share_pct not_applicable",
                "funder_rate required",
                "fee_servicing_pct out_of_range",
                "limit not_positive",
                "valid_to before_start"
            ]
        );
        let none = admin.get(&format!("/funders/{bank}/contracts")).expect(200);
        assert_eq!(rows(&none).len(), 0);
        contract(&admin, 999, &json!({})).refused(404, "not_found");
    });
}

#[test]
fn of_two_contracts_at_once_one_is_made() {
    on_each_backend(|house| {
        let admin = house.admin();
        let bank = funder(&admin, "BBM");
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = ["A", "B"]
                .map(|number| {
                    let admin = &admin;
                    scope.spawn(move || contract(admin, bank, &json!({"number": number})).status)
                })
                .into();
            tries.into_iter().map(|each| each.join().expect("no panic")).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    });
}

#[test]
fn a_funder_s_own_people_see_him_alone() {
    on_each_backend(|house| {
        let admin = house.admin();
        let (bank, other) = (funder(&admin, "BBM"), funder(&admin, "KSP"));
        contract(&admin, bank, &json!({})).expect(201);
        let body = json!({"username": "bank", "email": "bank@example.com", "full_name": "Bank",
            "password": PASSWORD, "funder_id": bank, "role_ids": [house.role_id(&admin, "FUNDER")]});
        admin.post("/users", &body).expect(201);
        let theirs = house.sign_in("bank");
        let list = theirs.get("/funders").expect(200);
        assert_eq!(rows(&list).iter().map(id).collect::<Vec<_>>(), [bank]);
        let contracts = theirs.get(&format!("/funders/{bank}/contracts")).expect(200);
        assert_eq!(rows(&contracts).len(), 1);
        theirs.get(&format!("/funders/{other}")).refused(404, "not_found");
        theirs.get(&format!("/funders/{other}/contracts")).refused(404, "not_found");
        theirs.put(&format!("/funders/{bank}"), &json!({})).refused(403, "permission_denied");
    });
}
