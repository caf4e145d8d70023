//! The committee: who may sit on which level, and what his word does.

use serde_json::{Value, json};

use crate::support::{
    Client, Response,
    lending::{Lending, analysis, id},
    on_each_backend,
};

fn decide(by: &Client, application: i64, body: &Value) -> Response {
    by.post(&format!("/applications/{application}/decide"), body)
}

#[test]
fn two_levels_decide_in_order_and_the_last_one_makes_the_loan() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let staff = &lending.staff;
        let application = lending.analysed();
        let yes = json!({"decision": "approve", "notes": "layak"});
        let say = |by: &Client| decide(by, application, &yes);

        say(&staff.sales).refused(403, "permission_denied");
        let refused = say(&staff.manager).refused(422, "wrong_level");
        assert_eq!((&refused["level"], &refused["roles"]), (&json!(1), &json!(["SPV", "KOMITE"])));
        let first = say(&staff.spv).expect(200);
        assert_eq!((&first["status"], &first["next_level"]), (&json!("committee"), &json!(2)));
        assert_eq!((&first["loan_id"], &first["decisions"][0]["level"]), (&Value::Null, &json!(1)));
        say(&staff.spv).refused(422, "same_person");
        let last = say(&staff.manager).expect(200);
        assert_eq!((&last["status"], &last["next_level"]), (&json!("approved"), &Value::Null));
        assert_eq!(last["approved_on"], "2026-06-15");
        assert_eq!(last["decisions"].as_array().unwrap().len(), 2);
        say(&house.user(&["KOMITE"])).refused(409, "invalid_transition");

        let loan = lending.loan(last["loan_id"].as_i64().unwrap());
        assert_eq!((&loan["status"], &loan["plafon"]), (&json!("pending"), &json!("50000000.00")));
        assert_eq!(loan["application_id"], application);
    });
}

#[test]
fn nobody_decides_on_what_he_entered_or_analysed_not_even_an_administrator() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let everything = house.user(&["ADMIN", "SPV"]);
        let yes = json!({"decision": "approve"});

        let member = lending.member();
        let body = json!({"member_id": member, "product_id": lending.product, "plafon": "50000000", "tenor": 36});
        let own = id(&everything.post("/applications", &body).expect(201));
        lending.submit(own);
        lending.analyse(own);
        decide(&everything, own, &yes).refused(422, "same_person");

        let analysed = lending.submitted();
        everything.post(&format!("/applications/{analysed}/analyze"), &analysis()).expect(200);
        decide(&everything, analysed, &yes).refused(422, "same_person");

        // The administrator's permissions give no seat.
        let other = lending.analysed();
        decide(&lending.staff.admin, other, &yes).refused(422, "wrong_level");
    });
}

#[test]
fn a_rejection_has_grounds_and_ends_it() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.analysed();
        let spv = &lending.staff.spv;
        let faults = decide(spv, application, &json!({"decision": "reject"})).faults();
        assert_eq!(faults, [("notes".into(), "required".into())]);
        let body = json!({"decision": "maybe", "conditions": ["x"]});
        let faults = decide(spv, application, &body).faults();
        let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["decision", "conditions"]);
        let body = json!({"decision": "reject", "notes": "Umur di akhir kredit."});
        let rejected = decide(spv, application, &body).expect(200);
        assert_eq!((&rejected["status"], &rejected["loan_id"]), (&json!("rejected"), &Value::Null));
        let yes = json!({"decision": "approve"});
        decide(&lending.staff.manager, application, &yes).refused(409, "invalid_transition");
        // The member may ask again.
        let member = rejected["member_id"].as_i64().unwrap();
        lending.submit(lending.draft(member, &json!({"plafon": "20000000"})));
    });
}

