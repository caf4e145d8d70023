//! Funders and their contracts.

use serde_json::{Value, json};

use crate::support::{
    Client, PASSWORD, Response,
    lending::{Lending, id, rows, with},
    on_each_backend,
};

pub(crate) fn funder(admin: &Client, code: &str) -> i64 {
    let body = json!({"code": code, "name": "Bank Bina Mitra", "kind": "bank"});
    id(&admin.post("/funders", &body).expect(201))
}

pub(crate) fn contract(admin: &Client, funder: i64, other: &Value) -> Response {
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

fn allocate(lending: &Lending, loan: i64, body: &Value) -> Response {
    lending.staff.finance.post(&format!("/loans/{loan}/allocate-funder"), body)
}

pub(crate) fn disburse(lending: &Lending, loan: i64, body: &Value) -> Response {
    lending.staff.finance.post(&format!("/loans/{loan}/disbursements"), body)
}

/// Funder, part of the plafon, first and last day of each share.
fn held(lending: &Lending, loan: i64) -> Vec<Value> {
    let list = lending.staff.auditor.get(&format!("/loans/{loan}/allocations")).expect(200);
    let told = |row: &Value| {
        json!([row["funder_id"], row["principal"], row["valid_from"], row["ended_on"]])
    };
    rows(&list).iter().map(told).collect()
}

#[test]
fn shares_change_by_date_and_are_bought_back() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let bank = funder(admin, "BBM");
        contract(admin, bank, &json!({})).expect(201);
        let loan = lending.disbursed();
        let share = json!({"funder_id": bank, "kind": "participation"});
        let made = allocate(&lending, loan, &share).expect(200);
        assert_eq!(made["allocations"][0]["principal"], "35000000.00");
        house.set_today("2026-07-20");
        let less = with(&share, &json!({"share_pct": "40", "valid_from": "2026-07-01"}));
        allocate(&lending, loan, &less).expect(200);
        allocate(&lending, loan, &share).expect(200);
        let early = with(&share, &json!({"valid_from": "2026-07-10"}));
        allocate(&lending, loan, &early).refused(409, "later_allocation");
        allocate(&lending, loan, &json!({"funder_id": null})).expect(200);
        assert_eq!(
            held(&lending, loan),
            [
                json!([bank, "35000000.00", "2026-06-15", "2026-07-01"]),
                json!([bank, "20000000.00", "2026-07-01", "2026-07-20"]),
                json!([bank, "35000000.00", "2026-07-20", "2026-07-20"])
            ]
        );
        allocate(&lending, loan, &json!({"funder_id": null})).refused(409, "nothing_allocated");
        let told = lending.staff.director.get("/logs/audit-trails?ref_table=funder_allocations");
        assert_eq!(rows(&told.expect(200)).len(), 4);
    });
}

#[test]
fn shares_and_limits_hold_against_two_at_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (one, other) = (funder(admin, "BBM"), funder(admin, "KSP"));
        for bank in [one, other] {
            contract(admin, bank, &json!({"limit": "60000000"})).expect(201);
        }
        let statuses = |bodies: [(i64, Value); 2]| {
            let mut statuses: Vec<u16> = std::thread::scope(|scope| {
                let lending = &lending;
                let tries = bodies
                    .map(|(loan, body)| scope.spawn(move || allocate(lending, loan, &body).status));
                tries.into_iter().map(|each| each.join().expect("no panic")).collect()
            });
            statuses.sort_unstable();
            statuses
        };
        let sixty = |bank| json!({"funder_id": bank, "kind": "participation", "share_pct": "60"});
        let loan = lending.disbursed();
        assert_eq!(statuses([(loan, sixty(one)), (loan, sixty(other))]), [200, 422]);
        assert_eq!(held(&lending, loan).len(), 1);

        // 70 % of Rp 50 million twice is more than the Rp 60 million of the limit.
        let third = funder(admin, "MFI");
        contract(admin, third, &json!({"limit": "60000000"})).expect(201);
        let seventy = json!({"funder_id": third, "kind": "participation"});
        let loans = [lending.disbursed(), lending.disbursed()];
        assert_eq!(statuses(loans.map(|loan| (loan, seventy.clone()))), [200, 422]);
        let (_, pending) = lending.approved();
        let refused = allocate(&lending, pending, &seventy).refused(422, "limit_exceeded");
        assert_eq!(refused["room"], "25000000.00");
    });
}

