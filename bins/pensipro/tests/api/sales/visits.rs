//! Visits.

use serde_json::{Value, json};

use super::force::{make_branch, make_sales};
use crate::support::{
    Response,
    lending::{id, rows, with},
    on_each_backend,
    people::registration,
};

fn visit(other: Value) -> Value {
    let usual = json!({"visited_on": "2026-06-14", "prospect_name": "Hartini",
        "result": "interested", "next_action_on": "2026-06-20"});
    with(&usual, &other)
}

#[test]
fn a_visit_to_a_member_or_a_prospect_is_recorded() {
    on_each_backend(|house| {
        let admin = house.admin();
        let sales = make_sales(&admin, make_branch(&admin, "JKT"), "S01");
        let seller = house.user(&["SALES"]);
        let path = format!("/sales/{sales}/visits");
        let record = |other: Value| -> Response { seller.post(&path, &visit(other)) };
        let made = record(json!({"notes": "Rumah dekat pasar"})).expect(201);
        assert_eq!((&made["result"], &made["member_id"]), (&json!("interested"), &Value::Null));
        assert_eq!(made["next_action_on"], "2026-06-20");
        let member = id(&seller.post("/members", &registration(1)).expect(201));
        let to_member = json!({"member_id": member, "prospect_name": null, "result": "applied"});
        let to_member = record(to_member).expect(201);
        assert_eq!(
            (&to_member["member_id"], &to_member["prospect_name"]),
            (&json!(member), &Value::Null)
        );

        let faults = |other: Value| {
            let faults = record(other).faults();
            faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        assert_eq!(faults(json!({"member_id": member})), ["prospect_name two_visited"]);
        let wrong = json!({"visited_on": "2026-06-16", "prospect_name": null, "result": "maybe"});
        let all = ["visited_on date_in_future", "member_id required", "result unknown_value"];
        assert_eq!(faults(wrong), all);
        assert_eq!(
            faults(json!({"next_action_on": "2026-06-13"})),
            ["next_action_on before_visit"]
        );
        let nobody = json!({"member_id": 99, "prospect_name": null});
        assert_eq!(faults(nobody), ["member_id unknown"]);
        house.user(&["MANAGER"]).post(&path, &visit(json!({}))).refused(403, "permission_denied");
        admin.put(&format!("/sales/{sales}"), &json!({"is_active": false})).expect(200);
        record(json!({})).refused(422, "sales_not_active");
        seller.post("/sales/99/visits", &visit(json!({}))).refused(404, "not_found");
    });
}

#[test]
fn visits_are_listed_by_month_result_and_name() {
    on_each_backend(|house| {
        let admin = house.admin();
        let sales = make_sales(&admin, make_branch(&admin, "JKT"), "S01");
        let path = format!("/sales/{sales}/visits");
        let member = id(&admin.post("/members", &registration(1)).expect(201));
        for other in [
            json!({"visited_on": "2026-05-31", "next_action_on": null}),
            json!({"visited_on": "2026-06-01", "prospect_name": "Budi", "result": "not_met"}),
            json!({"member_id": member, "prospect_name": null, "result": "applied"}),
        ] {
            admin.post(&path, &visit(other)).expect(201);
        }
        let days = |query: &str| {
            let list = admin.get(&format!("{path}?{query}")).expect(200);
            let days =
                rows(&list).iter().map(|row| row["visited_on"].as_str().unwrap()[5..].to_owned());
            days.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(days(""), "06-14 06-01 05-31");
        assert_eq!(days("periode=2026-06"), "06-14 06-01");
        assert_eq!(days("result=not_met"), "06-01");
        assert_eq!(days(&format!("member_id={member}")), "06-14");
        assert_eq!((days("q=SUPARMAN"), days("q=harti")), ("06-14".into(), "05-31".into()));
        let first = admin.get(&format!("{path}?limit=2&count=true")).expect(200);
        assert_eq!(first["total"], 3);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(days(&format!("limit=2&cursor={cursor}")), "05-31");
        admin.get(&format!("{path}?periode=2026-13")).refused(400, "invalid_query");
        admin.get(&format!("{path}?result=maybe")).refused(400, "invalid_query");
    });
}
