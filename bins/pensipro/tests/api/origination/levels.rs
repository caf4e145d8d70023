//! The committee's levels by configuration, who steps back, and deadlines that are told of.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    Client, House, Response,
    lending::{Lending, rows, with},
    on_each_backend,
};

fn decide(by: &Client, application: i64) -> Response {
    by.post(&format!("/applications/{application}/decide"), &json!({"decision": "approve"}))
}

#[test]
fn levels_follow_plafon_product_and_branch() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let staff = &lending.staff;
        let bands = json!([
            {"plafon_below": "60000000", "products": [lending.product], "levels": [["MANAGER"]]},
            {"plafon_from": "60000000", "plafon_below": "80000000", "branches": [9],
                "levels": [["DIREKSI"]]},
        ]);
        house.configure("COMMITTEE_BANDS", &bands.to_string());
        let small = lending.analysed();
        let refused = decide(&staff.spv, small).refused(422, "wrong_level");
        assert_eq!(refused["roles"], json!(["MANAGER"]));
        assert_eq!(decide(&staff.manager, small).expect(200)["status"], "approved");
        // Of no branch, the second band does not cover it: the two levels that all others pass.
        let other = lending.draft(lending.member(), &json!({"plafon": "60000000", "tenor": 48}));
        lending.submit(other);
        lending.analyse(other);
        assert_eq!(decide(&staff.spv, other).expect(200)["next_level"], 2);
    });
}

#[test]
fn bands_that_cannot_be_are_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        let list = admin.get("/configurations?limit=200").expect(200);
        let key = rows(&list).iter().find(|row| row["config_key"] == "COMMITTEE_BANDS").unwrap();
        let path = format!("/configurations/{}", key["id"]);
        for bands in [
            json!({}),
            json!([{"levels": []}]),
            json!([{"levels": [[]]}]),
            json!([{"levels": [["KOMITE"]], "from": "1"}]),
            json!([{"levels": [["KOMITE"]], "plafon_from": "2", "plafon_below": "1"}]),
            json!([{"levels": [["KOMITE"]], "products": ["KP-12"]}]),
        ] {
            let faults = admin.put(&path, &json!({"config_value": bands})).faults();
            assert_eq!(faults, [("config_value".into(), "invalid_value".into())], "{bands}");
        }
        let good = json!([{"levels": [["KOMITE"]], "plafon_from": "1"}]);
        admin.put(&path, &json!({"config_value": good})).expect(200);
    });
}

#[test]
fn who_steps_back_says_why_and_decides_no_more() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let staff = &lending.staff;
        let application = lending.analysed();
        let path = format!("/applications/{application}/recusals");
        let reason = json!({"reason": "Saudara kandung pemohon"});
        assert_eq!(
            staff.spv.post(&path, &json!({})).faults(),
            [("reason".into(), "required".into())]
        );
        staff.sales.post(&path, &reason).refused(403, "permission_denied");
        staff.manager.post(&path, &reason).refused(422, "wrong_level");
        let made = staff.spv.post(&path, &reason);
        assert_eq!(made.header("location"), Some(format!("/applications/{application}").as_str()));
        let made = made.expect(201);
        assert_eq!((&made["level"], &made["reason"]), (&json!(1), &reason["reason"]));
        staff.spv.post(&path, &reason).refused(422, "recused");
        decide(&staff.spv, application).refused(422, "recused");
        assert_eq!(lending.application(application)["recusals"], json!([made]));
        assert_eq!(decide(&house.user(&["SPV"]), application).expect(200)["next_level"], 2);
        // Who stepped back at level 1 has no seat at a later one either.
        let other = lending.analysed();
        let both = house.user(&["KOMITE"]);
        both.post(&format!("/applications/{other}/recusals"), &reason).expect(201);
        decide(&house.user(&["SPV"]), other).expect(200);
        decide(&both, other).refused(422, "recused");
    });
}

#[test]
fn only_what_is_with_the_committee_can_be_stepped_back_from() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.submitted();
        let path = format!("/applications/{application}/recusals");
        let refused = lending.staff.spv.post(&path, &json!({"reason": "saudara"}));
        refused.refused(409, "application_not_with_committee");
    });
}

/// What was told of an application's deadlines, as level after level.
fn told(house: &House, application: i64) -> Vec<Value> {
    let sql = format!(
        "SELECT params AS text FROM outbox WHERE event = 'application.deadline_passed' \
         AND ref_id = {application} ORDER BY id"
    );
    let texts = house.database.texts(&sql);
    texts.iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

fn tell(house: &House) -> usize {
    actix_web::rt::System::new().block_on(house.app.tell_deadlines()).unwrap()
}

#[test]
fn a_level_s_deadline_is_told_of_once_over_all_instances() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        house.configure("COMMITTEE_DEADLINE_HOURS", "[48, 24]");
        let beside = house.beside(&[]);
        actix_web::rt::System::new().block_on(beside.app.reload()).unwrap();
        let application = lending.analysed();
        for instance in [house, &beside] {
            instance.pass(TimeDelta::hours(47));
            tell(instance);
        }
        assert_eq!(told(house, application), [Value::Null; 0]);
        for instance in [house, &beside] {
            instance.pass(TimeDelta::hours(2));
        }
        std::thread::scope(|scope| {
            for instance in [house, &beside] {
                scope.spawn(move || tell(instance));
            }
        });
        let first = told(house, application);
        assert_eq!(first.len(), 1);
        let number = format!("APP-2026-{application:06}");
        let expected = json!({"number": number, "level": "1", "roles": "SPV,KOMITE"});
        assert_eq!(with(&first[0], &expected), first[0]);
        assert_eq!(tell(house), 0);

        // The next level has a deadline of its own.
        decide(&house.user(&["SPV"]), application).expect(200);
        tell(house);
        assert_eq!(told(house, application).len(), 1);
        house.pass(TimeDelta::hours(25));
        tell(house);
        let levels: Vec<_> = told(house, application);
        assert_eq!(levels.last().unwrap()["level"], "2");
        assert_eq!(levels.len(), 2);
    });
}