#[test]
fn what_no_share_can_be_is_refused_by_its_name() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (bank, bare) = (funder(admin, "BBM"), funder(admin, "KSP"));
        contract(admin, bank, &json!({"valid_to": "2026-06-30"})).expect(201);
        let loan = lending.disbursed();
        let faults = |body: &Value| {
            let faults = allocate(&lending, loan, body).faults();
            faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        assert_eq!(faults(&json!({})), ["funder_id required"]);
        let odd = json!({"funder_id": bank, "share_pct": "101", "valid_from": "2026-06-16"});
        let all = ["valid_from date_in_future", "kind required", "share_pct out_of_range"];
        assert_eq!(faults(&odd), all);
        assert_eq!(faults(&json!({"funder_id": 99, "kind": "assignment"})), ["funder_id unknown"]);
        let theirs = json!({"funder_id": bare, "kind": "assignment", "contract_id": 1});
        assert_eq!(faults(&theirs), ["contract_id unknown"]);
        let none = json!({"funder_id": bare, "kind": "assignment"});
        allocate(&lending, loan, &none).refused(422, "contract_not_valid");
        let part = |pct| json!({"funder_id": bank, "kind": "participation", "share_pct": pct});
        allocate(&lending, loan, &part("60")).expect(200);
        contract(admin, bare, &json!({})).expect(201);
        let refused = allocate(&lending, loan, &none).refused(422, "shares_exceeded");
        assert_eq!(refused["left_pct"], "40");
        house.set_today("2026-07-01");
        allocate(&lending, loan, &part("50")).refused(422, "contract_not_valid");
        let product = format!("/loan-products/{}", lending.product);
        admin.put(&product, &json!({"funder_id": bank})).expect(200);
        let other = with(&part("10"), &json!({"funder_id": bare}));
        allocate(&lending, loan, &other).refused(422, "product_locked");
        lending
            .staff
            .manager
            .post(&format!("/loans/{loan}/allocate-funder"), &none)
            .refused(403, "permission_denied");
        assert_eq!(held(&lending, loan).len(), 1);
    });
}

#[test]
fn a_disbursement_s_sources_are_the_shares() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let bank = funder(admin, "BBM");
        let agreed = id(&contract(admin, bank, &json!({})).expect(201));
        let (_, loan) = lending.approved();
        let share = json!({"funder_id": bank, "kind": "participation"});
        allocate(&lending, loan, &share).expect(200);
        let own = json!({"sources": [{"funder_id": null, "amount": "50000000"}]});
        disburse(&lending, loan, &own).refused(422, "sources_mismatch");
        let made = disburse(&lending, loan, &json!({})).expect(201);
        let sources = json!([
            {"funder_id": bank, "contract_id": agreed, "amount": "35000000.00"},
            {"funder_id": null, "contract_id": null, "amount": "15000000.00"}
        ]);
        assert_eq!(made["sources"], sources);

        // Where there is no share yet, the sources make it.
        let (_, second) = lending.approved();
        let sources = json!({"sources": [{"funder_id": bank, "amount": "20000000"},
            {"funder_id": null, "amount": "30000000"}]});
        let made = disburse(&lending, second, &sources).expect(201);
        assert_eq!(made["sources"][0]["contract_id"], agreed);
        assert_eq!(held(&lending, second), [json!([bank, "20000000.00", "2026-06-15", null])]);
    });
}
