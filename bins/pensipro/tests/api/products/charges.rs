//! Fees and penalty rules.

use serde_json::{Value, json};

use crate::support::{Client, goods::product, on_each_backend};

fn made(client: &Client) -> String {
    let product = client.post("/loan-products", &product("PENSIUN-A")).expect(201);
    format!("/loan-products/{}", product["id"])
}

#[test]
fn a_fee_takes_the_place_of_its_kind() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin);
        let fees = format!("{place}/fees");
        let provisi = json!({"kind": "provisi", "basis": "percent", "value": 1.5});
        let first = admin.post(&fees, &provisi);
        assert_eq!(first.header("location"), Some(place.as_str()));
        let first = first.expect(201);
        assert_eq!((&first["value"], &first["collection"]), (&json!("1.5"), &json!("upfront")));
        let admin_fee = json!({"kind": "admin", "basis": "fixed", "value": "250000", "collection": "first_instalment"});
        assert_eq!(admin.post(&fees, &admin_fee).expect(201)["value"], "250000.00");
        let blokir = json!({"kind": "blokir", "basis": "instalments", "value": 2});
        assert_eq!(admin.post(&fees, &blokir).expect(201)["value"], 2);
        let dearer = json!({"kind": "provisi", "basis": "percent", "value": "2"});
        let dearer = admin.post(&fees, &dearer).expect(201);
        let shown = admin.get(&place).expect(200);
        let live: Vec<&Value> = shown["fees"].as_array().unwrap().iter().collect();
        assert_eq!(live.len(), 3);
        assert!(live.contains(&&dearer) && !live.contains(&&first), "{shown}");
        let kept = "SELECT count(*) || '' AS text FROM loan_fees WHERE ended_at IS NOT NULL";
        assert_eq!(house.database.texts(kept), ["1"]);
    });
}

#[test]
fn a_table_of_insurance_is_kept_band_by_band() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin);
        let band = |age: i64, per_mille: &str| {
            json!({"age_from": age, "age_to": age + 4, "tenor_from": 1, "tenor_to": 120,
                "per_mille": per_mille})
        };
        let body =
            |bands: Value| json!({"kind": "asuransi", "basis": "per_mille_table", "value": bands});
        let table = json!([band(60, "45"), band(65, "78.5")]);
        let made = admin.post(&format!("{place}/fees"), &body(table.clone())).expect(201);
        assert_eq!(made["value"], table);
        assert_eq!(admin.get(&place).expect(200)["fees"], json!([made]));
        let overlapping = body(json!([band(60, "45"), band(62, "50")]));
        let faults = admin.post(&format!("{place}/fees"), &overlapping).faults();
        assert!(faults[0].0.starts_with("value"), "{faults:?}");
    });
}

#[test]
fn fees_that_mean_nothing_are_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        let fees = format!("{}/fees", made(&admin));
        let fields = |body: Value| -> Vec<String> {
            admin.post(&fees, &body).faults().into_iter().map(|(field, _)| field).collect()
        };
        assert_eq!(fields(json!({})), ["kind", "basis", "value"]);
        assert_eq!(
            fields(json!({"kind": "tip", "basis": "fixed", "value": "x"})),
            ["kind", "value"]
        );
        assert_eq!(fields(json!({"kind": "admin", "basis": "percent", "value": 101})), ["value"]);
        assert_eq!(fields(json!({"kind": "admin", "basis": "fixed", "value": "-1"})), ["value"]);
        assert_eq!(fields(json!({"kind": "admin", "basis": "fixed", "value": "1e3"})), ["value"]);
        let unreadable = json!({"kind": "admin", "basis": "fixed", "value": true});
        admin.post(&fees, &unreadable).refused(400, "unreadable_body");
        let fee = json!({"kind": "admin", "basis": "fixed", "value": 1});
        admin.post("/loan-products/99/fees", &fee).refused(404, "not_found");
        house.user(&["SALES"]).post(&fees, &fee).refused(403, "permission_denied");
    });
}

#[test]
fn a_penalty_rule_takes_the_place_of_its_kind() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin);
        let rules = format!("{place}/penalty-rules");
        let late = json!({"kind": "late", "basis": "percent_per_day", "value": "0.1", "grace_days": 3, "cap_pct": 10});
        let first = admin.post(&rules, &late).expect(201);
        assert_eq!((&first["value"], &first["cap_pct"]), (&json!("0.1"), &json!("10")));
        assert_eq!((&first["grace_days"], &first["steps"]), (&json!(3), &json!([])));
        let early = json!({"kind": "early_settlement", "basis": "percent_once", "value": 1,
            "steps": [{"remaining_pct": "50", "value": "2"}, {"remaining_pct": "75", "value": 3}]});
        let early = admin.post(&rules, &early).expect(201);
        assert_eq!(early["steps"][0], json!({"remaining_pct": "50", "value": "2"}));
        let milder = admin
            .post(&rules, &json!({"kind": "late", "basis": "fixed", "value": 5000}))
            .expect(201);
        assert_eq!(milder["value"], "5000.00");
        let live = admin.get(&place).expect(200)["penalty_rules"].clone();
        assert_eq!(live.as_array().unwrap().len(), 2);
        assert!(!live.to_string().contains("percent_per_day"), "{live}");
        let fields = |body: Value| -> Vec<String> {
            admin.post(&rules, &body).faults().into_iter().map(|(field, _)| field).collect()
        };
        let crossed = json!({"kind": "late", "basis": "months_of_interest", "value": 2});
        assert_eq!(fields(crossed), ["basis"]);
        let broken = json!({"kind": "?", "basis": "fixed", "value": 1, "steps": [{"remaining_pct": 1, "value": "x"}]});
        assert_eq!(fields(broken), ["kind", "steps[0].value"]);
    });
}
