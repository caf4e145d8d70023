//! What passed when it was handed in is judged again at the analysis and at the last approval.

use serde_json::{Value, json};

use super::{failing, verdict};
use crate::support::{
    Client, House, Response,
    lending::{Lending, analysis, rows, with},
    on_each_backend,
};

fn decide(by: &Client, application: i64, verdict: &str) -> Response {
    let path = format!("/applications/{application}/decide");
    by.post(&path, &json!({"decision": verdict, "notes": "lihat berkas"}))
}

fn analyse(lending: &Lending, application: i64, other: &Value) -> Response {
    let path = format!("/applications/{application}/analyze");
    lending.staff.analyst.post(&path, &with(&analysis(), other))
}

fn change_product(lending: &Lending, change: &Value) {
    let path = format!("/loan-products/{}", lending.product);
    lending.staff.admin.put(&path, change).expect(200);
}

/// The occasions of all pre-checks of an application, each with whether it passed.
fn checks(lending: &Lending, application: i64) -> Vec<(String, bool)> {
    let path = format!("/applications/{application}/prechecks");
    let list = lending.staff.auditor.get(&path).expect(200);
    let told = |row: &Value| (row["occasion"].as_str().unwrap().to_owned(), row["passed"] == true);
    rows(&list).iter().map(told).collect()
}

fn told(occasion: &str, passed: bool) -> (String, bool) {
    (occasion.to_owned(), passed)
}

#[test]
fn facts_that_changed_stop_an_application_at_the_analysis() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.submitted();
        change_product(&lending, &json!({"plafon_max": "40000000"}));
        let key = [("Idempotency-Key", "analysis-1")];
        let path = format!("/applications/{application}/analyze");
        let again = || lending.staff.analyst.post_with(&path, &key, &analysis());
        let refused = again().refused(422, "precheck_failed");
        assert_eq!(failing(&refused["precheck"]), ["plafon_range"]);
        let stands = lending.application(application);
        assert_eq!((&stands["status"], &stands["analyses"]), (&json!("analyzing"), &json!([])));
        assert_eq!(stands["precheck"]["occasion"], "analysis");
        assert_eq!(stands["precheck"]["rules"], refused["precheck"]["rules"]);
        assert_eq!(checks(&lending, application), [told("submit", true), told("analysis", false)]);

        change_product(&lending, &json!({"plafon_max": "300000000"}));
        let passed = again().expect(200);
        assert_eq!((&passed["status"], &passed["next_level"]), (&json!("committee"), &json!(1)));
        let all = [told("submit", true), told("analysis", false), told("analysis", true)];
        assert_eq!(checks(&lending, application), all);
    });
}

#[test]
fn the_analyst_s_figure_for_obligations_counts_from_then_on() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.submitted();
        // Rp 1,660,716 of 70 % of Rp 4.5 million leave Rp 1,489,284.
        let refused = analyse(&lending, application, &json!({"other_obligations": "1489284.01"}));
        let precheck = refused.refused(422, "precheck_failed")["precheck"].clone();
        assert_eq!(failing(&precheck), ["dsr"]);
        assert_eq!(verdict(&precheck, "dsr")["actual"], "70.0001");
        analyse(&lending, application, &json!({"other_obligations": "1489284"})).expect(200);
        decide(&lending.staff.spv, application, "approve").expect(200);
        change_product(&lending, &json!({"dsr_limit": "69.9999"}));
        let refused = decide(&lending.staff.manager, application, "approve");
        assert_eq!(failing(&refused.refused(422, "precheck_failed")["precheck"]), ["dsr"]);
    });
}

#[test]
fn facts_that_changed_stop_the_last_approval_and_nothing_moves() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.analysed();
        decide(&lending.staff.spv, application, "approve").expect(200);
        change_product(&lending, &json!({"is_active": false}));
        for word in ["approve", "conditional"] {
            let body = match word {
                "approve" => json!({"decision": word}),
                _ => json!({"decision": word, "conditions": ["Asli SK"]}),
            };
            let path = format!("/applications/{application}/decide");
            let refused = lending.staff.manager.post(&path, &body).refused(422, "precheck_failed");
            assert_eq!(failing(&refused["precheck"]), ["product_active"]);
        }
        let stands = lending.application(application);
        assert_eq!(
            (&stands["status"], &stands["next_level"], &stands["loan_id"]),
            (&json!("committee"), &json!(2), &Value::Null)
        );
        assert_eq!(stands["decisions"].as_array().unwrap().len(), 1);
        assert_eq!(stands["conditions"], json!([]));
        assert_eq!(checks(&lending, application).last(), Some(&told("approval", false)));
        // What is refused for its facts can still be turned down.
        let rejected = decide(&lending.staff.manager, application, "reject").expect(200);
        assert_eq!(rejected["status"], "rejected");
    });
}

