//! Plafon, tenor, age and DSR at, just under and just over each bound, as the pre-check judges them.

use serde_json::{Value, json};

use super::verdict;
use crate::support::{lending::Lending, on_each_backend};

/// The pre-check of a draft, which never passes: the member has no papers.
fn precheck(lending: &Lending, member: i64, asked: &Value) -> Value {
    let path = format!("/applications/{}/submit", lending.draft(member, asked));
    let refused = lending.staff.sales.post(&path, &json!({})).refused(422, "precheck_failed");
    assert_eq!(verdict(&refused["precheck"], "documents_verified")["passed"], false);
    refused["precheck"].clone()
}

#[test]
fn plafon_and_tenor_at_under_and_over_the_product_s_bounds() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.bare_member(json!({}));
        let passes = |rule: &str, asked: &Value| {
            verdict(&precheck(&lending, member, asked), rule)["passed"] == true
        };
        for (plafon, passed) in [
            ("4999999.99", false),
            ("5000000", true),
            ("5000000.01", true),
            ("299999999.99", true),
            ("300000000", true),
            ("300000000.01", false),
        ] {
            assert_eq!(passes("plafon_range", &json!({"plafon": plafon})), passed, "{plafon}");
        }
        for (tenor, passed) in
            [(5, false), (6, true), (7, true), (119, true), (120, true), (121, false)]
        {
            assert_eq!(passes("tenor_range", &json!({"tenor": tenor})), passed, "{tenor}");
        }
    });
}

#[test]
fn the_plafon_at_under_and_over_what_the_benefit_allows() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.bare_member(json!({}));
        // 95 % of six times Rp 4.5 million.
        for (plafon, passed) in [("25649999.99", true), ("25650000", true), ("25650000.01", false)]
        {
            let checked = precheck(&lending, member, &json!({"plafon": plafon, "tenor": 6}));
            let rule = verdict(&checked, "max_benefit");
            assert_eq!(rule["passed"], passed, "{plafon}");
            assert_eq!(rule["limit"], "25650000.00");
        }
    });
}

#[test]
fn the_ratio_at_under_and_over_its_limit() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.bare_member(json!({}));
        // The instalment is Rp 1,660,716; 70 % of Rp 4.5 million are Rp 3,150,000.
        for (obligations, passed, actual) in
            [("1489283.99", true, "70"), ("1489284", true, "70"), ("1489284.01", false, "70.0001")]
        {
            let asked = json!({"other_obligations": obligations});
            let checked = precheck(&lending, member, &asked);
            let rule = verdict(&checked, "dsr");
            assert_eq!(
                (&rule["passed"], &rule["actual"], &rule["limit"]),
                (&json!(passed), &json!(actual), &json!("70")),
                "{obligations}"
            );
        }
    });
}

#[test]
fn the_last_instalment_at_before_and_after_the_highest_age() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        // Entered on 15 June 2026, due on the 1st: the 36th instalment on 1 June 2029.
        for (born, passed) in [("1954-06-02", true), ("1954-06-01", true), ("1954-05-31", false)] {
            let member = lending.bare_member(json!({"birth_date": born}));
            let checked = precheck(&lending, member, &json!({"tenor": 36}));
            let rule = verdict(&checked, "age");
            assert_eq!((&rule["passed"], &rule["actual"]), (&json!(passed), &json!("2029-06-01")));
        }
        let member = lending.bare_member(json!({"birth_date": "1954-06-01"}));
        for (tenor, passed) in [(35, true), (36, true), (37, false)] {
            let checked = precheck(&lending, member, &json!({"tenor": tenor}));
            assert_eq!(verdict(&checked, "age")["passed"], passed, "{tenor}");
        }
    });
}
