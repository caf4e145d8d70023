//! Making, changing and listing products.

use serde_json::{Value, json};

use crate::support::{
    Client, Response,
    goods::{product, product_with},
    on_each_backend,
};

fn create(client: &Client, body: &Value) -> Response {
    client.post("/loan-products", body)
}

#[test]
fn a_product_is_made_with_its_defaults_and_shown() {
    on_each_backend(|house| {
        let director = house.user(&["DIREKSI"]);
        let made = create(&director, &product("PENSIUN-A"));
        let place = made.header("location").unwrap().to_owned();
        assert_eq!(made.header("etag"), Some("\"1\""));
        let made = made.expect(201);
        assert_eq!((&made["interest_rate"], &made["dsr_limit"]), (&json!("12"), &json!("70")));
        assert_eq!((&made["day_count"], &made["rounding"]), (&json!("30_360"), &json!("up")));
        assert_eq!((&made["instalment_unit"], &made["due_day"]), (&json!("1.00"), &json!(null)));
        assert_eq!((&made["max_benefit_pct"], &made["is_active"]), (&json!("95"), &json!(true)));
        assert_eq!((&made["fees"], &made["penalty_rules"]), (&json!([]), &json!([])));
        assert_eq!(house.user(&["SALES"]).get(&place).expect(200), made);
        house
            .user(&["SALES"])
            .post("/loan-products", &product("B"))
            .refused(403, "permission_denied");
        let mut bare = product("PENSIUN-B");
        bare.as_object_mut().unwrap().remove("dsr_limit");
        assert_eq!(create(&director, &bare).expect(201)["dsr_limit"], "90");
    });
}

#[test]
fn every_fault_comes_at_once_and_what_cannot_be_read_before() {
    on_each_backend(|house| {
        let admin = house.admin();
        let fields = |body: &Value| -> Vec<String> {
            create(&admin, body).faults().into_iter().map(|(field, _)| field).collect()
        };
        assert_eq!(fields(&json!({})).len(), 9);
        let wrong = json!({"method": "bullet", "plafon_max": "1", "tenor_max": -1, "due_day": 32,
            "instalment_unit": "7"});
        let mut expected =
            ["due_day", "instalment_unit", "method", "plafon_max", "tenor_max"].to_vec();
        let mut found = fields(&product_with("A", wrong));
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected);
        assert_eq!(fields(&product_with("A", json!({"funder_id": 99}))), ["funder_id"]);
        for unreadable in [
            json!({"interest_rate": "12,5"}),
            json!({"interest_rate": "1.00001"}),
            json!({"plafon_min": "1e9"}),
            json!({"is_active": null}),
            json!({"bonus": 1}),
        ] {
            create(&admin, &product_with("A", unreadable)).refused(400, "unreadable_body");
        }
        assert_eq!(admin.get("/loan-products?count=true").expect(200)["total"], 0);
    });
}

#[test]
fn a_code_is_taken_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let first = create(&admin, &product("PENSIUN-A")).expect(201);
        let taken = create(&admin, &product("PENSIUN-A")).refused(409, "duplicate_code");
        assert_eq!(taken["existing_id"], first["id"]);
        create(&admin, &product("PENSIUN-B")).expect(201);
        let change = json!({"code": "PENSIUN-A"});
        admin.put("/loan-products/2", &change).refused(409, "duplicate_code");
        let body = product("PENSIUN-C");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries = [(); 2].map(|()| scope.spawn(|| create(&admin, &body).status));
            let mut seen: Vec<u16> = tries.into_iter().map(|tried| tried.join().unwrap()).collect();
            seen.sort_unstable();
            seen
        });
        assert_eq!(statuses, [201, 409]);
    });
}

