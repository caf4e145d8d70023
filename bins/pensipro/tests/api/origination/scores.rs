//! The scorecard beside the analyst's own score.

use serde_json::{Value, json};

use crate::support::{
    House,
    lending::{Lending, analysis, rows, with},
    on_each_backend,
};

fn analysed(lending: &Lending, application: i64, other: &Value) -> Value {
    let path = format!("/applications/{application}/analyze");
    let answer = lending.staff.analyst.post(&path, &with(&analysis(), other)).expect(200);
    answer["analyses"].as_array().unwrap().last().unwrap().clone()
}

fn configure(house: &House, scorecard: &Value) {
    house.configure("SCORECARD", &scorecard.to_string());
}

fn card() -> Value {
    json!([
        {"factor": "dsr", "weight": 2, "bands": [{"to": "40", "points": 70}, {"points": 0}]},
        {"factor": "income_ratio", "weight": 1,
            "bands": [{"to": "20", "points": 100}, {"points": 50}]},
        {"factor": "age_at_end", "weight": 1,
            "bands": [{"to": "70", "points": 100}, {"points": 30}]},
        {"factor": "tenor", "weight": 1, "bands": [{"to": "36", "points": 80}, {"points": 0}]},
        {"factor": "open_loans", "weight": 1, "bands": [{"to": "0", "points": 100}, {"points": 0}]},
    ])
}

/// A factor's part of a score.
fn part(score: &Value, factor: &str) -> Value {
    let mut factors = score["factors"].as_array().expect("factors").iter();
    factors.find(|part| part["factor"] == factor).expect("the factor").clone()
}

#[test]
fn each_factor_s_part_is_stored_with_the_analysis() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        configure(house, &card());
        let application = lending.submitted();
        let found = analysed(&lending, application, &json!({"income": "5000000"}));
        let score = &found["scorecard"];
        // (2 · 70 + 50 + 30 + 80 + 100) / 6 = 66.67
        assert_eq!((&score["total"], &found["risk_score"]), (&json!(67), &json!(72)));
        let dsr = json!({"factor": "dsr", "value": "36.9048", "points": 70, "weight": 2,
            "contribution": "23.3333"});
        assert_eq!(part(score, "dsr"), dsr);
        assert_eq!(part(score, "income_ratio")["value"], "33.2144");
        // Born on 17 August 1957, the last instalment due on 1 June 2029.
        assert_eq!(part(score, "age_at_end")["value"], "71");
        assert_eq!(part(score, "tenor")["value"], "36");

        // What was scored stays as it was; without a scorecard no score is made.
        configure(house, &json!([]));
        let stored = lending.application(application);
        assert_eq!(&stored["analyses"][0]["scorecard"], score);
        let other = lending.submitted();
        assert_eq!(analysed(&lending, other, &json!({}))["scorecard"], Value::Null);
    });
}

#[test]
fn all_open_loans_and_declared_obligations_count() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (first, _) = lending.approved();
        let member = lending.application(first)["member_id"].as_i64().unwrap();
        let path = format!("/loan-products/{}", lending.product);
        let looser = json!({"max_active_loans": 2, "dsr_limit": "90"});
        lending.staff.admin.put(&path, &looser).expect(200);
        let second = lending.draft(member, &json!({"other_obligations": "300000"}));
        lending.submit(second);
        let found = analysed(&lending, second, &json!({"other_obligations": "450000"}));
        // Two instalments of Rp 1,660,716 and Rp 450,000 of Rp 4.5 million.
        assert_eq!(found["dsr"], "83.8096");
        let score = &found["scorecard"];
        assert_eq!(part(score, "dsr")["value"], "83.8096");
        assert_eq!(part(score, "open_loans")["value"], "1");
    });
}

#[test]
fn a_scorecard_that_cannot_be_is_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        let list = admin.get("/configurations?limit=200").expect(200);
        let key = rows(&list).iter().find(|row| row["config_key"] == "SCORECARD").unwrap();
        let path = format!("/configurations/{}", key["id"]);
        let factor = |other: Value| {
            json!([with(&json!({"factor": "dsr", "weight": 1, "bands": [{"points": 0}]}), &other)])
        };
        let twice = json!([{"to": "30", "points": 1}, {"to": "30", "points": 1}, {"points": 0}]);
        for card in [
            json!("dsr"),
            factor(json!({"factor": "shoe_size"})),
            factor(json!({"weight": 0})),
            factor(json!({"bands": []})),
            factor(json!({"bands": [{"to": "30", "points": 1}]})),
            factor(json!({"bands": [{"points": 101}]})),
            factor(json!({"bands": twice})),
        ] {
            let faults = admin.put(&path, &json!({"config_value": card})).faults();
            assert_eq!(faults[0].0, "config_value", "{card}");
        }
        admin.put(&path, &json!({"config_value": factor(json!({}))})).expect(200);
    });
}