#[test]
fn papers_found_wrong_after_the_analysis_stop_the_approval() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.analysed();
        decide(&lending.staff.spv, application, "approve").expect(200);
        let sql =
            "UPDATE member_documents SET status = 'rejected', reason = 'palsu' WHERE kind = 'KTP'";
        house.database.execute(sql).unwrap();
        let refused = decide(&lending.staff.manager, application, "approve");
        let refused = refused.refused(422, "precheck_failed");
        assert_eq!(failing(&refused["precheck"]), ["documents_verified"]);
        assert_eq!(verdict(&refused["precheck"], "documents_verified")["actual"], "KK, SK_PENSIUN");
    });
}

#[test]
fn an_earlier_level_is_not_held_up_and_the_last_passes_once_the_facts_are_right() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.analysed();
        change_product(&lending, &json!({"is_active": false}));
        decide(&lending.staff.spv, application, "approve").expect(200);
        decide(&lending.staff.manager, application, "approve").refused(422, "precheck_failed");
        change_product(&lending, &json!({"is_active": true}));
        let approved = decide(&lending.staff.manager, application, "approve").expect(200);
        assert_eq!(approved["status"], "approved");
        assert_eq!(approved["precheck"]["occasion"], "approval");
        assert_eq!(verdict(&approved["precheck"], "dsr")["actual"], "36.9048");
        assert!(approved["loan_id"].is_i64());
    });
}

/// Takes a member out of the active ones beside the door that would withdraw his applications too.
fn set_status(house: &House, application: &Value, status: &str) {
    let died = if status == "meninggal" { "'2026-06-14'" } else { "NULL" };
    let member = &application["member_id"];
    let sql =
        format!("UPDATE members SET status = '{status}', deceased_on = {died} WHERE id = {member}");
    house.database.execute(&sql).unwrap();
}

#[test]
fn nothing_is_granted_to_a_member_who_is_no_longer_active() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        for status in ["nonaktif", "meninggal"] {
            let draft = lending.draft(lending.member(), &json!({}));
            set_status(house, &lending.application(draft), status);
            let submit = format!("/applications/{draft}/submit");
            lending.staff.sales.post(&submit, &json!({})).refused(422, "member_not_active");

            let submitted = lending.submitted();
            set_status(house, &lending.application(submitted), status);
            analyse(&lending, submitted, &json!({})).refused(422, "member_not_active");

            let analysed = lending.analysed();
            decide(&lending.staff.spv, analysed, "approve").expect(200);
            set_status(house, &lending.application(analysed), status);
            let last = || decide(&lending.staff.manager, analysed, "approve");
            last().refused(422, "member_not_active");
            let stands = lending.application(analysed);
            assert_eq!((&stands["next_level"], &stands["loan_id"]), (&json!(2), &Value::Null));
            decide(&lending.staff.manager, analysed, "reject").expect(200);
        }
    });
}

#[test]
fn a_product_that_is_off_or_over_takes_no_new_applications() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (member, sales) = (lending.member(), &lending.staff.sales);
        let draft = lending.draft(member, &json!({}));
        let submit = || sales.post(&format!("/applications/{draft}/submit"), &json!({}));
        let body = json!({"member_id": member, "product_id": lending.product,
            "plafon": "50000000", "tenor": 36});
        for off in [
            json!({"is_active": false}),
            json!({"valid_to": "2026-06-14"}),
            json!({"valid_from": "2026-06-16", "valid_to": null}),
        ] {
            change_product(&lending, &with(&json!({"is_active": true}), &off));
            let refused = submit().refused(422, "precheck_failed");
            assert_eq!(failing(&refused["precheck"]), ["product_active"], "{off}");
            sales.post("/applications", &body).refused(422, "product_not_active");
        }
        let day = json!({"is_active": true, "valid_from": "2026-06-15", "valid_to": "2026-06-15"});
        change_product(&lending, &day);
        submit().expect(200);
        // Handed in on the last day, it goes its way.
        house.set_today("2026-06-16");
        lending.analyse(draft);
        decide(&lending.staff.spv, draft, "approve").expect(200);
        decide(&lending.staff.manager, draft, "approve").expect(200);
    });
}