#[test]
fn a_change_leaves_the_rest_and_names_what_it_was_made_from() {
    on_each_backend(|house| {
        let admin = house.admin();
        let made = create(&admin, &product_with("A", json!({"due_day": 25}))).expect(201);
        let place = format!("/loan-products/{}", made["id"]);
        let change =
            |body: Value, version: &str| admin.json("PUT", &place, &[("If-Match", version)], &body);
        let changed = change(json!({"due_day": null, "name": "Baru"}), "\"1\"");
        assert_eq!(changed.header("etag"), Some("\"2\""));
        let changed = changed.expect(200);
        let mut expected = made.clone();
        expected["due_day"] = Value::Null;
        expected["name"] = json!("Baru");
        expected["updated_at"] = changed["updated_at"].clone();
        assert_eq!(changed, expected);
        change(json!({"name": "Lagi"}), "\"1\"").refused(412, "stale");
        assert_eq!(change(json!({"tenor_min": 200}), "\"2\"").faults()[0].0, "tenor_max");
        admin.put("/loan-products/99", &json!({})).refused(404, "not_found");
    });
}

#[test]
fn interest_above_the_cap_needs_a_right_and_a_reason() {
    on_each_backend(|house| {
        let admin = house.admin();
        house.database.execute(
            "INSERT INTO sys_roles (id, role_name, is_active, version, created_at, updated_at) VALUES \
             (900, 'PRICER', TRUE, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
        ).unwrap();
        house.database.execute(
            "INSERT INTO sys_role_permissions (role_id, permission_id, created_at) SELECT 900, id, \
             '2026-01-01 00:00:00' FROM sys_permissions WHERE permission_code = 'EDIT_PRODUCT'",
        ).unwrap();
        let pricer = house.user(&["PRICER"]);
        let dear = json!({"method": "flat", "interest_rate": "20", "interest_cap_reason": "mikro"});
        let refused =
            create(&pricer, &product_with("A", dear.clone())).refused(422, "interest_cap_exceeded");
        assert_eq!(
            (&refused["cap"], &refused["needs"]),
            (&json!("24"), &json!("OVERRIDE_INTEREST_CAP"))
        );
        let blank = json!({"method": "flat", "interest_rate": "20", "interest_cap_reason": " "});
        let refused =
            create(&admin, &product_with("A", blank)).refused(422, "interest_cap_exceeded");
        assert_eq!(refused["needs"], "interest_cap_reason");
        create(&admin, &product_with("A", dear)).expect(201);
        let trail =
            admin.get("/logs/audit-trails?action=product.override_interest_cap").expect(200);
        assert_eq!(trail["data"][0]["new_value"]["reason"], "mikro");
    });
}

#[test]
fn products_are_listed_by_page_and_filter() {
    on_each_backend(|house| {
        let admin = house.admin();
        for code in ["C", "A", "B"] {
            create(&admin, &product(code)).expect(201);
        }
        admin.put("/loan-products/2", &json!({"is_active": false})).expect(200);
        let codes = |query: &str| -> Vec<String> {
            let page = admin.get(&format!("/loan-products?{query}")).expect(200);
            let rows = page["data"].as_array().unwrap().iter();
            rows.map(|row| row["code"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(codes("sort=code"), ["A", "B", "C"]);
        assert_eq!(codes("is_active=true"), ["C", "B"]);
        assert_eq!(codes("q=produk%20b"), ["B"]);
        assert_eq!(codes("sort=-created_at&limit=2"), ["B", "A"]);
        let first = admin.get("/loan-products?limit=2&sort=name&count=true").expect(200);
        assert_eq!(first["total"], 3);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(codes(&format!("limit=2&sort=name&cursor={cursor}")), ["C"]);
        admin.get("/loan-products?sort=rate").refused(400, "invalid_query");
    });
}

#[test]
fn a_product_that_is_sent_again_with_its_key_is_made_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let send = || admin.post_with("/loan-products", &[("Idempotency-Key", "p")], &product("A"));
        let first = send().expect(201);
        let again = send();
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201), first);
    });
}
