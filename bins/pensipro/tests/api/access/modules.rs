//! Modules and their switches.

use pensipro_auth::ModuleCode;
use pensipro_server::{openapi, routes};
use serde_json::{Value, json};

use crate::support::{Client, on_each_backend};

fn module(admin: &Client, code: &str) -> Value {
    let modules = admin.get("/modules").expect(200);
    let mut rows = modules["data"].as_array().unwrap().iter();
    rows.find(|row| row["module_code"] == code).expect("the module is there").clone()
}

pub(super) fn switch(admin: &Client, code: &str, is_active: bool) -> crate::support::Response {
    let path = format!("/modules/{}/status", module(admin, code)["id"]);
    admin.put(&path, &json!({"is_active": is_active}))
}

#[test]
fn a_module_that_is_switched_off_answers_503_at_once_and_tokens_follow() {
    on_each_backend(|house| {
        let admin = house.admin();
        assert_eq!(switch(&admin, "PRODUCT", false).expect(200)["is_active"], false);
        let refused = admin.get("/loan-products");
        assert_eq!(refused.header("retry-after"), Some("60"));
        refused.refused(503, "module_disabled");
        admin.get("/users").expect(200);
        let names = |client: &Client| client.get("/auth/me").expect(200)["modules"].clone();
        assert!(!names(&house.admin()).as_array().unwrap().contains(&json!("PRODUCT")));
        switch(&admin, "PRODUCT", true).expect(200);
        admin.get("/loan-products").expect(200);
        assert!(names(&house.admin()).as_array().unwrap().contains(&json!("PRODUCT")));
    });
}

/// Every route with its module: method, path with ids in it, code.
fn routes_with_modules() -> Vec<(String, String, String)> {
    let document: Value = serde_json::from_str(&openapi::document_text(&routes::all())).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path: Vec<&str> =
            path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
        for (method, operation) in item.as_object().unwrap() {
            let module = operation["x-module"].as_str().unwrap().to_owned();
            all.push((method.to_uppercase(), path.join("/"), module));
        }
    }
    all
}

#[test]
fn all_routes_of_a_module_go_with_it_and_no_other() {
    on_each_backend(|house| {
        let (admin, routes) = (house.admin(), routes_with_modules());
        for module in ModuleCode::ALL.iter().filter(|module| **module != ModuleCode::Auth) {
            switch(&admin, module.code(), false).expect(200);
            for (method, path, of) in &routes {
                let is_off = of == module.code();
                // What else there is is only looked at.
                if is_off || method == "GET" {
                    let code = admin.send(method, path, &[], None).body()["code"].clone();
                    assert_eq!(code == "module_disabled", is_off, "{module} off: {method} {path}");
                }
            }
            switch(&admin, module.code(), true).expect(200);
        }
    });
}

#[test]
fn users_and_access_stay_on() {
    on_each_backend(|house| {
        let admin = house.admin();
        switch(&admin, "AUTH", false).refused(409, "module_required");
        admin.get("/users").expect(200);
        assert_eq!(switch(&admin, "AUTH", true).expect(200)["is_active"], true);
    });
}

#[test]
fn a_module_of_ones_own_is_named_in_tokens() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body = json!({"module_code": "SAVINGS", "name": "Simpanan"});
        let made = admin.post("/modules", &body);
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!(admin.get(&location).expect(200), made);
        let taken = admin.post("/modules", &body).refused(409, "module_taken");
        assert_eq!(taken["existing_id"], made["id"]);
        let modules = house.admin().get("/auth/me").expect(200)["modules"].clone();
        assert!(modules.as_array().unwrap().contains(&json!("SAVINGS")));
        let faults = admin.post("/modules", &json!({"module_code": "x"})).faults();
        let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["module_code", "name"]);
    });
}

#[test]
fn a_switch_is_traced_once_and_a_stale_one_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        let id = module(&admin, "REPORT")["id"].clone();
        let etag = admin.get(&format!("/modules/{id}")).header("etag").unwrap().to_owned();
        let path = format!("/modules/{id}/status");
        let put = |is_active: bool| {
            let body = json!({"is_active": is_active});
            admin.json("PUT", &path, &[("If-Match", &etag)], &body)
        };
        // As it stands already: nothing is done.
        put(true).expect(200);
        put(false).expect(200);
        put(true).refused(412, "stale");
        switch(&admin, "REPORT", true).expect(200);
        let trail = format!("/logs/audit-trails?action=module.switch&ref_id={id}");
        assert_eq!(admin.get(&trail).expect(200)["data"].as_array().unwrap().len(), 2);
        admin.put("/modules/999/status", &json!({"is_active": true})).refused(404, "not_found");
        admin.put(&path, &json!({})).refused(400, "unreadable_body");
    });
}