#[test]
fn a_third_level_decides_on_large_loans() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.member();
        // Rp 100 million over 72 months: Rp 1,955,020 a month.
        let application = lending.draft(member, &json!({"plafon": "100000000", "tenor": 72}));
        lending.submit(application);
        lending.analyse(application);
        let yes = json!({"decision": "approve"});
        decide(&lending.staff.spv, application, &yes).expect(200);
        let second = decide(&lending.staff.manager, application, &yes).expect(200);
        assert_eq!((&second["status"], &second["next_level"]), (&json!("committee"), &json!(3)));
        let third = decide(&lending.staff.director, application, &yes).expect(200);
        assert_eq!(third["status"], "approved");
    });
}

#[test]
fn conditions_are_met_once_and_before_the_money_goes_out() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.analysed();
        let body = json!({"decision": "conditional", "conditions": ["Asli SK diserahkan"]});
        let first = decide(&lending.staff.spv, application, &body).expect(200);
        assert_eq!(first["status"], "committee");
        let condition = id(&first["conditions"][0]);
        assert_eq!(
            (&first["conditions"][0]["text"], &first["conditions"][0]["met"]),
            (&json!("Asli SK diserahkan"), &json!(false))
        );
        let yes = json!({"decision": "approve"});
        let approved = decide(&lending.staff.manager, application, &yes).expect(200);
        let loan = approved["loan_id"].as_i64().unwrap();

        let finance = &lending.staff.finance;
        let disburse = || finance.post(&format!("/loans/{loan}/disbursements"), &json!({}));
        disburse().refused(422, "conditions_not_met");
        let path = format!("/applications/{application}/conditions/{condition}/fulfil");
        lending.staff.sales.post(&path, &json!({})).refused(403, "permission_denied");
        let met = lending.staff.analyst.post(&path, &json!({"notes": "diterima"})).expect(200);
        assert_eq!((&met["met"], &met["notes"]), (&json!(true), &json!("diterima")));
        assert!(met["met_by"].is_i64() && met["met_at"].is_string());
        lending.staff.analyst.post(&path, &json!({})).refused(409, "condition_met");
        let other = path.replace(&format!("{condition}/fulfil"), "999999/fulfil");
        lending.staff.analyst.post(&other, &json!({})).refused(404, "not_found");
        disburse().expect(201);
    });
}

#[test]
fn of_two_who_decide_at_once_one_is_heard() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.analysed();
        let pair = [house.user(&["SPV"]), house.user(&["SPV"])];
        let yes = json!({"decision": "approve"});
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = pair
                .iter()
                .map(|by| scope.spawn(|| decide(by, application, &yes).status))
                .collect();
            tries.into_iter().map(|each| each.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(lending.application(application)["next_level"], 2);
    });
}

#[test]
fn of_two_who_may_also_sit_on_the_next_level_one_is_heard_too() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.analysed();
        let pair = [house.user(&["KOMITE"]), house.user(&["KOMITE"])];
        let yes = json!({"decision": "approve", "level": 1});
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = pair
                .iter()
                .map(|by| scope.spawn(|| decide(by, application, &yes).status))
                .collect();
            tries.into_iter().map(|each| each.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        let decided = lending.application(application);
        assert_eq!(decided["decisions"].as_array().unwrap().len(), 1);
        let third = house.user(&["KOMITE"]);
        let late = decide(&third, application, &yes).refused(409, "level_decided");
        assert_eq!(late["level"], 2);
        let early = json!({"decision": "approve", "level": 3});
        decide(&third, application, &early).refused(422, "wrong_level");
        let faults = decide(&third, application, &json!({"decision": "approve", "level": 0}));
        assert_eq!(faults.faults(), [("level".into(), "out_of_range".into())]);
        decide(&third, application, &json!({"decision": "approve", "level": 2})).expect(200);
    });
}

#[test]
fn somebody_whose_role_was_taken_decides_no_more() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.analysed();
        let admin = &lending.staff.admin;
        let user = house.new_user(admin, &["SPV"]);
        let client = house.sign_in(user["username"].as_str().unwrap());
        let role = house.role_id(admin, "SPV");
        admin.delete(&format!("/users/{}/roles/{role}", id(&user))).expect(204);
        let yes = json!({"decision": "approve"});
        decide(&client, application, &yes).refused(401, "token_revoked");
        assert_eq!(lending.application(application)["decisions"], json!([]));
    });
}
